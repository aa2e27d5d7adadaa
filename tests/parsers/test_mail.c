/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/fs.h"
#include "bot/base/span.h"
#include "parsers/mail.h"
#include "tests/support/support.h"

static void dump_ids(struct buf *out, const char *what,
		     const struct strings *list)
{
	for (size_t i = 0; i < list->n; i++)
		buf_addf(out, "%s: %s\n", what, list->v[i]);
}

static void dump_trailers(struct buf *out, const struct trailers *t)
{
	if (t->base_commit)
		buf_addf(out, "base-commit: %s\n", t->base_commit);
	if (t->change_id)
		buf_addf(out, "change-id: %s\n", t->change_id);
	dump_ids(out, "prerequisite-patch-id", &t->prerequisite_patch_ids);
	for (size_t i = 0; i < t->n_fixes; i++)
		buf_addf(out, "fixes: %s (%s)\n", t->fixes[i].id,
			 t->fixes[i].title);
}

/* Each line behind a '|', so that blanks at its ends can be seen. */
static void dump_text(struct buf *out, const char *what, const char *text,
		      size_t len)
{
	struct span rest = span_of(text, len);
	struct span line;

	buf_addf(out, "%s\n", what);
	while (span_line(&rest, &line)) {
		buf_adds(out, "|");
		buf_add(out, line.p, span_len(line));
		buf_adds(out, "|\n");
	}
}

static void dump_mail(struct buf *out, const struct mail *m)
{
	buf_addf(out, "%s\n", mail_is_patch(m) ? "a patch" : "no patch");
	buf_addf(out, "id: %s\nin-reply-to: %s\n", m->message_id,
		 m->in_reply_to);
	dump_ids(out, "reference", &m->references);
	buf_addf(out, "subject: %s\ntitle: %s\n", m->subject_raw, m->title);
	buf_addf(out, "version %u, %u of %u%s\n", m->subject->version,
		 m->subject->index, m->subject->total,
		 m->subject->is_reply ? ", reply" : "");
	buf_addf(out, "from: '%s' <%s>\n", m->from.name, m->from.addr);
	buf_addf(out, "author: '%s' <%s>\n", m->author.name, m->author.addr);
	buf_addf(out, "date: %lld, authored %lld %+d\n", (long long)m->date,
		 (long long)m->author_time, m->author_tz_min);
	for (size_t i = 0; i < m->to.n; i++)
		buf_addf(out, "to: '%s' <%s>\n", m->to.v[i].name,
			 m->to.v[i].addr);
	buf_addf(out, "list: %s\n", m->list_id);
	if (m->wants_no_answer || m->is_automatic)
		buf_addf(out, "wishes:%s%s\n",
			 m->wants_no_answer ? " no answer" : "",
			 m->is_automatic ? " automatic" : "");
	dump_trailers(out, m->trailers);
	dump_text(out, "log:", m->log, strlen(m->log));
	dump_text(out,
		  m->has_diffstat ? "notes, diffstat:" : "notes:", m->notes,
		  strlen(m->notes));
	if (m->diff)
		dump_text(out, "diff:", m->diff, m->diff_len);
}

/* Golden files are text: NUL and broken UTF-8 are shown as \x... */
static void add_visible(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\r' || c == '\0' || c >= 0x80)
			buf_addf(out, "\\x%02x", c);
		else
			buf_addc(out, (char)c);
	}
}

static void dump(struct buf *out, const char *bytes, size_t len)
{
	AUTO(mail_free) struct mail *m = NULL;
	AUTO(buf_release) struct buf raw = { 0 };
	struct err err = ERR_INIT;

	if (mail_parse(&m, bytes, len, &err) < 0) {
		buf_addf(out, "%s: %s\n", err_kind_name(err.kind), err.msg);
		return;
	}
	buf_init(&raw, out->max);
	dump_mail(&raw, m);
	add_visible(out, buf_text(&raw), raw.len);
}

START_TEST(golden_mails_read_as_expected)
{
	support_golden("mail", ".eml", dump);
}
END_TEST

#define HEADERS "From: a@b\nSubject: [PATCH] x\n"

/* A mail with @unit @times over between @start and the end. */
static void repeat(struct buf *out, const char *start, const char *unit,
		   size_t times)
{
	buf_init(out, (size_t)MAIL_MAX_SIZE * 2);
	buf_adds(out, start);
	for (size_t i = 0; i < times; i++)
		buf_adds(out, unit);
}

#define MIXED HEADERS "Content-Type: multipart/mixed; boundary=b\n\n"

static const struct {
	const char *start, *unit;
	size_t times;
	const char *says; /* NULL: it is taken */
} ceilings[] = {
	{ HEADERS "\n", "x\n", (MAIL_MAX_SIZE - 30) / 2, NULL },
	{ HEADERS "\n", "x\n", MAIL_MAX_SIZE / 2,
	  "mail is larger than 8388608 bytes" },
	{ HEADERS, "X: 345\n", (MAIL_MAX_HEADERS - 29) / 7, NULL },
	{ HEADERS, "X: 345\n", MAIL_MAX_HEADERS / 7,
	  "headers are larger than 262144 bytes" },
	{ MIXED, "--b\n\nx\n", MAIL_MAX_PARTS, NULL },
	{ MIXED, "--b\n\nx\n", MAIL_MAX_PARTS + 1, "more than 100 parts" },
	{ MIXED, "--b\nContent-Type: text/plain\n\nx\n", MAIL_MAX_PARTS - 1,
	  NULL },
	{ MIXED, "--b\nContent-Type: text/plain\n\nx\n", 10000,
	  "more than 100 parts" },
	{ HEADERS "To: a@b", ",a@b", MAIL_MAX_ADDRESSES - 1, NULL },
	{ HEADERS "To: a@b", ",a@b", MAIL_MAX_ADDRESSES,
	  "more than 2000 addresses" },
	{ HEADERS "References:", " <a@b>", MAIL_MAX_REFERENCES, NULL },
	{ HEADERS "References:", " <a@b>", MAIL_MAX_REFERENCES + 1,
	  "more than 2000 ids in 'References:'" },
	{ HEADERS "\n", "Fixes: 1234567\n", TRAILERS_MAX, NULL },
	{ HEADERS "\n", "Fixes: 1234567\n", TRAILERS_MAX + 1,
	  "more than 1000 trailers" },
	{ "Subject: ", "x", SUBJECT_MAX_LEN + 1,
	  "subject is larger than 4000 bytes" },
};

START_TEST(a_ceiling_holds_at_the_limit_and_one_past_it)
{
	AUTO(mail_free) struct mail *m = NULL;
	AUTO(buf_release) struct buf bytes = { 0 };
	struct err err = ERR_INIT;
	int rc;

	repeat(&bytes, ceilings[_i].start, ceilings[_i].unit,
	       ceilings[_i].times);
	rc = mail_parse(&m, buf_text(&bytes), bytes.len, &err);
	ck_assert_str_eq(err.msg, ceilings[_i].says ? ceilings[_i].says : "");
	ck_assert_int_eq(rc, ceilings[_i].says ? -1 : 0);
	if (rc < 0)
		ck_assert_int_eq(err.kind, ERR_LIMIT);
}
END_TEST

/* @depth multiparts inside each other. */
static void nest(struct buf *out, int depth)
{
	buf_init(out, 1 << 20);
	buf_adds(out, HEADERS);
	for (int i = 0; i < depth; i++)
		buf_addf(out,
			 "Content-Type: multipart/mixed; boundary=b%d\n\n"
			 "--b%d\n",
			 i, i);
	buf_adds(out, "\nx\n");
}

START_TEST(parts_inside_each_other_have_a_ceiling)
{
	AUTO(mail_free) struct mail *m = NULL;
	AUTO(buf_release) struct buf taken = { 0 };
	AUTO(buf_release) struct buf refused = { 0 };
	struct err err = ERR_INIT;

	nest(&taken, MAIL_MAX_DEPTH);
	ck_ok(mail_parse(&m, buf_text(&taken), taken.len, &err), &err);
	ck_assert_str_eq(m->log, "x\n");
	mail_free(TAKE(m));
	nest(&refused, MAIL_MAX_DEPTH + 1);
	ck_assert_int_eq(mail_parse(&m, buf_text(&refused), refused.len, &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
	ck_assert_str_eq(err.msg, "more than 20 parts inside each other");
}
END_TEST

START_TEST(a_deep_mail_full_of_boundaries_ends)
{
	AUTO(mail_free) struct mail *m = NULL;
	AUTO(buf_release) struct buf bytes = { 0 };
	AUTO(buf_release) struct buf deep = { 0 };
	struct err err = ERR_INIT;

	nest(&deep, MAIL_MAX_PARTS);
	repeat(&bytes, buf_text(&deep), "--b\n",
	       (MAIL_MAX_SIZE - deep.len) / 4);
	ck_assert_int_eq(mail_parse(&m, buf_text(&bytes), bytes.len, &err), -1);
}
END_TEST

#define PATCH                                                               \
	HEADERS "To: c@d\nCc: e@f\nList-Id: x <l.org>\nMessage-ID: <1@b>\n" \
		"References: <2@b>\n <3@b>\n\nlog\n\nFixes: 1234567\n---\n" \
		"1 file changed\n\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n"

START_TEST(a_head_has_what_places_a_mail_and_no_more)
{
	AUTO(mail_free) struct mail *m = NULL;
	struct err err = ERR_INIT;

	ck_ok(mail_parse_head(&m, PATCH, strlen(PATCH), &err), &err);
	ck_assert_str_eq(m->message_id, "1@b");
	ck_assert_str_eq(m->references.v[1], "3@b");
	ck_assert_str_eq(m->from.addr, "a@b");
	ck_assert_str_eq(m->list_id, "l.org");
	ck_assert_str_eq(m->title, "x");
	ck_assert_str_eq(m->diff, "diff --git a/x b/x\n--- a/x\n+++ b/x\n");
	ck_assert(mail_is_patch(m));
	ck_assert_uint_eq(m->to.n + m->cc.n, 0);
	ck_assert_str_eq(m->log, "");
	ck_assert_str_eq(m->notes, "");
	ck_assert_ptr_null(m->trailers);
}
END_TEST

START_TEST(noise_is_no_mail)
{
	AUTO(mail_free) struct mail *m = NULL;
	struct err err = ERR_INIT;

	ck_assert_int_eq(mail_parse(&m, "\x7f\x45\x4c\x46\0\0", 6, &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_str_eq(err.msg, "not a mail: its first line is no header");
	ck_assert_ptr_null(m);
}
END_TEST

START_TEST(nothing_is_no_mail)
{
	AUTO(mail_free) struct mail *m = NULL;
	struct err err = ERR_INIT;

	ck_assert_int_eq(mail_parse(&m, "", 0, &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
}
END_TEST

TEST_MAIN("mail", TEST(golden_mails_read_as_expected),
	  TABLE(a_ceiling_holds_at_the_limit_and_one_past_it, ceilings),
	  TEST(parts_inside_each_other_have_a_ceiling),
	  TEST(a_deep_mail_full_of_boundaries_ends),
	  TEST(a_head_has_what_places_a_mail_and_no_more),
	  TEST(noise_is_no_mail), TEST(nothing_is_no_mail))
