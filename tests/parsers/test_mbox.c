/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/span.h"
#include "parsers/mbox.h"
#include "tests/support/support.h"

static const struct {
	const char *text;
	size_t n;
	const char *last; /* the last mail of them */
} boxes[] = {
	{ "From: a@b\n\nhi\n", 1, "From: a@b\n\nhi\n" },
	{ "From a Thu Jan 1 00:00:00 1970\nFrom: a@b\n\nhi\n", 1,
	  "From: a@b\n\nhi\n" },
	{ "From a 00:00\nA: 1\n\nx\n\nFrom b 00:00\nB: 2\n\ny\n", 2,
	  "B: 2\n\ny\n" },
	{ "From a 00:00\r\nA: 1\r\n\r\nx\r\n\r\nFrom b 00:00\r\nB: 2\r\n", 2,
	  "B: 2\r\n" },
	{ "\n\nFrom a 00:00\nA: 1\n", 1, "A: 1\n" },
	/* mboxrd: one '>' is taken off, in the body of a mailbox alone */
	{ "From a 00:00\nA: 1\n\n>From x\n>>From y\n", 1,
	  "A: 1\n\nFrom x\n>From y\n" },
	{ "A: 1\n\n>From x\n", 1, "A: 1\n\n>From x\n" },
	{ "From a 00:00\nA: 1\n\n> From x\n>Fromage\n", 1,
	  "A: 1\n\n> From x\n>Fromage\n" },
	/* no From_ lines: not after a blank line, no header behind, no time */
	{ "From a 00:00\nA: 1\n\nx\nFrom b 00:00\nB: 2\n", 1,
	  "A: 1\n\nx\nFrom b 00:00\nB: 2\n" },
	{ "From a 00:00\nA: 1\n\nFrom here 12:34 on\nwe go\n", 1,
	  "A: 1\n\nFrom here 12:34 on\nwe go\n" },
	{ "From a 00:00\nA: 1\n\nFrom there\nNote: that\n", 1,
	  "A: 1\n\nFrom there\nNote: that\n" },
	/* with a full time the blank line may be missing */
	{ "From a 00:00\nA: 1\n\nx\nFrom b Thu Jan 1 00:00:00 1970\nB: 2\n", 2,
	  "B: 2\n" },
	/* a single mail may hold a patch file */
	{ "A: 1\n\nFrom 0123 Mon Sep 17 00:00:00 2001\nFrom: b\n", 1,
	  "A: 1\n\nFrom 0123 Mon Sep 17 00:00:00 2001\nFrom: b\n" },
	/* a mailbox whose From_ lines have no times */
	{ "From A\nA: 1\n\nx\n\nFrom B\nB: 2\n\ny", 2, "B: 2\n\ny" },
	{ "From a 00:00\nA: 1\n\nFrom b 00:00\n>From c\nC: 3\n", 2,
	  "From c\nC: 3\n" },
	{ "no newline", 1, "no newline" },
};

START_TEST(bytes_are_cut_into_mails)
{
	AUTO(mbox_release) struct mbox box = { 0 };
	const char *text = boxes[_i].text;
	struct err err = ERR_INIT;

	ck_ok(mbox_parse(&box, text, strlen(text), &err), &err);
	ck_assert_uint_eq(box.n, boxes[_i].n);
	ck_assert_str_eq(box.v[box.n - 1].bytes, boxes[_i].last);
	ck_assert_uint_eq(box.v[box.n - 1].len, strlen(boxes[_i].last));
}
END_TEST

static const char *const blanks[] = { "", "\n", " \t\r\n\n" };

START_TEST(blanks_are_no_mail)
{
	AUTO(mbox_release) struct mbox box = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(mbox_parse(&box, blanks[_i], strlen(blanks[_i]), &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_str_eq(err.msg, "no mail: nothing but blanks");
	ck_assert_uint_eq(box.n, 0);
}
END_TEST

START_TEST(a_nul_is_a_byte_like_any_other)
{
	AUTO(mbox_release) struct mbox box = { 0 };
	struct err err = ERR_INIT;

	ck_ok(mbox_parse(&box, "A: \0\n\nb\0c", 9, &err), &err);
	ck_assert_uint_eq(box.v[0].len, 9);
	ck_assert_mem_eq(box.v[0].bytes, "A: \0\n\nb\0c", 9);
}
END_TEST

static const struct {
	const char *unit;
	size_t times;
	const char *says;
} ceilings[] = {
	{ "From a 00:00\nA: 1\n\n", MBOX_MAX_MAILS, NULL },
	{ "From a 00:00\nA: 1\n\n", MBOX_MAX_MAILS + 1,
	  "more than 10000 mails" },
	{ "A: 345\n\n", MBOX_MAX_SIZE / 8, NULL },
	{ "A: 345\n\n", MBOX_MAX_SIZE / 8 + 1,
	  "mailbox is larger than 67108864 bytes" },
};

START_TEST(a_ceiling_holds_at_the_limit_and_one_past_it)
{
	AUTO(mbox_release) struct mbox box = { 0 };
	AUTO(buf_release) struct buf bytes = { 0 };
	struct err err = ERR_INIT;
	int rc;

	buf_init(&bytes, (size_t)MBOX_MAX_SIZE * 2);
	for (size_t i = 0; i < ceilings[_i].times; i++)
		buf_adds(&bytes, ceilings[_i].unit);
	rc = mbox_parse(&box, buf_text(&bytes), bytes.len, &err);
	ck_assert_str_eq(err.msg, ceilings[_i].says ? ceilings[_i].says : "");
	ck_assert_int_eq(rc, ceilings[_i].says ? -1 : 0);
	if (rc < 0)
		ck_assert_int_eq(err.kind, ERR_LIMIT);
}
END_TEST

static void dump(struct buf *out, const char *bytes, size_t len)
{
	AUTO(mbox_release) struct mbox box = { 0 };
	struct err err = ERR_INIT;

	if (mbox_parse(&box, bytes, len, &err) < 0) {
		buf_addf(out, "%s: %s\n", err_kind_name(err.kind), err.msg);
		return;
	}
	for (size_t i = 0; i < box.n; i++) {
		struct span rest = span_of(box.v[i].bytes, box.v[i].len);
		struct span line;

		buf_addf(out, "mail %zu\n", i + 1);
		while (span_line(&rest, &line)) {
			buf_adds(out, "|");
			buf_add(out, line.p, span_len(line));
			buf_adds(out, "\n");
		}
	}
}

START_TEST(golden_mailboxes_are_cut_as_expected)
{
	support_golden("mbox", ".mbox", dump);
}
END_TEST

TEST_MAIN("mbox", TABLE(bytes_are_cut_into_mails, boxes),
	  TABLE(blanks_are_no_mail, blanks),
	  TEST(a_nul_is_a_byte_like_any_other),
	  TABLE(a_ceiling_holds_at_the_limit_and_one_past_it, ceilings),
	  TEST(golden_mailboxes_are_cut_as_expected))
