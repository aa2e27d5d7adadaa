/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/wrap.h"

#include "tests/support/support.h"

static const struct {
	struct wrap w;
	const char *text;
	const char *lines;
} wrapped[] = {
	{ { 10 }, "one two three", "one two\nthree\n" },
	{ { 11 }, "one two four", "one two\nfour\n" },
	{ { 12 }, "one two four", "one two four\n" },
	{ { 10, 2, 2 }, "one two three", "  one two\n    three\n" },
	{ { 4 }, "unbreakable x", "unbreakable\nx\n" },
	{ { 20 }, "a\n\nb\tc", "a b c\n" },
	{ { 20 }, "", "" },
	{ { 20 }, "  ", "" },
	{ { 5 }, "gr\xc3\xbc\xc3\x9f x", "gr\xc3\xbc\xc3\x9f\nx\n" },
	{ { 6 }, "gr\xc3\xbc\xc3\x9f x", "gr\xc3\xbc\xc3\x9f x\n" },
	{ { 20 }, "\033[1m\xff", "?[1m?\n" },
};

START_TEST(prose_is_broken_at_blanks_and_made_harmless)
{
	AUTO(buf_release) struct buf out = { 0 };

	buf_init(&out, 1000);
	wrap_add(&out, &wrapped[_i].w, wrapped[_i].text);
	ck_assert_str_eq(buf_text(&out), wrapped[_i].lines);
}
END_TEST

TEST_MAIN("wrap", TABLE(prose_is_broken_at_blanks_and_made_harmless, wrapped))
