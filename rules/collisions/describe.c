// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * describe.c - results and contents in a few letters
 */
#include "rules/collisions/run.h"

/* 'z' for zeros, '?' for a page of more than one letter. */
static char letter_at(const char *data, size_t len, size_t at)
{
	size_t end = len - at < PAGE ? len : at + PAGE;

	for (size_t i = at + 1; i < end; i++)
		if (data[i] != data[at])
			return '?';
	if (data[at] == 0)
		return 'z';
	if (data[at] <= ' ' || data[at] > '~')
		return '?';
	return data[at];
}

void describe_pages(char *out, const char *data, size_t len)
{
	size_t used = 0, at = 0;

	out[0] = '\0';
	while (at < len && used < FIELD_MAX_VALUE) {
		char letter = letter_at(data, len, at);
		unsigned n = 0;

		for (; at < len && letter_at(data, len, at) == letter;
		     at += PAGE)
			n++;
		used += (size_t)snprintf(out + used, FIELD_MAX_VALUE - used,
					 "%c%u", letter, n);
	}
	if (len == 0)
		snprintf(out, FIELD_MAX_VALUE, "empty");
}

void describe_result(char *out, ssize_t returned, int error)
{
	const char *name = strerrorname_np(error);

	if (returned >= 0)
		snprintf(out, FIELD_MAX_VALUE, "%zd", returned);
	else if (name)
		snprintf(out, FIELD_MAX_VALUE, "-%s", name);
	else
		snprintf(out, FIELD_MAX_VALUE, "-E%d", error);
}
