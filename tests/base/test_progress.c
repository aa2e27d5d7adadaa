/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/mem.h"
#include "bot/base/progress.h"
#include "tests/support/support.h"

START_TEST(without_a_terminal_each_tenth_is_one_plain_line)
{
	char text[4096] = "";
	FILE *f = tmpfile();
	struct progress p;
	size_t lines = 0;

	ck_assert_ptr_nonnull(f);
	progress_start(&p, f, "building", 1000);
	for (uint64_t i = 0; i <= 1000; i++)
		progress_update(&p, i);
	progress_end(&p, "done");
	rewind(f);
	ck_assert_uint_gt(fread(text, 1, sizeof(text) - 1, f), 0);
	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	ck_assert_uint_eq(lines, 11); /* a start, nine tenths, an end */
	ck_assert_ptr_nonnull(strstr(text, "building: 500 of 1000, "));
	ck_assert_ptr_nonnull(strstr(text, "building: done, "));
	ck_assert_ptr_null(strchr(text, '\033'));
	fclose(f);
}
END_TEST

START_TEST(more_than_the_total_is_shown_as_the_total)
{
	struct progress p;

	progress_start(&p, NULL, "quiet", 10);
	progress_update(&p, 11);
	ck_assert_uint_eq(p.done, 10);
	progress_end(&p, "done");
}
END_TEST

TEST_MAIN("progress", TEST(without_a_terminal_each_tenth_is_one_plain_line),
	  TEST(more_than_the_total_is_shown_as_the_total))
