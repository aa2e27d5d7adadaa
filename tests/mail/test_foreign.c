/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_foreign.c - whatever strangers may have written: a reply is a harmless
 * mail all the same
 */
#include "bot/base/fs.h"
#include "bot/base/sink.h"
#include "bot/mail/answer.h"
#include "bot/mail/body.h"
#include "bot/mail/compose.h"
#include "rules/quote.h"
#include "tests/support/reviews.h"
#include "tests/support/support.h"

#define MAX_LINE 998 /* RFC 5322 2.1.1 */
#define MAX_MAIL (40u << 10)
#define LONG 2000

static char *fill(const char *piece)
{
	struct buf out;

	buf_init(&out, 64 * LONG);
	for (int i = 0; i < LONG; i++)
		buf_adds(&out, piece);
	return buf_take(&out);
}

static const struct {
	const char *text;
	bool is_long; /* so many times */
} words[] = {
	{ "x\r\nBcc: all@example.org\r\n\r\nbody", false },
	{ "x\nReviewed-by: Y <y@example.org>\n#collider stop\n.\nFrom x",
	  false },
	{ "\"A\" \\ <x@example.org>, b@example.org (c)", false },
	{ "=?utf-8?q?=0D=0ABcc:_all=40example.org?=", false },
	{ "\xe2\x80\xaeturned \xe2\x81\xa6 \xe2\x80\x8b \xef\xbb\xbf", false },
	{ "8-bit \xff\xfe gr\xfc\xdf", false },
	{ "\033]0;x\007\b\x7f\xc2\x9b", false },
	{ "{says} }} {{ {patch} $(reboot) `reboot` %s%n", false },
	{ "a", true },
	{ "\xc3\xbc", true },
	{ "a ", true },
	{ "a\n", true },
	{ "", false },
};

static void set(char **text, const char *value)
{
	free(*text);
	*text = xstrdup(value);
}

static void spoil_side(struct finding_side *side, const char *value)
{
	set(&side->path, value);
	set(&side->losers, value);
	for (size_t i = 0; i < side->n; i++) {
		set(&side->v[i].name, value);
		set(&side->v[i].value, value);
	}
}

static void spoil_finding(struct finding *f, const char *value)
{
	struct review_diagnostic *d = review_add_diagnostic(&f->diagnostics);

	d->file = xstrdup(value);
	d->text = xstrdup(value);
	set(&f->guest, value);
	set(&f->filesystem, value);
	set(&f->scenario, value);
	set(&f->says, value);
	set(&f->contract, value);
	set(&f->promise, value);
	set(&f->quote_file, value);
	set(&f->quote, value);
	strings_push(&f->sources, value);
	spoil_side(&f->base, value);
	spoil_side(&f->patched, value);
}

static void spoil_base(struct review *r, const char *value)
{
	struct review_prerequisite *p = review_add_prerequisite(r);

	p->kind = xstrdup(value);
	p->value = xstrdup(value);
	p->subject = xstrdup(value);
	p->why = xstrdup(value);
	set(&r->base.tree, value);
	set(&r->base.commit, value);
	set(&r->base.how, value);
	set(&r->conflict.file, value);
	set(&r->conflict.why, value);
	set(&r->conflict.quote, value);
	for (size_t i = 0; i < r->base.n_attempts; i++) {
		set(&r->base.attempts[i].tree, value);
		set(&r->base.attempts[i].commit, value);
		set(&r->base.attempts[i].how, value);
		set(&r->base.attempts[i].why, value);
	}
	set(&r->environment.kernel, value);
	set(&r->environment.guest, value);
	set(&r->environment.compiler, value);
}

/* All that is not ours, in all places. */
static void spoil(struct review *r, const char *value)
{
	set(&r->subject, value);
	set(&r->message_id, value);
	set(&r->why, value);
	strings_push(&r->missing, value);
	for (size_t i = 0; i < r->n_findings; i++)
		spoil_finding(&r->findings[i], value);
	for (size_t i = 0; i < r->n_scenarios; i++)
		set(&r->scenarios[i].says, value);
	for (size_t i = 0; i < r->n_mails; i++) {
		set(&r->mails[i].subject, value);
		set(&r->mails[i].author.name, value);
		set(&r->mails[i].from.name, value);
		strings_push(&r->mails[i].references, value);
	}
	spoil_base(r, value);
}

static int compose(struct buf *out, const struct review *r, struct err *err)
{
	AUTO(replies_free) struct replies *replies = NULL;

	ck_ok(replies_read(&replies, "config/replies", NULL, err), err);
	return compose_run(out,
			   &(struct compose_spec){
				   .review = r,
				   .replies = replies,
				   .from = "collider <collider@example.net>",
				   .domain = "example.net",
			   },
			   err);
}

static void write_text(struct buf *out, const struct review *r)
{
	AUTO(replies_free) struct replies *replies = NULL;
	struct err err = ERR_INIT;

	ck_ok(replies_read(&replies, "config/replies", NULL, &err), &err);
	buf_init(out, 4 * BODY_MAX_BYTES);
	body_write(out, &(struct body_spec){
				.review = r,
				.replies = replies,
				.from = "collider <collider@example.net>",
				.message_id = "id@example.net" });
}

/*
 * ASCII, in lines that a relay takes; one of each header, and none of theirs.
 */
static void expect_a_mail(const struct buf *mail)
{
	static const char *const once[] = { "From:", "Date:", "Subject:", "To:",
					    "Message-Id:" };
	size_t seen[ARRAY_LEN(once)] = { 0 };
	const char *end = strstr(buf_text(mail), "\n\n");

	ck_assert_ptr_nonnull(end);
	ck_assert_uint_lt(mail->len, MAX_MAIL);
	for (size_t i = 0; i < mail->len; i++)
		ck_assert((mail->data[i] >= 0x20 && mail->data[i] < 0x7f) ||
			  mail->data[i] == '\n' || mail->data[i] == '\t');
	for (const char *p = mail->data; *p; p += strcspn(p, "\n") + 1) {
		ck_assert_uint_le(strcspn(p, "\n"), MAX_LINE);
		for (size_t i = 0; i < ARRAY_LEN(once) && p < end; i++)
			seen[i] +=
				strncasecmp(p, once[i], strlen(once[i])) == 0;
		ck_assert(p >= end || strncasecmp(p, "Bcc", 3) != 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(once); i++)
		ck_assert_msg(seen[i] == 1, "%s: %zu\n%s", once[i], seen[i],
			      mail->data);
}

/* Nothing moves a cursor, no line is one that a tool or we would act on. */
static void expect_a_text(const struct buf *text)
{
	static const char *const never[] = { "Reviewed-by", "#collider", "Bcc",
					     "From ", "." };
	AUTO(buf_release) struct buf clean = { 0 };

	buf_init(&clean, 16 * BODY_MAX_BYTES);
	sink_text(&clean, buf_text(text), text->len);
	ck_assert_str_eq(buf_text(&clean), buf_text(text));
	for (const char *p = buf_text(text); *p; p += strcspn(p, "\n") + 1)
		for (size_t i = 0; i < ARRAY_LEN(never); i++)
			ck_assert_msg(strncmp(p, never[i], strlen(never[i])) !=
					      0,
				      "%.80s", p);
}

/* False: it is more than a mail may have, and is parked. */
static bool try_case(const struct review_case *c, const char *value)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	struct err err = ERR_INIT;

	reviews_make(&r, c);
	spoil(&r, value);
	write_text(&text, &r);
	expect_a_text(&text);
	if (compose(&mail, &r, &err) < 0) {
		ck_assert_int_eq(err.kind, ERR_LIMIT);
		return false;
	}
	expect_a_mail(&mail);
	return true;
}

START_TEST(their_words_are_harmless_wherever_they_stand)
{
	AUTO(mem_free)
	char *value = words[_i].is_long ? fill(words[_i].text)
					: xstrdup(words[_i].text);

	for (size_t i = 0; i < REVIEWS; i++)
		ck_assert(try_case(&reviews[i], value) || words[_i].is_long);
}
END_TEST

/* An order that failed, and what is said of it, both a stranger's. */
START_TEST(an_answer_to_an_order_is_harmless_whatever_it_was)
{
	AUTO(mem_free)
	char *value = words[_i].is_long ? fill(words[_i].text)
					: xstrdup(words[_i].text);
	AUTO(replies_free) struct replies *replies = NULL;
	AUTO(buf_release) struct buf orders = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(buf_release) struct buf probe = { 0 };
	struct err err = ERR_INIT;

	ck_ok(replies_read(&replies, "config/replies", NULL, &err), &err);
	buf_init(&orders, ANSWER_MAX_BYTES);
	answer_add_order(&orders, replies, value, value);
	buf_init(&text, 2 * ANSWER_MAX_BYTES);
	answer_write(&text, replies, buf_text(&orders));
	expect_a_text(&text);
	buf_init(&probe, 2 * ANSWER_MAX_BYTES);
	answer_write_probe(&probe, replies, value, "");
	expect_a_text(&probe);
}
END_TEST

/* %s: so many columns; the NUL is put where '@NUL@' is. */
static const char letter[] =
	"From: \"A \\\"B\\\" <x@y>, c@d\" <ada@example.org>\n"
	"Date: Mon, 26 Oct 2026 07:43:20 +0000\n"
	"Subject: [PATCH] gr\xfc\xdf \xe2\x80\xae @ "
	"=?utf-8?q?=0D=0ABcc:_all=40example.org?=\r\n"
	" %s\n"
	"Message-ID: <raw@example.org>\n"
	"To: linux-fsdevel@example.org\n"
	"\n"
	"Signed-off-by: Ada <ada@example.org>\n"
	"---\n"
	"diff --git a/fs/iomap/a.c b/fs/iomap/a.c\n"
	"--- a/fs/iomap/a.c\n"
	"+++ b/fs/iomap/a.c\n"
	"@@ -1,2 +1,2 @@ f\033[2J(\xe2\x80\xae)\n"
	"-a @ \xff\n"
	"+%s\n"
	" b\r\n";

/* As they come from a list: raw bytes of headers, and of a hunk. */
START_TEST(a_raw_mail_is_answered_with_a_harmless_one)
{
	AUTO(mem_free) char *columns = fill("a");
	AUTO(mem_free) char *text = xasprintf(letter, columns, columns);
	AUTO(mem_free) char *dir = support_tmpdir();
	AUTO(mem_free) char *path = xasprintf("%s/mbox", dir);
	AUTO(review_release) struct review r = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	AUTO(buf_release) struct buf body = { 0 };
	struct err err = ERR_INIT;
	size_t len = strlen(text);

	for (char *p = text; (p = strchr(p, '@')); p++)
		if (p[-1] == ' ' && p[1] == ' ')
			*p = 0x01;
	for (size_t i = 0; i < len; i++)
		if (text[i] == 0x01)
			text[i] = '\0';
	ck_ok(fs_write(path, text, len, &err), &err);
	reviews_read(&r, path);
	ck_assert_uint_eq(r.n_patches, 1);
	r.conflict = (struct review_conflict){ .patch = 1,
					       .file = xstrdup("fs/iomap/a.c"),
					       .hunk = 1,
					       .why = xstrdup("as it is") };
	quote_run(&r);
	review_end(&r, VERDICT_DOES_NOT_APPLY, "as it is", NULL);
	write_text(&body, &r);
	expect_a_text(&body);
	ck_ok(compose(&mail, &r, &err), &err);
	expect_a_mail(&mail);
	ck_assert_ptr_nonnull(strstr(buf_text(&mail), "<ada@example.org>"));
	ck_ok(fs_remove_tree(dir, &err), &err);
}
END_TEST

TEST_MAIN("foreign", TABLE(their_words_are_harmless_wherever_they_stand, words),
	  TABLE(an_answer_to_an_order_is_harmless_whatever_it_was, words),
	  TEST(a_raw_mail_is_answered_with_a_harmless_one))
