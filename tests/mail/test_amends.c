/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/amends.h"

#include "tests/support/reviews.h"
#include "tests/support/support.h"

static const struct {
	const char *why;
	enum amends_because because;
	const char *end; /* of the text, before the signature */
} causes[] = {
	{ "the base was broken", AMENDS_UNSAID, "Why: the base was broken\n" },
	{ "x\r\nBcc: y\033[2J", AMENDS_PERSON,
	  "Why: x? Bcc: y?[2J\nA person has looked at it.\n" },
	{ "it was", AMENDS_BASE,
	  "Why: it was\nThe fault was in the kernel that the series was "
	  "compared with, not in\nthe series.\n" },
};

START_TEST(it_says_what_was_said_and_why_that_does_not_hold)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(told_release) struct told told = { 0 };
	AUTO(replies_free) struct replies *replies = NULL;
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(mem_free)
	char *end = xasprintf(
		"\n\n%s\n-- \nThis is a correction of what a program has "
		"found. A person reads the\nanswers to this mail.\n",
		causes[_i].end);
	struct err err = ERR_INIT;

	reviews_make(&r, &reviews[0]);
	told_from_review(&told, &r);
	ck_ok(replies_read(&replies, "config/replies", NULL, &err), &err);
	buf_init(&text, BODY_MAX_BYTES);
	amends_write(&text, &(struct amends){ .replies = replies,
					      .told = &told,
					      .why = causes[_i].why,
					      .because = causes[_i].because });
	ck_assert_ptr_eq(buf_text(&text),
			 strstr(buf_text(&text),
				"The mail that this one answers was wrong and "
				"is withdrawn."));
	ck_assert_ptr_nonnull(strstr(buf_text(&text), "\n\nIt said:\n  xfs"));
	ck_assert_msg(strstr(buf_text(&text), end) != NULL, "%s",
		      buf_text(&text));
}
END_TEST

static const struct {
	size_t n;
	const char *end; /* of what was said */
} numbers[] = {
	{ 12, "  f12 C01: loss 12\n\nWhy: x\n" },
	{ 13, "  f12 C01: loss 12\n  and 1 more\n\nWhy: x\n" },
};

START_TEST(of_very_many_things_the_rest_is_counted)
{
	AUTO(told_release) struct told told = { 0 };
	AUTO(replies_free) struct replies *replies = NULL;
	AUTO(buf_release) struct buf text = { 0 };
	struct err err = ERR_INIT;

	ck_ok(replies_read(&replies, "config/replies", NULL, &err), &err);
	told.v = xcalloc(numbers[_i].n, sizeof(*told.v));
	for (; told.n < numbers[_i].n; told.n++)
		told.v[told.n] = (struct told_item){
			.print = xasprintf("p%zu", told.n),
			.kind = xstrdup("regression"),
			.filesystem = xasprintf("f%zu", told.n + 1),
			.scenario = xstrdup("C01"),
			.says = xasprintf("loss %zu", told.n + 1),
		};
	buf_init(&text, BODY_MAX_BYTES);
	amends_write(&text, &(struct amends){ .replies = replies,
					      .told = &told,
					      .why = "x" });
	ck_assert_msg(strstr(buf_text(&text), numbers[_i].end) != NULL, "%s",
		      buf_text(&text));
}
END_TEST

TEST_MAIN("amends",
	  TABLE(it_says_what_was_said_and_why_that_does_not_hold, causes),
	  TABLE(of_very_many_things_the_rest_is_counted, numbers))
