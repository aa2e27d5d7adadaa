/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/run.h"

static const struct run_answer answers[] = {
	{ "", 0, "C01   a mapped store dirties a page", "" },
	{ "", 0, "\nC09 ", "" },
	{ "--fs xfs", 0, "\nC02w ", "" },
	{ "--explain C01", 0, "C01: a mapped store dirties", "" },
	{ "--explain C01", 0, "It collided when the first was seen in", "" },
	{ "--explain C01", 0, "\nPromised (with --fs LIST", "" },
	{ "--explain C01", 0, "fsync reports no error where", "" },
	{ "--explain C01 --fs xfs", 0, "xfs_file.c:xfs_file_write_iter", "" },
	{ "--explain C01", 0, "  all: ", "" },
	{ "--explain C01", 0, "collider reproduce C01 --fs xfs", "" },
	{ "", 0, "\nRunning free, for a time ('collider soak'):\nN02 ", "" },
	{ "--explain N02", 0, "collider soak --mix N02 --fs xfs\n", "" },
	{ "--explain N03", 0, "fsync tells EIO, once, of a collision", "" },
	{ "--explain C00", 64, "", "no scenario 'C00'" },
	{ "--help", 0, "usage: collider scenarios", "" },
	{ "--nonsense", 64, "", "bad option '--nonsense'" },
	{ "C01", 64, "", "one is told with --explain" },
	{ "--config /none/conf", 64, "", "/none/conf" },
};

START_TEST(scenarios_are_told)
{
	run_expect_answer("scenarios", &answers[_i]);
}
END_TEST

START_TEST(a_list_of_no_filesystem_is_empty)
{
	AUTO(run_release) struct run r = { 0 };

	run_shell(&r, "$collider scenarios --fs minix");
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	ck_assert_str_eq(buf_text(&r.out), "");
}
END_TEST

START_TEST(a_filesystem_that_is_not_asked_for_is_not_told_of)
{
	AUTO(run_release) struct run r = { 0 };

	run_shell(&r, "$collider scenarios --explain C01 --fs ext4");
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	ck_assert_ptr_null(strstr(buf_text(&r.out), "xfs_file.c"));
}
END_TEST

/* For a terminal of 80 columns. */
START_TEST(every_story_fits_a_terminal)
{
	AUTO(run_release) struct run r = { 0 };

	run_shell(
		&r,
		"for id in $($collider scenarios | grep -o '^[CN][0-9][^ ]*')\n"
		"do $collider scenarios --explain $id; done");
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	run_expect_text(&r.out, "\nC09: ");
	for (const char *p = buf_text(&r.out); *p; p += strcspn(p, "\n") + 1)
		ck_assert_msg(strcspn(p, "\n") <= 78, "%.100s", p);
}
END_TEST

TEST_MAIN("scenarios", TABLE(scenarios_are_told, answers),
	  TEST(a_list_of_no_filesystem_is_empty),
	  TEST(a_filesystem_that_is_not_asked_for_is_not_told_of),
	  TEST(every_story_fits_a_terminal))
