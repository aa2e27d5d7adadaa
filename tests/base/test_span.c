/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/span.h"
#include "tests/support/support.h"

static const struct {
	const char *text;
	uint64_t max;
	bool is_number;
	uint64_t value;
	const char *rest;
} numbers[] = {
	{ "0", 9, true, 0, "" },
	{ "12x", 99, true, 12, "x" },
	{ "99", 99, true, 99, "" },
	{ "100", 99, false, 0, "100" },
	{ "18446744073709551615", UINT64_MAX, true, UINT64_MAX, "" },
	{ "18446744073709551616", UINT64_MAX, false, 0,
	  "18446744073709551616" },
	{ "99999999999999999999999", UINT64_MAX, false, 0,
	  "99999999999999999999999" },
	{ "7", 6, false, 0, "7" },
	{ "", 9, false, 0, "" },
	{ "-1", 9, false, 0, "-1" },
};

START_TEST(a_number_is_eaten_only_up_to_its_maximum)
{
	struct span s = span_cstr(numbers[_i].text);
	uint64_t value = 0;

	ck_assert_int_eq(span_uint(&s, numbers[_i].max, &value),
			 numbers[_i].is_number);
	ck_assert_uint_eq(value, numbers[_i].value);
	ck_assert(span_is(s, numbers[_i].rest));
}
END_TEST

START_TEST(lines_end_at_newline_or_at_the_end)
{
	struct span s = span_cstr("one\n\ntwo");
	struct span line;

	ck_assert(span_line(&s, &line) && span_is(line, "one"));
	ck_assert(span_line(&s, &line) && span_is(line, ""));
	ck_assert(span_line(&s, &line) && span_is(line, "two"));
	ck_assert(!span_line(&s, &line));
}
END_TEST

START_TEST(words_are_cut_at_blanks_and_tabs)
{
	struct span s = span_cstr(" \tPATCH  v2 ");
	struct span word;

	ck_assert(span_word(&s, &word) && span_is(word, "PATCH"));
	ck_assert(span_word(&s, &word) && span_is_nocase(word, "V2"));
	ck_assert(!span_word(&s, &word));
}
END_TEST

START_TEST(nothing_is_eaten_when_the_prefix_or_the_end_is_not_there)
{
	struct span s = span_cstr("base-commit: x");
	struct span before;

	ck_assert(!span_eat(&s, "base-commit:  "));
	ck_assert(!span_until(&s, ';', &before));
	ck_assert(span_is(s, "base-commit: x"));
	ck_assert(span_until(&s, ':', &before));
	ck_assert(span_is(before, "base-commit") && span_is(s, " x"));
}
END_TEST

START_TEST(an_empty_span_is_fine_everywhere)
{
	struct span s = span_of(NULL, 0);
	struct span part;

	ck_assert(!span_line(&s, &part) && !span_word(&s, &part));
	ck_assert(!span_until(&s, 'x', &part) && !span_find(s, "x"));
	ck_assert(span_is(span_trim(s), ""));
	ck_assert(span_is(span_trim(span_cstr(" \t\r\n")), ""));
}
END_TEST

TEST_MAIN("span", TABLE(a_number_is_eaten_only_up_to_its_maximum, numbers),
	  TEST(lines_end_at_newline_or_at_the_end),
	  TEST(words_are_cut_at_blanks_and_tabs),
	  TEST(nothing_is_eaten_when_the_prefix_or_the_end_is_not_there),
	  TEST(an_empty_span_is_fine_everywhere))
