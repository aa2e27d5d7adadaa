/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/mem.h"
#include "bot/base/sink.h"
#include "tests/support/support.h"

static const struct {
	const char *bytes;
	const char *text;
	const char *line;
} foreign[] = {
	{ "plain", "plain", "plain" },
	{ "a\tb\nc", "a\tb\nc", "a b c" },
	{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
	{ "\xff\xfe", "??", "??" },
	{ "cut \xe2\x82", "cut ??", "cut ??" },
	{ "long \xc0\x80", "long ??", "long ??" },	 /* NUL, overlong */
	{ "half \xed\xa0\x80", "half ???", "half ???" }, /* a surrogate */
	{ "\033[31mred\r", "?[31mred?", "?[31mred?" },
	{ "turn \xe2\x80\xae now", "turn ? now", "turn ? now" }, /* U+202E */
	{ "c1 \xc2\x9b", "c1 ?", "c1 ?" },
};

START_TEST(what_could_move_the_cursor_becomes_a_question_mark)
{
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(buf_release) struct buf line = { 0 };

	buf_init(&text, 100);
	buf_init(&line, 100);
	sink_text(&text, foreign[_i].bytes, strlen(foreign[_i].bytes));
	sink_line(&line, foreign[_i].bytes, strlen(foreign[_i].bytes));
	ck_assert_str_eq(buf_text(&text), foreign[_i].text);
	ck_assert_str_eq(buf_text(&line), foreign[_i].line);
}
END_TEST

START_TEST(a_log_value_is_one_ascii_line_that_says_when_it_was_cut)
{
	AUTO(mem_free) char *out = NULL;
	char in[SINK_LOG_MAX + 1];
	size_t len = 0;
	FILE *f = open_memstream(&out, &len);

	memset(in, 'x', sizeof(in));
	sink_log(f, "a\"b\n\xc3", 5);
	putc(' ', f);
	sink_log(f, in, sizeof(in));
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_ptr_nonnull(strstr(out, "a\\\"b\\x0a\\xc3 xxx"));
	ck_assert_str_eq(out + len - 4, "x...");
}
END_TEST

START_TEST(a_column_is_filled_with_blanks)
{
	AUTO(buf_release) struct buf out = { 0 };

	buf_init(&out, 100);
	sink_column(&out, "a\nb", 5);
	sink_column(&out, "wider", 3);
	sink_column(&out, "", 2);
	ck_assert_str_eq(buf_text(&out), "a b  wider  ");
}
END_TEST

TEST_MAIN("sink",
	  TABLE(what_could_move_the_cursor_becomes_a_question_mark, foreign),
	  TEST(a_log_value_is_one_ascii_line_that_says_when_it_was_cut),
	  TEST(a_column_is_filled_with_blanks))
