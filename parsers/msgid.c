/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/msgid.h"

#include <ctype.h>

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
					  : -1;
}

/* "%40" as one byte, which is never NUL; 0 when it is no such thing. */
static char read_percent(struct span text)
{
	int high;
	int low;

	if (span_len(text) < 3 || *text.p != '%')
		return 0;
	high = hex_value(text.p[1]);
	low = hex_value(text.p[2]);
	return high >= 0 && low >= 0 ? (char)(high * 16 + low) : 0;
}

/* lore writes what would be a delimiter in hex. */
static char *decode_percent(struct span text)
{
	char *out = xmalloc(span_len(text) + 1);
	size_t n = 0;

	while (text.p < text.end) {
		char c = read_percent(text);

		out[n++] = c ? c : *text.p;
		text.p += c ? 3 : 1;
	}
	out[n] = '\0';
	return out;
}

static bool is_graphic(const char *id)
{
	for (; *id; id++) {
		if (*id <= ' ' || *id >= 0x7f || strchr("<>", *id))
			return false;
	}
	return true;
}

/* Something on each side of an '@'. */
static bool is_id(const char *id)
{
	const char *at = strchr(id, '@');

	return at && at > id && at[1] && strlen(id) <= MSGID_MAX_LEN &&
	       is_graphic(id);
}

static bool eat_scheme(struct span *url)
{
	return span_eat(url, "https://") || span_eat(url, "http://");
}

static bool take_id(char **out, struct span part)
{
	AUTO(mem_free) char *id = decode_percent(part);

	if (!is_id(id))
		return false;
	*out = TAKE(id);
	return true;
}

/* The first part of the path that has an '@'; of a host it is a login. */
static bool read_url(char **out, struct span url)
{
	struct span part;

	if (!span_until(&url, '/', &part))
		return false;
	while (span_until(&url, '/', &part)) {
		if (take_id(out, part))
			return true;
	}
	if (span_until(&url, '#', &part) || span_until(&url, '?', &part))
		url = part;
	return take_id(out, url);
}

bool msgid_parse(char **out, struct span text)
{
	struct span word;
	AUTO(mem_free) char *id = NULL;

	if (!span_word(&text, &word))
		return false;
	if (span_eat(&word, "<")) {
		struct span inside;

		if (!span_until(&word, '>', &inside))
			return false;
		word = inside;
	}
	if (eat_scheme(&word))
		return read_url(out, word);
	id = span_dup(word);
	if (!is_id(id))
		return false;
	*out = TAKE(id);
	return true;
}
