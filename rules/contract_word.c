/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/contract_word.h"

#include <ctype.h>

#include "rules/outcome.h"

static bool is_made_of(struct span s, const char *extra)
{
	for (const char *p = s.p; p < s.end; p++)
		if (!isalnum((unsigned char)*p) && (!*p || !strchr(extra, *p)))
			return false;
	return span_len(s) > 0;
}

bool contract_word_is_field(struct span s)
{
	return span_len(s) < OUTCOME_MAX_NAME && is_made_of(s, "._") &&
	       islower((unsigned char)*s.p);
}

bool contract_word_is_scenario(struct span s)
{
	if (span_len(s) > 1 && s.end[-1] == '*')
		s.end--;
	return span_len(s) < OUTCOME_MAX_NAME && is_made_of(s, "") &&
	       isupper((unsigned char)*s.p);
}

bool contract_word_is_filesystem(struct span s)
{
	return span_len(s) < OUTCOME_MAX_NAME && is_made_of(s, "") &&
	       islower((unsigned char)*s.p);
}

/* "D5M1D10"; '?' is a page of two kinds */
static bool is_pages(struct span s)
{
	uint64_t n;

	while (s.p < s.end) {
		if (!isalpha((unsigned char)*s.p) && *s.p != '?')
			return false;
		s.p++;
		if (!span_uint(&s, 1000000, &n))
			return false;
	}
	return true;
}

bool contract_word_is_value(struct span s)
{
	static const char *const words[] = { "asked", "error", "hung", "no",
					     "limited" };
	struct span rest = s;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (span_is(s, words[i]))
			return true;
	if (span_eat(&rest, "@"))
		return contract_word_is_field(rest);
	if (span_eat(&rest, "-E"))
		return is_made_of(rest, "") && isupper((unsigned char)*rest.p);
	if (span_len(s) > 0 && isdigit((unsigned char)*s.p))
		return span_uint(&rest, UINT64_MAX, &(uint64_t){ 0 }) &&
		       span_len(rest) == 0;
	return is_pages(s);
}

static bool is_hex(struct span s, size_t min)
{
	for (const char *p = s.p; p < s.end; p++)
		if (!isxdigit((unsigned char)*p))
			return false;
	return span_len(s) >= min;
}

bool contract_word_is_path(struct span s)
{
	return is_made_of(s, "/._-") && *s.p != '/' && span_find(s, "/");
}

bool contract_word_is_source(struct span s)
{
	struct span word;

	if (span_eat(&s, "<"))
		return span_until(&s, '>', &word) && span_len(s) == 0 &&
		       span_find(word, "@");
	if (span_eat(&s, "commit "))
		return span_word(&s, &word) && is_hex(word, 12) &&
		       span_eat(&s, " (\"") && span_len(s) > 2 &&
		       memcmp(s.end - 2, "\")", 2) == 0;
	if (span_eat(&s, "fstests "))
		return is_made_of(s, "/") && span_find(s, "/");
	return span_until(&s, ':', &word) && contract_word_is_path(word) &&
	       is_made_of(s, "_");
}
