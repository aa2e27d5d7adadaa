/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/compose.h"

#include "bot/base/mem.h"
#include "bot/mail/body.h"
#include "bot/mail/choice.h"
#include "parsers/mail.h"
#include "tests/support/reviews.h"
#include "tests/support/support.h"

#define SCREEN 50      /* lines of a body */
#define NOW 1793174400 /* Wed, 28 Oct 2026 08:00:00 +0000 */

static int try_compose(struct buf *out, const struct review *r,
		       const char *from, const char *domain, struct err *err)
{
	AUTO(replies_free) struct replies *replies = NULL;

	ck_ok(replies_read(&replies, "config/replies", NULL, err), err);
	return compose_run(out,
			   &(struct compose_spec){ .review = r,
						   .replies = replies,
						   .from = from,
						   .domain = domain,
						   .now = NOW },
			   err);
}

static void compose(struct buf *out, const struct review *r)
{
	struct err err = ERR_INIT;

	ck_ok(try_compose(out, r, "collider <collider@example.net>",
			  "example.net", &err),
	      &err);
}

static const char *const unwanted[] = { "same", "fixed", "unprovoked",
					"question-alone" };

static bool is_wanted(const struct review_case *c)
{
	for (size_t i = 0; i < ARRAY_LEN(unwanted); i++)
		if (strcmp(unwanted[i], c->name) == 0)
			return false;
	return true;
}

START_TEST(a_reply_reads_as_it_did)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	AUTO(mem_free) char *name = xasprintf("%s.eml", reviews[_i].name);

	if (!is_wanted(&reviews[_i]))
		return;
	reviews_make(&r, &reviews[_i]);
	compose(&mail, &r);
	reviews_expect("reply", name, buf_text(&mail), mail.len);
}
END_TEST

START_TEST(what_nobody_has_to_act_on_is_not_drafted)
{
	AUTO(review_release) struct review r = { 0 };

	reviews_make(&r, &reviews[_i]);
	ck_assert_msg(compose_is_wanted(&r) == is_wanted(&reviews[_i]), "%s",
		      reviews[_i].name);
}
END_TEST

/* Ours, by name; the sample has its culprit in patch 2 and a cover. */
static void make_sample(struct review *r)
{
	reviews_make(r, &reviews[0]);
	ck_assert_str_eq(reviews[0].name, "sample");
}

/* The mail that the reply to the sample answers. */
static struct review_mail *answered(struct review *r)
{
	ck_assert_uint_eq(r->mails[2].n, 2);
	return &r->mails[2];
}

static void set(char **text, const char *value)
{
	free(*text);
	*text = xstrdup(value);
}

/* How many header lines begin with @name. */
static size_t count_headers(const struct buf *mail, const char *name)
{
	const char *end = strstr(buf_text(mail), "\n\n");
	size_t n = 0;

	ck_assert_ptr_nonnull(end);
	for (const char *p = buf_text(mail); p < end;) {
		n += strncasecmp(p, name, strlen(name)) == 0;
		p = strchr(p, '\n') + 1;
	}
	return n;
}

static const char *const hostile[] = {
	"x\r\nBcc: all@example.org\r\n\r\nbody",
	"x\nTo: all@example.org",
	"\xe2\x80\xaeturned",
	"\xff\xfe broken",
	"\033[2J\007",
	"=?utf-8?q?=0ABcc:_all=40example.org?=",
	"\"quoted\" \\ <a@b>, c@d",
	"gr\xc3\xbc\xc3\x9f",
	"",
};

START_TEST(no_word_of_a_stranger_makes_a_header)
{
	static const char *const once[] = { "From:",	"Date:",
					    "Subject:", "Message-Id:",
					    "To:",	"Content-Type:" };
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	AUTO(mail_free) struct mail *read = NULL;
	struct err err = ERR_INIT;
	struct review_mail *parent;

	make_sample(&r);
	parent = answered(&r);
	set(&parent->subject, hostile[_i]);
	set(&parent->author.name, hostile[_i]);
	strings_push(&parent->references, hostile[_i]);
	compose(&mail, &r);
	for (size_t i = 0; i < ARRAY_LEN(once); i++)
		ck_assert_msg(count_headers(&mail, once[i]) == 1, "%s\n%s",
			      once[i], buf_text(&mail));
	ck_assert_uint_eq(count_headers(&mail, "Bcc"), 0);
	for (size_t i = 0; i < mail.len; i++)
		ck_assert_uint_lt((unsigned char)mail.data[i], 0x7f);
	ck_ok(mail_parse(&read, buf_text(&mail), mail.len, &err), &err);
	ck_assert_uint_eq(read->to.n, 1);
	ck_assert_str_eq(read->to.v[0].addr, "ada@example.org");
	ck_assert_str_eq(read->in_reply_to, "20261026.sample-2@example.org");
	ck_assert_ptr_null(strchr(read->subject_raw, '\n'));
	ck_assert_ptr_null(strstr(read->subject_raw, "\xe2\x80\xae"));
}
END_TEST

static const char *const addresses[] = {
	"a@b>\r\nBcc: c@d", "a b@c", "nobody", "", "a@b,c@d", "a@\xc3\xbc",
};

START_TEST(an_address_that_is_none_is_not_written_to)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };

	make_sample(&r);
	set(&answered(&r)->author.addr, addresses[_i]);
	set(&answered(&r)->from.addr, addresses[_i]);
	compose(&mail, &r);
	ck_assert_uint_eq(count_headers(&mail, "To:"), 0);
	ck_assert_uint_eq(count_headers(&mail, "Bcc"), 0);
}
END_TEST

START_TEST(a_mail_without_a_fine_id_is_not_threaded)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };

	make_sample(&r);
	set(&answered(&r)->message_id, addresses[_i]);
	if (strcmp(addresses[_i], "nobody") == 0 ||
	    strcmp(addresses[_i], "a@b,c@d") == 0)
		return; /* odd, and harmless */
	compose(&mail, &r);
	ck_assert_uint_eq(count_headers(&mail, "In-Reply-To"), 0);
	ck_assert_uint_eq(count_headers(&mail, "References"), 0);
}
END_TEST

START_TEST(a_subject_that_is_a_reply_gets_no_second_re)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };

	make_sample(&r);
	set(&answered(&r)->subject, "RE: [PATCH] x");
	compose(&mail, &r);
	ck_assert_ptr_nonnull(
		strstr(buf_text(&mail), "\nSubject: RE: [PATCH] x\n"));
}
END_TEST

START_TEST(references_are_the_root_the_last_ten_and_the_parent)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	AUTO(mail_free) struct mail *read = NULL;
	struct err err = ERR_INIT;
	struct strings *ids;

	make_sample(&r);
	ids = &answered(&r)->references;
	strings_release(ids);
	strings_push(ids, "0@x");
	for (int i = 30; i < 40; i++)
		strings_push_take(ids, xasprintf("%d@x", i));
	compose(&mail, &r);
	ck_ok(mail_parse(&read, buf_text(&mail), mail.len, &err), &err);
	ck_assert_uint_eq(read->references.n, REVIEW_MAX_REFERENCES + 2);
	ck_assert_str_eq(read->references.v[0], "0@x");
	ck_assert_str_eq(read->references.v[1], "30@x");
	ck_assert_str_eq(read->references.v[10], "39@x");
	ck_assert_str_eq(read->references.v[11],
			 "20261026.sample-2@example.org");
}
END_TEST

START_TEST(the_same_report_is_the_same_mail_and_another_is_another)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf first = { 0 };
	AUTO(buf_release) struct buf again = { 0 };
	AUTO(buf_release) struct buf other = { 0 };
	const char *id = "\nMessage-Id: <collider.";

	make_sample(&r);
	compose(&first, &r);
	r.timing[0].ms += 1000;
	compose(&again, &r);
	ck_assert_str_eq(buf_text(&first), buf_text(&again));
	r.findings[0].patch = 1;
	r.findings[0].clean = 0;
	compose(&other, &r);
	ck_assert(strncmp(strstr(buf_text(&first), id),
			  strstr(buf_text(&other), id), 45) != 0);
}
END_TEST

START_TEST(several_patches_at_fault_are_answered_at_the_cover)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };

	make_sample(&r);
	r.findings[0].patch = 1;
	r.findings[0].clean = 0;
	compose(&mail, &r);
	ck_assert_ptr_nonnull(
		strstr(buf_text(&mail),
		       "\nIn-Reply-To: <20261026.sample-0@example.org>\n"));
	ck_assert_ptr_nonnull(strstr(buf_text(&mail), "With patch 1/3,"));
	ck_assert_ptr_nonnull(strstr(buf_text(&mail), "With patch 2/3,"));
}
END_TEST

START_TEST(prose_has_at_most_72_columns)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	const char *p;

	if (!is_wanted(&reviews[_i]))
		return;
	reviews_make(&r, &reviews[_i]);
	compose(&mail, &r);
	for (p = strstr(buf_text(&mail), "\n\n") + 2; *p;) {
		size_t len = strcspn(p, "\n");

		ck_assert_msg(len <= 72 || strncmp(p, "> ", 2) == 0 ||
				      strncmp(p, "    ", 4) == 0 ||
				      strncmp(p, "  Closes: ", 10) == 0,
			      "%s: %.*s", reviews[_i].name, (int)len, p);
		p += len + (p[len] == '\n');
	}
}
END_TEST

static const struct {
	size_t beyond; /* what has a sentence */
	const char *says;
} mores[] = {
	{ 0, NULL },
	{ 1, "\nNot told here: 1 more; `collider review` tells all.\n" },
	{ 12, "\nNot told here: 12 more; `collider review` tells all.\n" },
};

START_TEST(what_has_no_room_is_counted)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };

	make_sample(&r);
	for (size_t i = 0; i < CHOICE_MAX_SHORT + mores[_i].beyond; i++) {
		struct finding *f = review_add_finding(&r);

		f->kind = FINDING_REGRESSION;
		f->patch = 2;
		f->clean = 1;
		f->message_id = xstrdup("");
		f->says = xasprintf("fault %zu is seen", i);
	}
	compose(&mail, &r);
	if (mores[_i].says)
		ck_assert_ptr_nonnull(strstr(buf_text(&mail), mores[_i].says));
	else
		ck_assert_ptr_null(strstr(buf_text(&mail), "Not told here"));
	ck_assert_ptr_nonnull(strstr(buf_text(&mail), "fault 2 is seen"));
	ck_assert_ptr_null(strstr(buf_text(&mail), "fault 3 is seen"));
}
END_TEST

/* What else was found has a sentence, and all that is allowed one list. */
START_TEST(a_reply_is_one_screen_and_a_little_for_what_else_was_found)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(choice_release) struct choice choice = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	const char *body;
	size_t lines = 0, room = SCREEN, listed = 0;

	if (!is_wanted(&reviews[_i]))
		return;
	reviews_make(&r, &reviews[_i]);
	choice_run(&choice, &r);
	for (size_t i = 0; i < choice.n; i++) {
		room += choice.v[i] == CHOICE_SHORT ? 5 : 0;
		listed += choice.v[i] == CHOICE_LISTED;
	}
	room += listed ? 6 : 0;
	compose(&mail, &r);
	body = strstr(buf_text(&mail), "\n\n") + 2;
	for (const char *p = body; *p; p++)
		lines += *p == '\n';
	ck_assert_msg(lines <= room, "%s: %zu lines", reviews[_i].name, lines);
}
END_TEST

START_TEST(no_tool_takes_a_trailer_off_it)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	const char *body;

	if (!is_wanted(&reviews[_i]))
		return;
	reviews_make(&r, &reviews[_i]);
	compose(&mail, &r);
	body = strstr(buf_text(&mail), "\n\n");
	ck_assert_ptr_null(strstr(body, "\nReported-by:"));
	ck_assert_ptr_null(strstr(body, "\nCloses:"));
	ck_assert_ptr_null(strstr(body, "eviewed-by"));
	ck_assert_ptr_null(strstr(body, "ested-by"));
}
END_TEST

START_TEST(a_giant_quote_is_cut_and_encoded)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	AUTO(mail_free) struct mail *read = NULL;
	struct err err = ERR_INIT;
	struct buf quote;

	make_sample(&r);
	buf_init(&quote, 1u << 20);
	for (int line = 0; line < 25; line++) {
		for (int i = 0; i < 2000; i++)
			buf_adds(&quote, "\xc3\xbc");
		buf_addc(&quote, '\n');
	}
	free(r.findings[0].quote);
	r.findings[0].quote = buf_take(&quote);
	compose(&mail, &r);
	ck_assert_uint_lt(mail.len, 40 * 1024 * 2);
	ck_assert_ptr_nonnull(strstr(buf_text(&mail), "quoted-printable"));
	for (const char *p = buf_text(&mail); *p;) {
		size_t len = strcspn(p, "\n");

		ck_assert_uint_le(len, 998);
		p += len + (p[len] == '\n');
	}
	ck_ok(mail_parse(&read, buf_text(&mail), mail.len, &err), &err);
}
END_TEST

static const struct {
	const char *id;
	const char *line;
} commands[] = {
	{ "20261026.sample-0@example.org",
	  "  b4 mbox -o- 20261026.sample-0@example.org |\n" },
	{ "x;reboot@example.org", " MBOX\n" },
	{ "$(reboot)@example.org", " MBOX\n" },
	{ "-o/etc/passwd@example.org", " MBOX\n" },
	{ "", " MBOX\n" },
};

START_TEST(a_command_that_is_pasted_does_only_what_it_says)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	const char *body;

	make_sample(&r);
	set(&r.message_id, commands[_i].id);
	compose(&mail, &r);
	body = strstr(buf_text(&mail), "\n\n");
	ck_assert_ptr_nonnull(strstr(body, commands[_i].line));
	ck_assert_ptr_null(strstr(body, "reboot"));
	ck_assert_ptr_null(strstr(body, "passwd"));
}
END_TEST

static const struct {
	const char *from, *domain;
	const char *says;
} senders[] = {
	{ "nobody", "example.net", "mail.from 'nobody' is no address" },
	{ "", "example.net", "mail.from '' is no address" },
	{ "a@b, c@d", "example.net", "mail.from 'a@b, c@d' is no address" },
	{ "a@b", "", "mail.domain '' is no domain" },
	{ "a@b", "x y", "mail.domain 'x y' is no domain" },
};

START_TEST(a_sender_that_cannot_be_is_the_operators_to_mend)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	struct err err = ERR_INIT;

	make_sample(&r);
	ck_assert_int_eq(try_compose(&mail, &r, senders[_i].from,
				     senders[_i].domain, &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err.msg, senders[_i].says);
	ck_assert_uint_eq(mail.len, 0);
}
END_TEST

TEST_MAIN("compose", TABLE(a_reply_reads_as_it_did, reviews),
	  TABLE(what_nobody_has_to_act_on_is_not_drafted, reviews),
	  TABLE(no_word_of_a_stranger_makes_a_header, hostile),
	  TABLE(an_address_that_is_none_is_not_written_to, addresses),
	  TABLE(a_mail_without_a_fine_id_is_not_threaded, addresses),
	  TEST(a_subject_that_is_a_reply_gets_no_second_re),
	  TEST(references_are_the_root_the_last_ten_and_the_parent),
	  TEST(the_same_report_is_the_same_mail_and_another_is_another),
	  TEST(several_patches_at_fault_are_answered_at_the_cover),
	  TABLE(prose_has_at_most_72_columns, reviews),
	  TABLE(what_has_no_room_is_counted, mores),
	  TABLE(a_reply_is_one_screen_and_a_little_for_what_else_was_found,
		reviews),
	  TABLE(no_tool_takes_a_trailer_off_it, reviews),
	  TEST(a_giant_quote_is_cut_and_encoded),
	  TABLE(a_command_that_is_pasted_does_only_what_it_says, commands),
	  TABLE(a_sender_that_cannot_be_is_the_operators_to_mend, senders))
