/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/argv.h"
#include "bot/base/mem.h"
#include "tests/support/support.h"

START_TEST(a_list_is_split_at_commas_and_blanks)
{
	AUTO(strings_release) struct strings list = { 0 };

	strings_split(&list, " xfs,ext4, ,btrfs\t");
	ck_assert_uint_eq(list.n, 3);
	ck_assert_str_eq(list.v[0], "xfs");
	ck_assert_str_eq(list.v[2], "btrfs");
	ck_assert(strings_has(&list, "ext4") && !strings_has(&list, "ext"));
}
END_TEST

START_TEST(a_command_line_ends_in_null)
{
	static const char *const more[] = { "-c", "true", NULL };
	AUTO(argv_release) struct argv a = ARGV_INIT;

	argv_pushf(&a, "/bin/%s", "sh");
	argv_pushv(&a, more);
	ck_assert_uint_eq(a.n, 3);
	ck_assert_str_eq(a.v[0], "/bin/sh");
	ck_assert_ptr_null(a.v[3]);
}
END_TEST

TEST_MAIN("mem", TEST(a_list_is_split_at_commas_and_blanks),
	  TEST(a_command_line_ends_in_null))
