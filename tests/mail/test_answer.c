/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/answer.h"

#include "tests/support/support.h"

#define HELP                                                                   \
	"An order is a line of your own in an answer to a mail of mine:\n\n"   \
	"  #collider rerun              try the series once more\n"            \
	"  #collider base TREE|COMMIT   try it on that base\n"                 \
	"  #collider unrelated [WORDS]  what was found has nothing to do "     \
	"with "                                                                \
	"it\n"                                                                 \
	"  #collider known URL          what was found is known, and there\n"  \
	"  #collider test               try the patch below that line, on "    \
	"top\n"                                                                \
	"  #collider stop               no more mails about this series\n"     \
	"  #collider help               this\n\n"                              \
	"They are taken from the author of the series and from who maintains " \
	"what\nit touches, in mails that are DKIM-signed by the domain of "    \
	"From:.\n"

static const struct {
	struct {
		const char *order, *outcome;
	} failed[3];
	const char *text; /* above the help */
} answers[] = {
	{ .text = "" },
	{ { { "base nowhere", "'nowhere' is no tree" } },
	  "  > #collider base nowhere\n  'nowhere' is no tree.\n\n" },
	{ { { "...", "no order 'fly'" }, { "test", "there is no patch" } },
	  "  > #collider ...\n  no order 'fly'.\n\n"
	  "  > #collider test\n  there is no patch.\n\n" },
	/* 72 columns */
	{ { { "base x",
	      "'x' is neither a tree here nor a commit of one (8 digits at "
	      "least); the trees are: t" } },
	  "  > #collider base x\n"
	  "  'x' is neither a tree here nor a commit of one (8 digits at "
	  "least);\n"
	  "  the trees are: t.\n\n" },
};

START_TEST(what_failed_is_said_above_what_there_is)
{
	AUTO(replies_free) struct replies *replies = NULL;
	AUTO(buf_release) struct buf orders = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(mem_free) char *all = xasprintf("%s%s", answers[_i].text, HELP);
	struct err err = ERR_INIT;

	ck_ok(replies_read(&replies, "config/replies", NULL, &err), &err);
	buf_init(&orders, ANSWER_MAX_BYTES);
	for (size_t i = 0; answers[_i].failed[i].order; i++)
		answer_add_order(&orders, replies, answers[_i].failed[i].order,
				 answers[_i].failed[i].outcome);
	buf_init(&text, 2 * ANSWER_MAX_BYTES);
	answer_write(&text, replies, buf_text(&orders));
	ck_assert_str_eq(buf_text(&text), all);
}
END_TEST

static const struct {
	const char *verdict, *report, *text;
} probes[] = {
	{ "fixed", "", "With your patch on top of the series: fixed.\n" },
	{ "regression", "With this patch, x.\n\n-- \nA program.\n",
	  "With your patch on top of the series: regression.\n\n"
	  "With this patch, x.\n\n-- \nA program.\n" },
};

START_TEST(what_came_of_a_probe_stands_above_its_report)
{
	AUTO(replies_free) struct replies *replies = NULL;
	AUTO(buf_release) struct buf text = { 0 };
	struct err err = ERR_INIT;

	ck_ok(replies_read(&replies, "config/replies", NULL, &err), &err);
	buf_init(&text, ANSWER_MAX_BYTES);
	answer_write_probe(&text, replies, probes[_i].verdict,
			   probes[_i].report);
	ck_assert_str_eq(buf_text(&text), probes[_i].text);
}
END_TEST

TEST_MAIN("answer", TABLE(what_failed_is_said_above_what_there_is, answers),
	  TABLE(what_came_of_a_probe_stands_above_its_report, probes))
