/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_heading.c - is it the function that the hunk names?
 */
#include "bot/git/heading.h"
#include "tests/support/support.h"

static const struct {
	const char *said, *found;
	enum heading_answer answer;
} pairs[] = {
	{ "int f(int x)", "int f(int x)", HEADING_SAME },
	{ "int f(int x)", "static long f(int x, int y)", HEADING_SAME },
	{ "int f(int x)", "int g(int x)", HEADING_OTHER },
	{ "xfs_alloc_fix(", "xfs_alloc_fix_minleft(", HEADING_OTHER },
	{ "__printf(2, 3) int f(char *s, ...)",
	  "__printf(2, 3) int g(char *s, ...)", HEADING_OTHER },
	{ "SYSCALL_DEFINE3(open, int, a", "SYSCALL_DEFINE3(close, int, a",
	  HEADING_OTHER },
	{ "SYSCALL_DEFINE3(open, int, a", "SYSCALL_DEFINE4(open, int, a",
	  HEADING_OTHER },
	{ "struct f {", "struct f {", HEADING_SAME },
	{ "struct f {", "struct g {", HEADING_OTHER },
	{ "static const struct ops f = {", "const struct ops f = {",
	  HEADING_SAME },
	{ "static const struct ops f = {", "static const struct ops g = {",
	  HEADING_OTHER },
	{ "struct f;", "int g(void)", HEADING_UNTOLD },
	{ "EXPORT_SYMBOL_GPL(f);", "int g(void)", HEADING_UNTOLD },
	{ "out_unlock:", "int g(void)", HEADING_UNTOLD },
	{ "plain words", "other words", HEADING_UNTOLD },
	{ "  indented", "int g(void)", HEADING_UNTOLD },
	/* cut after 80 bytes, before the bracket */
	{ "static struct a_type_of_a_long_name_indeed *"
	  "a_function_of_a_long_name_indeed_and_o",
	  "static struct a_type_of_a_long_name_indeed *"
	  "a_function_of_a_long_name_indeed_and_on(int x)",
	  HEADING_SAME },
};

START_TEST(a_heading_is_compared_by_what_it_defines)
{
	ck_assert_int_eq(heading_compare(span_cstr(pairs[_i].said),
					 span_cstr(pairs[_i].found)),
			 pairs[_i].answer);
}
END_TEST

static const struct {
	const char *line;
	bool is_one, is_label;
} lines[] = {
	{ "int f(void)", true, false },
	{ "_start", true, false },
	{ "$x", true, false },
	{ "\tint x;", false, false },
	{ "{", false, false },
	{ "#define x", false, false },
	{ "", false, false },
	{ "out:", true, true },
	{ "out: /* why */", true, true },
	{ "out: return;", true, false },
	{ "a::b", true, false },
};

START_TEST(a_heading_begins_with_a_letter_and_a_label_is_told_apart)
{
	ck_assert_int_eq(heading_is_one(span_cstr(lines[_i].line)),
			 lines[_i].is_one);
	ck_assert_int_eq(heading_is_label(span_cstr(lines[_i].line)),
			 lines[_i].is_label);
}
END_TEST

TEST_MAIN("heading", TABLE(a_heading_is_compared_by_what_it_defines, pairs),
	  TABLE(a_heading_begins_with_a_letter_and_a_label_is_told_apart,
		lines))
