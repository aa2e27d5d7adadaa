/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/charset.h"
#include "tests/support/support.h"

static const struct {
	const char *name, *bytes, *text;
} lines[] = {
	{ NULL, "plain", "plain" },
	{ NULL, "na\xc3\xafve", "naïve" },
	{ NULL, "na\xefve", "naïve" },
	{ "us-ascii", "na\xc3\xafve", "naïve" },
	{ "utf-8", "na\xefve", "naïve" },
	{ "UTF8", "na\xc3\xafve", "naïve" },
	{ "iso-8859-1", "na\xefve", "naïve" },
	{ "iso-8859-1", "na\xc3\xafve", "naÃ¯ve" },
	{ "iso-8859-2", "\xb9", "š" },
	{ "koi8-r", "\xd4\xc5\xd3\xd4", "тест" },
	{ "gb2312", "\xb4\xf0\xb8\xb4", "答复" },
	{ "gb2312", "\xff\xff", "ÿÿ" },
	{ "iso-2022-jp", "\x1b$BF|K\\\x1b(B", "日本" },
	{ "unknown-8bit", "na\xc3\xafve", "naïve" },
	{ "unknown-8bit", "na\xefve", "naïve" },
	{ "y", "na\xefve", "naïve" },
	{ "", "na\xefve", "naïve" },
	{ "utf-8//IGNORE", "na\xefve", "naïve" },
	{ "a-name-that-is-longer-than-any-that-iana-has-ever-heard-of", "x",
	  "x" },
	/* not UTF-8: overlong, surrogate, beyond U+10FFFF, cut short */
	{ NULL, "\xc0\xaf", "À¯" },
	{ NULL, "\xed\xa0\x80", "í\xc2\xa0\xc2\x80" },
	{ NULL, "\xf4\x90\x80\x80", "ô\xc2\x90\xc2\x80\xc2\x80" },
	{ NULL, "\xe2\x82", "â\xc2\x82" },
};

START_TEST(a_line_becomes_utf8_whatever_was_declared)
{
	AUTO(charset_free) struct charset *c = charset_new(lines[_i].name);
	AUTO(buf_release) struct buf out = { 0 };

	buf_init(&out, 1000);
	charset_add(&out, c, lines[_i].bytes, strlen(lines[_i].bytes));
	ck_assert_str_eq(buf_text(&out), lines[_i].text);
}
END_TEST

static const char *const any_name[] = { NULL, "iso-8859-1", "koi8-r", "y" };

START_TEST(a_nul_becomes_a_replacement_character)
{
	AUTO(charset_free) struct charset *c = charset_new(any_name[_i]);
	AUTO(buf_release) struct buf out = { 0 };

	buf_init(&out, 1000);
	charset_add(&out, c, "a\0b", 3);
	ck_assert_str_eq(buf_text(&out), "a\xef\xbf\xbd"
					 "b");
}
END_TEST

static const struct {
	const char *name;
	bool is_wide;
} widths[] = { { NULL, false },	   { "utf-8", false },	 { "big5", false },
	       { "utf-16", true }, { "ucs-4", true },	 { "utf-16le", true },
	       { "y", false },	   { "ebcdic-us", true } };

START_TEST(charsets_without_ascii_are_known)
{
	AUTO(charset_free) struct charset *c = charset_new(widths[_i].name);

	ck_assert_int_eq(charset_is_wide(c), widths[_i].is_wide);
}
END_TEST

static void dump(struct buf *out, const char *bytes, size_t len)
{
	static const char *const names[] = { NULL, "iso-8859-15", "gb18030",
					     "utf-16le" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		AUTO(charset_free) struct charset *c = charset_new(names[i]);

		buf_addf(out, "as %s:\n", names[i] ? names[i] : "nothing");
		charset_add(out, c, bytes, len);
		buf_addc(out, '\n');
	}
}

START_TEST(golden_bytes_are_converted_as_expected)
{
	support_golden("charset", ".txt", dump);
}
END_TEST

TEST_MAIN("charset", TABLE(a_line_becomes_utf8_whatever_was_declared, lines),
	  TABLE(a_nul_becomes_a_replacement_character, any_name),
	  TABLE(charsets_without_ascii_are_known, widths),
	  TEST(golden_bytes_are_converted_as_expected))
