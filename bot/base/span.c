/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/span.h"

#include <strings.h>

bool span_is(struct span s, const char *word)
{
	return span_len(s) == strlen(word) && span_starts(s, word);
}

bool span_is_nocase(struct span s, const char *word)
{
	return span_len(s) == strlen(word) && span_starts_nocase(s, word);
}

bool span_starts(struct span s, const char *prefix)
{
	size_t len = strlen(prefix);

	return span_len(s) >= len && memcmp(s.p, prefix, len) == 0;
}

bool span_starts_nocase(struct span s, const char *prefix)
{
	size_t len = strlen(prefix);

	return span_len(s) >= len && strncasecmp(s.p, prefix, len) == 0;
}

bool span_eat(struct span *s, const char *prefix)
{
	if (!span_starts(*s, prefix))
		return false;
	s->p += strlen(prefix);
	return true;
}

bool span_uint(struct span *s, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;
	const char *p = s->p;

	for (; p < s->end && *p >= '0' && *p <= '9'; p++) {
		uint64_t digit = (uint64_t)(*p - '0');

		if (digit > max || value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	if (p == s->p)
		return false;
	s->p = p;
	*out = value;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool span_word(struct span *s, struct span *word_out)
{
	const char *p = s->p;
	const char *start;

	while (p < s->end && is_blank(*p))
		p++;
	if (p == s->end)
		return false;
	start = p;
	while (p < s->end && !is_blank(*p))
		p++;
	*word_out = (struct span){ start, p };
	s->p = p;
	return true;
}

bool span_until(struct span *s, char c, struct span *before_out)
{
	const char *at = s->p == s->end ? NULL : memchr(s->p, c, span_len(*s));

	if (!at)
		return false;
	*before_out = (struct span){ s->p, at };
	s->p = at + 1;
	return true;
}

bool span_line(struct span *s, struct span *line_out)
{
	if (s->p == s->end)
		return false;
	if (span_until(s, '\n', line_out))
		return true;
	*line_out = *s;
	s->p = s->end;
	return true;
}

static bool is_space(char c)
{
	return is_blank(c) || c == '\r' || c == '\n';
}

struct span span_trim(struct span s)
{
	while (s.p < s.end && is_space(*s.p))
		s.p++;
	while (s.p < s.end && is_space(s.end[-1]))
		s.end--;
	return s;
}

const char *span_find(struct span s, const char *needle)
{
	return s.p == s.end ? NULL
			    : memmem(s.p, span_len(s), needle, strlen(needle));
}
