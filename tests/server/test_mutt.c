/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/compose.h"

#include "tests/support/mutt.h"
#include "tests/support/reviews.h"
#include "tests/support/support.h"

#define NOW 1793174400 /* Wed, 28 Oct 2026 08:00:00 +0000 */
#define WIDE 200       /* columns in which no line is broken */

static void compose(struct buf *out, const struct review *r)
{
	AUTO(replies_free) struct replies *replies = NULL;
	struct err err = ERR_INIT;

	ck_ok(replies_read(&replies, "config/replies", NULL, &err), &err);
	ck_ok(compose_run(out,
			  &(struct compose_spec){
				  .review = r,
				  .replies = replies,
				  .from = "collider <collider@example.net>",
				  .domain = "example.net",
				  .now = NOW,
			  },
			  &err),
	      &err);
}

static void expect(const struct buf *screen, const char *text)
{
	ck_assert_msg(strstr(buf_text(screen), text) != NULL,
		      "no '%s' on the screen:\n%s", text, buf_text(screen));
}

static void expect_not(const struct buf *screen, const char *text)
{
	ck_assert_msg(strstr(buf_text(screen), text) == NULL,
		      "'%s' is on the screen:\n%s", text, buf_text(screen));
}

/* From the index into the reply. */
static void open_reply(struct buf *screen, const struct mutt *m)
{
	mutt_see(screen, m, "Re:");
	mutt_press(m, "/");
	mutt_see(screen, m, "Search for");
	mutt_press(m, "'~f collider' Enter Enter");
	mutt_see(screen, m, "From: collider");
}

/* A tab as a terminal has it, from the line's start on. */
static void add_shown(struct buf *out, const char *line, size_t len)
{
	size_t column = 0;

	for (size_t i = 0; i < len; i++) {
		size_t to = line[i] == '\t' ? (column | 7) + 1 : column + 1;

		if (line[i] != '\t')
			buf_addc(out, line[i]);
		for (; line[i] == '\t' && column < to; column++)
			buf_addc(out, ' ');
		column = to;
	}
}

START_TEST(the_index_has_it_beneath_the_patch_at_fault)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf reply = { 0 };
	AUTO(buf_release) struct buf screen = { 0 };
	AUTO(mutt_release) struct mutt m;

	reviews_make(&r, &reviews[0]);
	compose(&reply, &r);
	mutt_open(&m, "sample", &reply, WIDE, 50);
	mutt_see(&screen, &m, "Re:");
	expect(&screen, "Ada Example  |->[PATCH v2 2/3] iomap: do not fail");
	expect(&screen, "\ncollider     | `->Re: [PATCH v2 2/3] iomap: do not");
	expect(&screen, "\nAda Example  `->[PATCH v2 3/3] xfs: say when");
}
END_TEST

START_TEST(all_of_it_is_shown_as_it_was_written)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf reply = { 0 };
	AUTO(buf_release) struct buf screen = { 0 };
	AUTO(mutt_release) struct mutt m;

	reviews_make(&r, &reviews[0]);
	compose(&reply, &r);
	mutt_open(&m, "sample", &reply, WIDE, 100);
	open_reply(&screen, &m);
	expect(&screen, "\nTo: Ada Example <ada@example.org>\n");
	expect(&screen, "\nSubject: Re: [PATCH v2 2/3] iomap: do not fail a "
			"direct write over an invalidation failure\n");
	expect_not(&screen, "^M");
	for (const char *p = strstr(buf_text(&reply), "\n\n") + 2; *p;) {
		AUTO(buf_release) struct buf line = { 0 };
		size_t len = strcspn(p, "\n");

		buf_init(&line, 4096);
		buf_addc(&line, '\n');
		add_shown(&line, p, len - (strncmp(p, "-- \n", 4) == 0));
		buf_addc(&line, '\n');
		expect(&screen, buf_text(&line));
		p += len + (p[len] == '\n');
	}
}
END_TEST

START_TEST(a_screen_has_what_got_worse_and_the_hunk_and_who_loses)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf reply = { 0 };
	AUTO(buf_release) struct buf screen = { 0 };
	AUTO(mutt_release) struct mutt m;

	reviews_make(&r, &reviews[0]);
	compose(&reply, &r);
	mutt_open(&m, "sample", &reply, 80, 50);
	open_reply(&screen, &m);
	expect(&screen, "\nWith this patch, on xfs, a direct write of 65536 "
			"bytes returns 0:\n");
	expect(&screen, "\n> +                             ret = 0;\n");
	expect(&screen, "\n  loses           nobody                 the direct "
			"writer\n");
	expect(&screen, "\n  seen in 0 of 3 runs on the base, in 3 of 3 with "
			"the series:\n    xfs: C01 C08 C09\n");
	expect(&screen, "\n  Promised (xfs/full-or-negative): a direct write ");
	expect(&screen, "\n    <20200603190252.GG8204@magnolia>\n");
	expect(&screen, "\n  collider reproduce C01 --fs xfs");
}
END_TEST

static void set(char **text, const char *value)
{
	free(*text);
	*text = xstrdup(value);
}

START_TEST(what_is_not_ascii_is_read_as_it_was_meant)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf reply = { 0 };
	AUTO(buf_release) struct buf screen = { 0 };
	AUTO(mutt_release) struct mutt m;

	reviews_make(&r, &reviews[0]);
	set(&r.mails[2].author.name, "J\xc3\xb6rg \"Gr\xc3\xbc\xc3\x9f\" E.");
	set(&r.mails[2].subject, "[PATCH] iomap: f\xc3\xbcr alle \xe2\x80\xae");
	set(&r.findings[0].quote, "@@ -1,2 +1,2 @@\n-\t/* a=3Db, \xe4\xb8\xad "
				  "*/\n+\tx = \"=C3=BC\";\n");
	compose(&reply, &r);
	ck_assert_ptr_nonnull(strstr(buf_text(&reply), "quoted-printable"));
	mutt_open(&m, "sample", &reply, 80, 50);
	open_reply(&screen, &m);
	expect(&screen, "\nTo: \"J\xc3\xb6rg Gr\xc3\xbc\xc3\x9f E.\" <ada@");
	expect(&screen, "Subject: Re: [PATCH] iomap: f\xc3\xbcr alle ?\n");
	expect(&screen, "\n> -     /* a=3Db, \xe4\xb8\xad */\n");
	expect(&screen, "\n> +     x = \"=C3=BC\";\n");
	expect_not(&screen, "\xc3\x83");
}
END_TEST

TEST_MAIN("mutt", TEST(the_index_has_it_beneath_the_patch_at_fault),
	  TEST(all_of_it_is_shown_as_it_was_written),
	  TEST(a_screen_has_what_got_worse_and_the_hunk_and_who_loses),
	  TEST(what_is_not_ascii_is_read_as_it_was_meant))
