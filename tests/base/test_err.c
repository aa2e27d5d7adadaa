/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "bot/base/err.h"
#include "tests/support/support.h"

START_TEST(a_foreign_name_cannot_forge_a_second_line)
{
	struct err err = ERR_INIT;

	ck_assert_int_eq(err_set(&err, ERR_INPUT, "no '%s'", "a\nb\033[2J"),
			 -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_str_eq(err.msg, "no 'a?b?[2J'");
}
END_TEST

START_TEST(a_wrapped_error_keeps_its_kind_and_its_reason)
{
	struct err err = ERR_INIT;

	errno = ENOSPC;
	ck_assert_int_eq(err_sys(&err, ERR_SYSTEM, "cannot write '%s'", "f"),
			 -1);
	ck_assert_int_eq(err_wrap(&err, "lane %d", 7), -1);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
	ck_assert_str_eq(err.msg,
			 "lane 7: cannot write 'f': No space left on device");
}
END_TEST

START_TEST(a_message_that_is_too_long_is_cut_not_overrun)
{
	char text[2 * ERR_MAX_MSG];
	struct err err = ERR_INIT;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ck_assert_int_eq(err_set(&err, ERR_LIMIT, "%s", text), -1);
	ck_assert_int_eq(err_wrap(&err, "%s", text), -1);
	ck_assert_uint_eq(strlen(err.msg), ERR_MAX_MSG - 1);
}
END_TEST

START_TEST(every_kind_has_a_name_of_its_own)
{
	for (int a = ERR_NONE; a <= ERR_SYSTEM; a++)
		for (int b = ERR_NONE; b < a; b++)
			ck_assert_str_ne(err_kind_name((enum err_kind)a),
					 err_kind_name((enum err_kind)b));
}
END_TEST

TEST_MAIN("err", TEST(a_foreign_name_cannot_forge_a_second_line),
	  TEST(a_wrapped_error_keeps_its_kind_and_its_reason),
	  TEST(a_message_that_is_too_long_is_cut_not_overrun),
	  TEST(every_kind_has_a_name_of_its_own))
