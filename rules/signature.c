/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/signature.h"

#include <ctype.h>
#include <string.h>

bool signature_eat(struct span *rest, char *letter_out, uint64_t *n_out)
{
	struct span s = *rest;

	if (span_len(s) == 0 || isdigit((unsigned char)*s.p))
		return false;
	*letter_out = *s.p++;
	if (!span_uint(&s, UINT32_MAX, n_out))
		return false;
	*rest = s;
	return true;
}

bool signature_is_valid(const char *text)
{
	struct span rest = span_cstr(text);
	uint64_t n;
	char letter;

	while (signature_eat(&rest, &letter, &n))
		;
	return *text && span_len(rest) == 0;
}

uint64_t signature_count(const char *text, char letter)
{
	struct span rest = span_cstr(text);
	uint64_t total = 0, n;
	char which;

	if (!signature_is_valid(text))
		return 0;
	while (signature_eat(&rest, &which, &n))
		if (!letter || which == letter)
			total += n;
	return total;
}

uint64_t signature_count_ahead(const char *text, const char *letters)
{
	struct span rest = span_cstr(text);
	uint64_t total = 0, n;
	char which;

	if (!signature_is_valid(text))
		return 0;
	while (signature_eat(&rest, &which, &n) && strchr(letters, which))
		total += n;
	return total;
}
