// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * describe.c - results and contents in a few letters
 */
#include "rules/collisions/run.h"

/* 'z' for zeros, '?' for a unit of more than one letter. */
static char letter_at(const char *data, size_t len, size_t at, size_t unit)
{
	size_t end = len - at < unit ? len : at + unit;

	for (size_t i = at + 1; i < end; i++)
		if (data[i] != data[at])
			return '?';
	if (data[at] == 0)
		return 'z';
	if (data[at] <= ' ' || data[at] > '~')
		return '?';
	return data[at];
}

static void describe_units(char *out, const char *data, size_t len, size_t unit)
{
	size_t used = 0, at = 0;

	out[0] = '\0';
	while (at < len && used < FIELD_MAX_VALUE) {
		char letter = letter_at(data, len, at, unit);
		unsigned n = 0;

		for (; at < len && letter_at(data, len, at, unit) == letter;
		     at += unit)
			n++;
		used += (size_t)snprintf(out + used, FIELD_MAX_VALUE - used,
					 "%c%u", letter, n);
	}
	if (len == 0)
		snprintf(out, FIELD_MAX_VALUE, "empty");
}

void describe_pages(char *out, const char *data, size_t len)
{
	describe_units(out, data, len, PAGE);
}

void describe_sectors(char *out, const char *data, size_t len)
{
	describe_units(out, data, len, SECTOR);
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
