/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/range.h"

#include "tests/support/support.h"

#define MAX_STEPS 10

/* A letter a patch, the base first: c clean, f fault, ? unknown, - not run. */
static const struct {
	const char *steps;
	bool is_found;
	unsigned clean, first, mended, next;
} ranges[] = {
	{ "cc", false, 0, 0, 0, 0 },	   { "cf", true, 0, 1, 0, 0 },
	{ "ccff", true, 1, 2, 0, 0 },	   { "cfc", true, 0, 1, 2, 0 },
	{ "cfcf", true, 2, 3, 0, 0 },	   { "cfcfc", true, 2, 3, 4, 0 },
	{ "c-------f", true, 0, 8, 0, 4 }, { "c---c---f", true, 4, 8, 0, 6 },
	{ "c---f---f", true, 0, 4, 0, 2 }, { "c-?-f", true, 0, 4, 0, 3 },
	{ "c???f", true, 0, 4, 0, 0 },	   { "c-f-c", true, 0, 2, 4, 1 },
	{ "c?f?", true, 0, 2, 0, 0 },	   { "c??", false, 0, 0, 0, 0 },
};

START_TEST(a_fault_begins_and_ends_between_what_is_known)
{
	struct judge_step steps[MAX_STEPS] = { 0 };
	enum shown shown[MAX_STEPS] = { 0 };
	struct judge_evidence ev = { .steps = steps };
	const char *letters = ranges[_i].steps;
	struct range at;

	for (unsigned i = 0; letters[i]; i++) {
		if (letters[i] == '-')
			continue;
		steps[ev.n_steps].patch = i;
		shown[ev.n_steps++] = letters[i] == 'c'	  ? SHOWN_CLEAN
				      : letters[i] == 'f' ? SHOWN_FAULT
							  : SHOWN_UNKNOWN;
	}
	ck_assert(range_find(&at, shown, &ev) == ranges[_i].is_found);
	if (!ranges[_i].is_found)
		return;
	ck_assert_uint_eq(at.clean, ranges[_i].clean);
	ck_assert_uint_eq(at.first, ranges[_i].first);
	ck_assert_uint_eq(at.mended, ranges[_i].mended);
	ck_assert_uint_eq(range_next(&at, &ev), ranges[_i].next);
}
END_TEST

TEST_MAIN("range", TABLE(a_fault_begins_and_ends_between_what_is_known, ranges))
