/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/fill.h"

#include "tests/support/support.h"

static const struct template_field fields[] = {
	{ "a", false },
	{ "b", false },
	{ "c", false },
};

static const struct {
	const char *text;
	const char *values[3];
	const char *mail;
} fills[] = {
	/* Prose is broken anew. */
	{ "With {a}\nand {b}.\n", { "one", "two" }, "With one and two.\n" },
	{ "With {a},\n{b} and this is more than fits.\n",
	  { "one", "some words that are long" },
	  "With one, some words that are\nlong and this is more "
	  "than\nfits.\n" },
	/* A line of its own stays one. */
	{ "Trailer:\n  Closes: {a}\n  By: {b}\n",
	  { "https://example.org/a/long/one", "me" },
	  "Trailer:\n  Closes: https://example.org/a/long/one\n  By: me\n" },
	/* A value alone has its own lines. */
	{ "{a}\n", { "> one\n>  two\n" }, "> one\n>  two\n" },
	{ "  {a}\n", { "one\n\ntwo" }, "  one\n\n  two\n" },
	{ "see:\n{a}\n{b}\n", { "one\n", "two\n" }, "see:\none\ntwo\n" },
	/* What is empty goes, and takes its line along. */
	{ "with {a}.\nand {b}.\n", { "one", "" }, "with one.\n" },
	{ "with {a}.\n  {b}\nlast\n", { "one", NULL }, "with one. last\n" },
	{ "one\n\n{a}\n\n{b}\n\nlast\n", { NULL, NULL }, "one\n\nlast\n" },
	{ "{a}\n\nlast\n", { "" }, "last\n" },
	{ "one\n\n\n\n{a}\n", { "" }, "one\n" },
	/* A block goes when none of its fields has a value. */
	{ "See:\n{a}\n\nlast\n", { NULL }, "last\n" },
	{ "By:\n  {a}\n  {b}\n\nlast\n",
	  { NULL, "two" },
	  "By:\n  two\n\nlast\n" },
	/* A value is no template. */
	{ "{a}{b}\n", { "{b}", "{c} }{ {{" }, "{b}{c} }{ {{\n" },
	{ "{a}\n", { "{b}\n# c\n--\n" }, "{b}\n# c\n--\n" },
	{ "  {{{a}}}\n", { "# b" }, "  {# b}\n" },
	/* What moves a cursor, or begins a line, does not in a line of ours. */
	{ "with {a}\n",
	  { "\033[2J\r\n.\r\nFrom: x" },
	  "with ?[2J? .? From: x\n" },
	{ "with words {a}\n",
	  { "before a Reviewed-by: Y <y@example.org>" },
	  "with words before a\n Reviewed-by: Y <y@example.org>\n" },
	{ "with more words {a}\n",
	  { "before a\n#collider stop" },
	  "with more words before a\n #collider stop\n" },
	{ "  Closes: {a}\n",
	  { "x\nReviewed-by: \xe2\x80\xaey" },
	  "  Closes: x Reviewed-by: ?y\n" },
	{ "one\n\n--\n{a} by a program.\n",
	  { "Made" },
	  "one\n\n-- \nMade by a program.\n" },
};

START_TEST(a_template_is_filled)
{
	AUTO(template_free) struct template *t = NULL;
	AUTO(buf_release) struct buf out = { 0 };
	struct err err = ERR_INIT;
	unsigned line;

	ck_ok(template_parse(&t, &line, fields, ARRAY_LEN(fields),
			     fills[_i].text, strlen(fills[_i].text), &err),
	      &err);
	buf_init(&out, 1 << 16);
	fill_write(&out, t, fills[_i].values, 30);
	ck_assert_str_eq(buf_text(&out), fills[_i].mail);
}
END_TEST

START_TEST(what_does_not_fit_is_not_cut_in_silence)
{
	AUTO(template_free) struct template *t = NULL;
	AUTO(buf_release) struct buf out = { 0 };
	const char *const values[] = { "more than ten bytes", "", "" };
	struct err err = ERR_INIT;
	unsigned line;

	ck_ok(template_parse(&t, &line, fields, ARRAY_LEN(fields), "with {a}.",
			     9, &err),
	      &err);
	buf_init(&out, 10);
	fill_write(&out, t, values, 30);
	ck_assert(out.overflow);
}
END_TEST

TEST_MAIN("fill", TABLE(a_template_is_filled, fills),
	  TEST(what_does_not_fit_is_not_cut_in_silence))
