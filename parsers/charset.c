/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/charset.h"

#include <iconv.h>
#include <strings.h>

#include "bot/base/mem.h"
#include "bot/base/span.h"

#define NO_ICONV ((iconv_t)-1)
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

struct charset {
	iconv_t to_utf8; /* NO_ICONV: UTF-8 or Latin-1, by looking */
	bool is_wide;
};

/* A '/' would be an option to iconv, such as "//IGNORE". */
static bool is_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789-_.:+()");

	return len > 0 && len <= CHARSET_MAX_NAME && name[len] == '\0';
}

static bool is_plain(const char *name)
{
	static const char *const plain[] = { "utf-8", "utf8", "us-ascii",
					     "ascii" };

	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		if (strcasecmp(name, plain[i]) == 0)
			return true;
	}
	return false;
}

/* Does a line of ASCII come out as it went in? */
static bool keeps_ascii(iconv_t cd)
{
	char in[] = "diff -\n";
	char out[32];
	char *from = in;
	char *to = out;
	size_t n_from = sizeof(in) - 1;
	size_t n_to = sizeof(out);

	return iconv(cd, &from, &n_from, &to, &n_to) == 0 &&
	       sizeof(out) - n_to == sizeof(in) - 1 &&
	       memcmp(in, out, sizeof(in) - 1) == 0;
}

struct charset *charset_new(const char *name)
{
	struct charset *c = xcalloc(1, sizeof(*c));

	c->to_utf8 = NO_ICONV;
	if (!name || !is_name(name) || is_plain(name))
		return c;
	c->to_utf8 = iconv_open("UTF-8", name);
	if (c->to_utf8 != NO_ICONV)
		c->is_wide = !keeps_ascii(c->to_utf8);
	return c;
}

/* How long the sequence is that begins at @p; 0: it is none. RFC 3629. */
static size_t sequence(const unsigned char *p, size_t left)
{
	static const struct {
		unsigned char first, last, low, high;
		size_t len;
	} forms[] = {
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	if (p[0] < 0x80)
		return 1;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if (p[0] < forms[i].first || p[0] > forms[i].last)
			continue;
		if (left < forms[i].len || p[1] < forms[i].low ||
		    p[1] > forms[i].high)
			return 0;
		for (size_t k = 2; k < forms[i].len; k++) {
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		}
		return forms[i].len;
	}
	return 0;
}

bool charset_is_utf8(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;

	for (size_t at = 0; at < len;) {
		size_t n = sequence(p + at, len - at);

		if (n == 0)
			return false;
		at += n;
	}
	return true;
}

/* Valid UTF-8, in which only NUL is not for a C string. */
static void add_utf8(struct buf *out, struct span text)
{
	struct span part;

	while (span_until(&text, '\0', &part)) {
		buf_add(out, part.p, span_len(part));
		buf_adds(out, REPLACEMENT);
	}
	buf_add(out, text.p, span_len(text));
}

static void add_latin1(struct buf *out, struct span text)
{
	for (; text.p < text.end; text.p++) {
		unsigned char c = (unsigned char)*text.p;

		if (c == 0)
			buf_adds(out, REPLACEMENT);
		else if (c < 0x80)
			buf_addc(out, (char)c);
		else
			buf_add(out,
				(char[]){ (char)(0xc0 | c >> 6),
					  (char)(0x80 | (c & 0x3f)) },
				2);
	}
}

/* All of @text through iconv, or false: nothing was added. */
static bool add_converted(struct buf *out, iconv_t cd, struct span text)
{
	size_t room =
		span_len(text) * 4 + 16; /* four bytes for each, at most */
	AUTO(mem_free) char *bytes = xmalloc(room);
	char *from = (char *)text.p;
	char *to = bytes;
	size_t n_from = span_len(text);
	size_t n_to = room;

	iconv(cd, NULL, NULL, NULL, NULL);
	if (iconv(cd, &from, &n_from, &to, &n_to) == (size_t)-1 ||
	    iconv(cd, NULL, NULL, &to, &n_to) == (size_t)-1)
		return false;
	if (!charset_is_utf8(bytes, room - n_to))
		return false;
	add_utf8(out, span_of(bytes, room - n_to));
	return true;
}

void charset_add(struct buf *out, struct charset *c, const char *text,
		 size_t len)
{
	struct span all = span_of(text, len);

	if (c->to_utf8 != NO_ICONV && add_converted(out, c->to_utf8, all))
		return;
	if (charset_is_utf8(text, len))
		add_utf8(out, all);
	else
		add_latin1(out, all);
}

bool charset_is_wide(const struct charset *c)
{
	return c->is_wide;
}

void charset_free(struct charset *c)
{
	if (!c)
		return;
	if (c->to_utf8 != NO_ICONV)
		iconv_close(c->to_utf8);
	free(c);
}
