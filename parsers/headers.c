/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/headers.h"

#include "bot/base/mem.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* "Name" or "Name ": no controls, and no blank but before the ':'. */
static bool is_name(struct span name)
{
	while (name.p < name.end && is_blank(name.end[-1]))
		name.end--;
	for (const char *p = name.p; p < name.end; p++) {
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return false;
	}
	return span_len(name) > 0;
}

static void add(struct headers *h, struct span name, struct span value)
{
	while (is_blank(name.end[-1]))
		name.end--;
	if ((h->n & (h->n - 1)) == 0)
		h->v = xreallocarray(h->v, h->n ? h->n * 2 : 1, sizeof(*h->v));
	h->v[h->n++] = (struct headers_field){ name, value };
}

static bool is_end(struct span line)
{
	return span_len(line) == 0 || span_is(line, "\r");
}

/* Eat a line and those that go on with it, newlines and all. */
static struct span eat_field(struct span *text)
{
	struct span field = { text->p, text->p };
	struct span line;

	do {
		(void)span_line(text, &line);
		field.end = text->p;
	} while (text->p < text->end && is_blank(*text->p));
	return field;
}

void headers_read(struct headers *out, struct span text)
{
	*out = (struct headers){ 0 };
	while (text.p < text.end) {
		struct span rest = text;
		struct span line;
		struct span field;
		struct span name;

		if (span_line(&rest, &line) && is_end(line)) {
			text = rest;
			break;
		}
		field = eat_field(&text);
		if (span_until(&field, ':', &name) && is_name(name))
			add(out, name, field);
	}
	out->body = text;
}

void headers_release(struct headers *h)
{
	free(h->v);
	*h = (struct headers){ 0 };
}

const struct headers_field *headers_find(const struct headers *h,
					 const char *name)
{
	for (size_t i = 0; i < h->n; i++) {
		if (span_is_nocase(h->v[i].name, name))
			return &h->v[i];
	}
	return NULL;
}

size_t headers_count(const struct headers *h, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++)
		n += span_is_nocase(h->v[i].name, name);
	return n;
}
