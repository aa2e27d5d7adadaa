/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "parsers/flowed.h"
#include "tests/support/support.h"

#define HUNK "@@ -1,2 +1,2 @@\n"

static const struct {
	const char *text;
	bool del_sp;
	const char *undone;
} texts[] = {
	{ "one \ntwo\n", false, "one two\n" },
	{ "one \ntwo\n", true, "onetwo\n" },
	{ "one  \ntwo\n", true, "one two\n" },
	{ "one \n two\n", false, "one two\n" },
	{ " stuffed\n", false, "stuffed\n" },
	{ "  two blanks\n", false, " two blanks\n" },
	{ " From here\n", false, "From here\n" },
	{ "-- \nAnn\n", false, "-- \nAnn\n" },
	{ "open \n-- \nAnn\n", false, "open \n-- \nAnn\n" },
	{ "open \n", false, "open \n" },
	{ "no newline", false, "no newline\n" },
	{ "", false, "" },
	/* stuffed as it should be */
	{ HUNK "  a\n-b\n+c\n", false, HUNK " a\n-b\n+c\n" },
	/* not stuffed: undone it would be no hunk, so it is left */
	{ HUNK " a\n-b\n+c\n", false, HUNK " a\n-b\n+c\n" },
	{ HUNK " \n-b \n+c\n", false, HUNK " \n-b \n+c\n" },
	/* no hunk either way */
	{ HUNK " a\n-b\n", false, HUNK "a\n-b\n" },
	/* a soft break at a hunk's header that was none */
	{ "@@ -1 +1 @@ f() \n-a\n+b\n", false, "@@ -1 +1 @@ f() \n-a\n+b\n" },
};

START_TEST(flowed_text_is_undone_where_that_keeps_its_hunks)
{
	AUTO(buf_release) struct buf out = { 0 };
	const char *text = texts[_i].text;

	buf_init(&out, strlen(text) + 2);
	flowed_undo(&out, text, strlen(text), texts[_i].del_sp);
	ck_assert(!out.overflow);
	ck_assert_str_eq(buf_text(&out), texts[_i].undone);
}
END_TEST

static void dump(struct buf *out, const char *bytes, size_t len)
{
	flowed_undo(out, bytes, len, false);
}

START_TEST(golden_texts_are_undone_as_expected)
{
	support_golden("flowed", ".txt", dump);
}
END_TEST

TEST_MAIN("flowed",
	  TABLE(flowed_text_is_undone_where_that_keeps_its_hunks, texts),
	  TEST(golden_texts_are_undone_as_expected))
