/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/fs.h"
#include "bot/stages/assemble.h"
#include "parsers/mbox.h"
#include "tests/support/support.h"

#define MAILS_MAX 10001

struct mails {
	struct mail **v;
	size_t n;
};

static void mails_release(struct mails *list)
{
	for (size_t i = 0; i < list->n; i++)
		mail_free(list->v[i]);
	free(list->v);
}
DEFINE_AUTO_VALUE(struct mails, mails_release)

static void parse(struct mails *out, const char *bytes, size_t len)
{
	AUTO(mbox_release) struct mbox box = { 0 };
	struct err err = ERR_INIT;

	ck_ok(mbox_parse(&box, bytes, len, &err), &err);
	*out = (struct mails){ xcalloc(box.n, sizeof(*out->v)), box.n };
	for (size_t i = 0; i < box.n; i++)
		ck_ok(mail_parse(&out->v[i], box.v[i].bytes, box.v[i].len,
				 &err),
		      &err);
}

static void dump_revision(struct buf *out, const struct revision *r)
{
	buf_addf(out, "'%s' v%u.%u of %u%s%s\n", r->title, r->version,
		 r->version_minor, r->total, r->is_rfc ? " rfc" : "",
		 r->is_resend ? " resend" : "");
	buf_addf(out, "cover %s\n", r->cover ? r->cover->message_id : "-");
	for (unsigned k = 0; k < r->total; k++)
		buf_addf(out, "%u %s\n", k + 1,
			 r->patches[k] ? r->patches[k]->message_id : "-");
	for (size_t i = 0; i < r->missing.n; i++)
		buf_addf(out, "missing %s\n", r->missing.v[i]);
	for (size_t i = 0; i < r->notes.n; i++)
		buf_addf(out, "note %s\n", r->notes.v[i]);
	if (r->base_commit)
		buf_addf(out, "base %s\n", r->base_commit);
}

static void dump_needs(struct buf *out, const struct sent *s)
{
	static const char *const needs[] = { "mail", "change", "patch" };

	for (size_t i = 0; i < s->n_needs; i++)
		buf_addf(out, "\tneeds %s %s\n", needs[s->needs[i].need],
			 s->needs[i].value);
	if (s->base_commit)
		buf_addf(out, "\tbase %s\n", s->base_commit);
	if (s->change_id)
		buf_addf(out, "\tchange %s\n", s->change_id);
	if (s->replaces)
		buf_addf(out, "\treplaces %s\n", s->replaces);
	if (s->pair)
		buf_addf(out, "\tbelongs to %s\n", s->pair);
}

static void dump_sent(struct buf *out, const struct sent *s)
{
	AUTO(mem_free) char *missing = sent_missing(s);

	buf_addf(out, "%s '%s' v%u.%u %zu/%u %s %s%s%s%s\n", s->key, s->title,
		 s->version, s->version_minor, s->n_patches, s->total,
		 sent_kind_name(s->kind), s->project, s->is_rfc ? " rfc" : "",
		 s->is_resend ? " resend" : "", s->is_mended ? " mended" : "");
	buf_addf(out, "\tby %s, cover %s", s->author,
		 s->cover ? s->cover : "-");
	if (s->set_index)
		buf_addf(out, ", series %u of %u", s->set_index, s->set_total);
	buf_addc(out, '\n');
	for (size_t i = 0; i < s->n_patches; i++)
		buf_addf(out, "\t%u %s\n", s->patches[i].index,
			 s->patches[i].message_id);
	if (*missing)
		buf_addf(out, "\tmissing %s\n", missing);
	dump_needs(out, s);
	for (size_t i = 0; i < s->notes.n; i++)
		buf_addf(out, "\tnote %s\n", s->notes.v[i]);
}

static void dump_all(struct buf *out, const struct mails *mails)
{
	AUTO(assembled_release) struct assembled all = { 0 };

	assemble_all(&all, mails->v, mails->n);
	for (size_t i = 0; i < all.sent.n; i++)
		dump_sent(out, all.sent.v[i]);
	for (size_t i = 0; i < all.n_left; i++)
		buf_addf(out, "left %s: %s\n", all.left[i].message_id,
			 all.left[i].why);
}

static void dump(struct buf *out, const char *bytes, size_t len)
{
	AUTO(mails_release) struct mails mails = { 0 };
	AUTO(revision_free) struct revision *r = NULL;
	struct err err = ERR_INIT;

	parse(&mails, bytes, len);
	dump_all(out, &mails);
	buf_adds(out, "newest: ");
	if (assemble_run(&r, mails.v, mails.n, &err) < 0)
		buf_addf(out, "%s: %s\n", err_kind_name(err.kind), err.msg);
	else
		dump_revision(out, r);
}

START_TEST(golden_threads_become_the_expected_revisions)
{
	support_golden("assemble", ".mbox", dump);
}
END_TEST

static const struct {
	const char *asked;
	const char *cover;
} meant[] = {
	{ "a0@example.org", "c0@example.org" }, /* there is a newer one */
	{ "a2@example.org", "c0@example.org" },
	{ "c1@example.org", "c0@example.org" },
	{ "b0@example.org", "b0@example.org" },
	{ "b1@example.org", "b0@example.org" },
	{ "nobody@example.org", "c0@example.org" },
	{ NULL, "c0@example.org" },
};

START_TEST(a_mail_means_the_newest_version_of_its_own_series)
{
	static const char path[] =
		"tests/fixtures/assemble/"
		"two-series-and-their-versions-in-one-thread.mbox";
	AUTO(mails_release) struct mails mails = { 0 };
	AUTO(revision_free) struct revision *r = NULL;
	AUTO(buf_release) struct buf bytes = { 0 };
	struct err err = ERR_INIT;

	ck_ok(fs_read(&bytes, path, MBOX_MAX_SIZE, &err), &err);
	parse(&mails, buf_text(&bytes), bytes.len);
	ck_ok(assemble_run_of(&r, mails.v, mails.n, meant[_i].asked, &err),
	      &err);
	ck_assert_str_eq(r->cover->message_id, meant[_i].cover);
}
END_TEST

static const char thread[] =
	"From a 00:00\nFrom: a@b\nSubject: Re: x\nMessage-ID: <r@b>\n\n\n"
	"From a 00:00\nFrom: a@b\nSubject: [PATCH] x\nMessage-ID: <p@b>\n\n"
	"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n";

START_TEST(mails_of_the_revision_are_moved_and_the_rest_stay)
{
	AUTO(mails_release) struct mails mails = { 0 };
	AUTO(revision_free) struct revision *r = NULL;
	struct err err = ERR_INIT;

	parse(&mails, thread, sizeof(thread) - 1);
	ck_ok(assemble_run(&r, mails.v, mails.n, &err), &err);
	ck_assert_ptr_nonnull(mails.v[0]);
	ck_assert_ptr_null(mails.v[1]);
	ck_assert_str_eq(r->patches[0]->message_id, "p@b");
}
END_TEST

START_TEST(slots_that_are_empty_already_are_passed_over)
{
	AUTO(mails_release) struct mails mails = { 0 };
	AUTO(revision_free) struct revision *r = NULL;
	struct err err = ERR_INIT;

	parse(&mails, thread, sizeof(thread) - 1);
	mail_free(TAKE(mails.v[0]));
	ck_ok(assemble_run(&r, mails.v, mails.n, &err), &err);
	ck_assert_uint_eq(r->total, 1);
}
END_TEST

START_TEST(no_mails_are_no_patch)
{
	struct revision *r = NULL;
	struct err err = ERR_INIT;

	ck_assert_int_eq(assemble_run(&r, NULL, 0, &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_str_eq(err.msg, "no patch in 0 mails");
}
END_TEST

/* Patch @i of a hostile mailbox that answers the one before. */
static void add_hostile(struct buf *out, size_t i, const char *tag)
{
	buf_addf(out,
		 "From a 00:00\nFrom: a%zu@b\nSubject: [PATCH%s] x\n"
		 "Message-ID: <%zu@b>\nIn-Reply-To: <%zu@b>\n\n"
		 "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n\n",
		 i % 100, tag, i, i ? i - 1 : MAILS_MAX);
}

static const char *const hostile_tags[] = { " 1/2", " 1999/2000", " v2 1/2",
					    "" };

START_TEST(ten_thousand_hostile_patches_end)
{
	AUTO(buf_release) struct buf bytes = { 0 };
	AUTO(mails_release) struct mails mails = { 0 };
	AUTO(assembled_release) struct assembled all = { 0 };
	AUTO(revision_free) struct revision *r = NULL;
	struct err err = ERR_INIT;

	buf_init(&bytes, MBOX_MAX_SIZE);
	for (size_t i = 0; i < MBOX_MAX_MAILS; i++)
		add_hostile(&bytes, i, hostile_tags[_i]);
	parse(&mails, buf_text(&bytes), bytes.len);
	assemble_all(&all, mails.v, mails.n);
	ck_assert_uint_gt(all.sent.n, 0);
	ck_ok(assemble_run(&r, mails.v, mails.n, &err), &err);
}
END_TEST

TEST_MAIN("assemble", TEST(golden_threads_become_the_expected_revisions),
	  TABLE(a_mail_means_the_newest_version_of_its_own_series, meant),
	  TEST(mails_of_the_revision_are_moved_and_the_rest_stay),
	  TEST(slots_that_are_empty_already_are_passed_over),
	  TEST(no_mails_are_no_patch),
	  TABLE(ten_thousand_hostile_patches_end, hostile_tags))
