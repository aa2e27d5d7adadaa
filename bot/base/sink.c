/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/sink.h"

#include <stdbool.h>
#include <stdint.h>

void sink_log(FILE *out, const char *text, size_t len)
{
	size_t shown = len < SINK_LOG_MAX ? len : SINK_LOG_MAX;

	for (size_t i = 0; i < shown; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(out, "\\x%02x", c);
		else
			putc(c, out);
	}
	if (shown < len)
		fputs("...", out);
}

/* The length of the UTF-8 sequence at @p (RFC 3629), or 0 if it is broken. */
static size_t read_utf8(uint32_t *code_out, const unsigned char *p, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = p[0] < 0x80		   ? 1
		   : (p[0] & 0xe0) == 0xc0 ? 2
		   : (p[0] & 0xf0) == 0xe0 ? 3
		   : (p[0] & 0xf8) == 0xf0 ? 4
					   : 0;
	uint32_t code = n == 1 ? p[0] : p[0] & (0xffu >> (n + 1));

	if (n == 0 || n > left)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3f);
	}
	if (code < least[n] || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*code_out = code;
	return n;
}

/* What could move the cursor, end a line, or turn the text around. */
static bool is_harmful(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static void add_clean(struct buf *out, const char *text, size_t len,
		      bool one_line)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t code = 0;

	for (size_t i = 0, n; i < len; i += n) {
		n = read_utf8(&code, p + i, len - i);
		if (n == 0) {
			n = 1;
			buf_addc(out, '?');
		} else if (code == '\n' || code == '\t') {
			buf_addc(out, one_line ? ' ' : (char)code);
		} else if (is_harmful(code)) {
			buf_addc(out, '?');
		} else {
			buf_add(out, text + i, n);
		}
	}
}

void sink_text(struct buf *out, const char *text, size_t len)
{
	add_clean(out, text, len, false);
}

void sink_line(struct buf *out, const char *text, size_t len)
{
	add_clean(out, text, len, true);
}

void sink_column(struct buf *out, const char *text, size_t columns)
{
	size_t before = out->len;

	sink_line(out, text, strlen(text));
	for (size_t n = out->len - before; n < columns; n++)
		buf_addc(out, ' ');
}
