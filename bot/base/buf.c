/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "bot/base/mem.h"

void buf_init(struct buf *b, size_t max)
{
	assert(max > 0);
	*b = (struct buf){ .max = max };
}

static void make_room(struct buf *b, size_t len)
{
	size_t want = b->len + len + 1;

	if (want <= b->cap)
		return;
	b->cap = b->cap * 2 > want ? b->cap * 2 : want;
	if (b->cap > b->max + 1)
		b->cap = b->max + 1;
	b->data = xreallocarray(b->data, b->cap, 1);
}

void buf_add(struct buf *b, const char *data, size_t len)
{
	size_t room = b->max - b->len;

	if (len > room) {
		b->overflow = true;
		len = room;
	}
	make_room(b, len);
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	AUTO(mem_free) char *text = NULL;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	assert(len >= 0);
	buf_add(b, text, (size_t)len);
}

int buf_check(const struct buf *b, const char *what, struct err *err)
{
	if (b->overflow)
		return err_set(err, ERR_LIMIT, "%s is larger than %zu bytes",
			       what, b->max);
	return 0;
}

char *buf_take(struct buf *b)
{
	char *text = b->data ? b->data : xstrdup("");

	*b = (struct buf){ .max = b->max };
	return text;
}

const char *buf_text(const struct buf *b)
{
	return b->data ? b->data : "";
}

void buf_release(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ .max = b->max };
}
