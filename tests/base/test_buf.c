/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/buf.h"
#include "bot/base/mem.h"
#include "tests/support/support.h"

START_TEST(what_fits_the_ceiling_is_kept_whole)
{
	AUTO(buf_release) struct buf b = { 0 };
	struct err err = ERR_INIT;

	buf_init(&b, 6);
	buf_adds(&b, "abc");
	buf_addf(&b, "%d", 42);
	buf_addc(&b, '!');
	ck_ok(buf_check(&b, "x", &err), &err);
	ck_assert_str_eq(buf_text(&b), "abc42!");
}
END_TEST

START_TEST(one_byte_past_the_ceiling_is_a_limit_error)
{
	AUTO(buf_release) struct buf b = { 0 };
	struct err err = ERR_INIT;

	buf_init(&b, 6);
	buf_adds(&b, "abcdefg");
	buf_adds(&b, "h");
	ck_assert_int_eq(buf_check(&b, "the log", &err), -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
	ck_assert_str_eq(err.msg, "the log is larger than 6 bytes");
	ck_assert_str_eq(buf_text(&b), "abcdef");
}
END_TEST

START_TEST(an_untouched_buffer_reads_and_is_taken_as_empty_text)
{
	AUTO(buf_release) struct buf b = { 0 };
	AUTO(mem_free) char *text = NULL;

	buf_init(&b, 1);
	ck_assert_str_eq(buf_text(&b), "");
	text = buf_take(&b);
	ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(a_taken_buffer_starts_again_under_the_same_ceiling)
{
	AUTO(buf_release) struct buf b = { 0 };
	AUTO(mem_free) char *text = NULL;
	struct err err = ERR_INIT;

	buf_init(&b, 2);
	buf_adds(&b, "ab");
	text = buf_take(&b);
	ck_assert_str_eq(text, "ab");
	buf_adds(&b, "cde");
	ck_assert_int_eq(buf_check(&b, "x", &err), -1);
}
END_TEST

TEST_MAIN("buf", TEST(what_fits_the_ceiling_is_kept_whole),
	  TEST(one_byte_past_the_ceiling_is_a_limit_error),
	  TEST(an_untouched_buffer_reads_and_is_taken_as_empty_text),
	  TEST(a_taken_buffer_starts_again_under_the_same_ceiling))
