/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/wrap.h"

#include <stdarg.h>

#include "bot/base/sink.h"
#include "bot/base/span.h"

/* Characters of valid UTF-8. */
static size_t count_columns(struct span s)
{
	size_t n = 0;

	for (const char *p = s.p; p < s.end; p++)
		n += ((unsigned char)*p & 0xc0) != 0x80;
	return n;
}

static void add_lines(struct buf *out, const struct wrap *w, struct span text)
{
	size_t column = 0;
	bool is_first = true;
	struct span word;

	while (span_word(&text, &word)) {
		size_t len = count_columns(word);

		if (column > 0 && column + 1 + len > w->width) {
			buf_addc(out, '\n');
			column = 0;
			is_first = false;
		}
		if (column == 0) {
			column = w->indent + (is_first ? 0 : w->hang);
			buf_addf(out, "%*s", (int)column, "");
		} else {
			buf_addc(out, ' ');
			column++;
		}
		buf_add(out, word.p, span_len(word));
		column += len;
	}
	if (column > 0)
		buf_addc(out, '\n');
}

void wrap_add(struct buf *out, const struct wrap *w, const char *text)
{
	AUTO(buf_release) struct buf clean = { 0 };

	buf_init(&clean, strlen(text) * 4 + 1);
	sink_line(&clean, text, strlen(text));
	add_lines(out, w, span_of(buf_text(&clean), clean.len));
}

void wrap_addf(struct buf *out, const struct wrap *w, const char *fmt, ...)
{
	AUTO(mem_free) char *text = NULL;
	va_list args;

	va_start(args, fmt);
	text = xvasprintf(fmt, args);
	va_end(args);
	wrap_add(out, w, text);
}
