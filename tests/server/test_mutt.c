/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/compose.h"

#include "tests/support/mutt.h"
#include "tests/support/reviews.h"
#include "tests/support/support.h"

#define NOW 1793174400 /* Wed, 28 Oct 2026 08:00:00 +0000 */
#define WIDE 200       /* columns in which no line is broken */

/* Who has the sample's mails and the reply to them before their eyes. */
struct reader {
	struct review review; /* that of the sample, to be changed */
	struct buf reply;
	struct mutt mutt;
	struct buf screen;
};

static void reader_init(struct reader *r)
{
	*r = (struct reader){ 0 };
	reviews_make(&r->review, &reviews[0]);
}

static void reader_release(struct reader *r)
{
	mutt_release(&r->mutt);
	buf_release(&r->screen);
	buf_release(&r->reply);
	review_release(&r->review);
}
DEFINE_AUTO_VALUE(struct reader, reader_release)

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

/* Mutt may still be drawing. */
static void expect(struct reader *r, const char *text)
{
	if (!strstr(buf_text(&r->screen), text))
		mutt_see(&r->screen, &r->mutt, text);
}

/* Of what stands above something that was expected. */
static void expect_not(const struct reader *r, const char *text)
{
	ck_assert_msg(strstr(buf_text(&r->screen), text) == NULL,
		      "'%s' is on the screen:\n%s", text, buf_text(&r->screen));
}

static void open_box(struct reader *r, unsigned columns, unsigned rows)
{
	compose(&r->reply, &r->review);
	mutt_open(&r->mutt, "sample", &r->reply, columns, rows);
}

static void open_reply(struct reader *r, unsigned columns, unsigned rows)
{
	open_box(r, columns, rows);
	mutt_open_reply(&r->screen, &r->mutt);
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
	AUTO(reader_release) struct reader r;

	reader_init(&r);
	open_box(&r, WIDE, 50);
	expect(&r, "Ada Example  |->[PATCH v2 2/3] iomap: do not fail");
	expect(&r, "\ncollider     | `->Re: [PATCH v2 2/3] iomap: do not");
	expect(&r, "\nAda Example  `->[PATCH v2 3/3] xfs: say when");
}
END_TEST

START_TEST(all_of_it_is_shown_as_it_was_written)
{
	AUTO(reader_release) struct reader r;

	reader_init(&r);
	open_reply(&r, WIDE, 100);
	expect(&r, "\nTo: Ada Example <ada@example.org>\n");
	expect(&r, "\nSubject: Re: [PATCH v2 2/3] iomap: do not fail a "
		   "direct write over an invalidation failure\n");
	for (const char *p = strstr(buf_text(&r.reply), "\n\n") + 2; *p;) {
		AUTO(buf_release) struct buf line = { 0 };
		size_t len = strcspn(p, "\n");

		buf_init(&line, 4096);
		buf_addc(&line, '\n');
		add_shown(&line, p, len - (strncmp(p, "-- \n", 4) == 0));
		buf_addc(&line, '\n');
		expect(&r, buf_text(&line));
		p += len + (p[len] == '\n');
	}
	expect_not(&r, "^M");
}
END_TEST

START_TEST(a_screen_has_what_got_worse_and_the_hunk_and_who_loses)
{
	AUTO(reader_release) struct reader r;

	reader_init(&r);
	open_reply(&r, 80, 50);
	expect(&r, "\nWith this patch, on xfs, a direct write of 65536 "
		   "bytes returns 0:\n");
	expect(&r, "\n> +                             ret = 0;\n");
	expect(&r, "\n  loses           nobody                 the direct "
		   "writer\n");
	expect(&r, "\n  seen in 0 of 3 runs on the base, in 3 of 3 with "
		   "the series:\n    xfs: C01 C08 C09\n");
	expect(&r, "\n  Promised (xfs/full-or-negative): a direct write ");
	expect(&r, "\n    <20200603190252.GG8204@magnolia>\n");
	expect(&r, "\n  collider reproduce C01 --fs xfs");
}
END_TEST

static void set(char **text, const char *value)
{
	free(*text);
	*text = xstrdup(value);
}

START_TEST(what_is_not_ascii_is_read_as_it_was_meant)
{
	AUTO(reader_release) struct reader r;

	reader_init(&r);
	set(&r.review.mails[2].author.name,
	    "J\xc3\xb6rg \"Gr\xc3\xbc\xc3\x9f\" E.");
	set(&r.review.mails[2].subject,
	    "[PATCH] iomap: f\xc3\xbcr alle \xe2\x80\xae");
	set(&r.review.findings[0].quote,
	    "@@ -1,2 +1,2 @@\n-\t/* a=3Db, \xe4\xb8\xad "
	    "*/\n+\tx = \"=C3=BC\";\n");
	open_reply(&r, 80, 50);
	ck_assert_ptr_nonnull(strstr(buf_text(&r.reply), "quoted-printable"));
	expect(&r, "\nTo: \"J\xc3\xb6rg Gr\xc3\xbc\xc3\x9f E.\" <ada@");
	expect(&r, "Subject: Re: [PATCH] iomap: f\xc3\xbcr alle ?\n");
	expect(&r, "\n> -     /* a=3Db, \xe4\xb8\xad */\n");
	expect(&r, "\n> +     x = \"=C3=BC\";\n");
	expect_not(&r, "\xc3\x83");
}
END_TEST

TEST_MAIN("mutt", TEST(the_index_has_it_beneath_the_patch_at_fault),
	  TEST(all_of_it_is_shown_as_it_was_written),
	  TEST(a_screen_has_what_got_worse_and_the_hunk_and_who_loses),
	  TEST(what_is_not_ascii_is_read_as_it_was_meant))
