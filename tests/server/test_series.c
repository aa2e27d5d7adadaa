/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads of a real archive and store become revisions, through the box, which
 * is this program with "boxed assemble".
 */
#include "bot/stages/series.h"

#include <sys/stat.h>

#include "bot/mail/maildir.h"
#include "bot/run/boxed.h"
#include "bot/stages/sent.h"
#include "bot/stages/sort.h"
#include "bot/store/mails.h"
#include "bot/store/revisions.h"
#include "bot/store/threads.h"
#include "tests/store/place.h"

#define NOON INT64_C(1590000000)
#define MINUTE 60
#define DAY (24 * 60 * 60)

static const struct boxed_task tasks[] = {
	{ "assemble", sort_box },
	{ "index", index_box },
	{ "select", index_select_box },
	{ NULL, NULL },
};

struct state {
	struct place p;
	char *archive;
	struct series_spec spec;
};

static struct state state_new(void)
{
	struct state s = { .p = place_new() };
	struct err err = ERR_INIT;

	ck_assert_int_eq(chmod(s.p.dir, 0755), 0);
	s.archive = xasprintf("%s/archive", s.p.dir);
	s.spec = (struct series_spec){
		.place = { .archive = s.archive,
			   .user = "nobody",
			   .uid = 65534,
			   .gid = 65534 },
		.wait = 15 * MINUTE,
		.max_age = 7 * DAY,
	};
	ck_ok(maildir_make(s.archive, &err), &err);
	return s;
}

static void state_release(struct state *s)
{
	place_release(&s->p);
	free(s->archive);
}
DEFINE_AUTO_VALUE(struct state, state_release)

/* A mail as a test names it; it touches what is watched. */
struct letter {
	const char *id;	    /* NULL: none */
	const char *parent; /* or NULL */
	const char *tags;   /* "PATCH v2 1/3" */
	unsigned version, index, total;
	int at;		  /* seconds after noon: sent and arrived */
	const char *path; /* of the diff; NULL: a cover */
	bool is_out;	  /* of scope */
};

static char *write_letter(const struct letter *l)
{
	AUTO(mem_free) char *diff = NULL;

	if (l->path)
		diff = xasprintf("---\n\n--- a/%s\n+++ b/%s\n@@ -1 +1 @@\n"
				 "-a\n+b\n",
				 l->path, l->path);
	return xasprintf("From: Ann <ann@example.org>\n"
			 "Subject: [%s] title of %u\n"
			 "Date: Wed, 20 May 2020 %02d:%02d:%02d +0000\n"
			 "Message-ID: <%s>\n%s%s%s\nText.\n%s",
			 l->tags, l->index, 18 + (int)(l->at + 2400) / 3600,
			 (int)(l->at + 2400) / 60 % 60,
			 (int)(l->at + 2400) % 60, l->id,
			 l->parent ? "In-Reply-To: <" : "",
			 l->parent ? l->parent : "", l->parent ? ">\n" : "",
			 diff ? diff : "");
}

static void put_head(struct mails_put *put, const struct store_txn *txn,
		     const struct letter *l)
{
	struct strings references = { 0 };
	AUTO(mem_free) char *title = xasprintf("title of %u", l->index);
	struct err err = ERR_INIT;

	if (l->parent)
		strings_push(&references, l->parent);
	ck_ok(mails_put(put, txn,
			&(struct mails_head){
				.message_id = l->id,
				.references = &references,
				.list = "linux-xfs",
				.blob = l->id,
				.date = NOON + l->at,
				.arrived = NOON + l->at,
				.sender = "ann@example.org",
				.title = title,
				.version = l->version,
				.index = l->index,
				.total = l->total,
				.flags = MAILS_HAS_POSITION |
					 (l->index ? MAILS_IS_PATCH |
							     MAILS_HAS_DIFF
						   : MAILS_IS_COVER),
			},
			&err),
	      &err);
	strings_release(&references);
}

static void move(const struct store_txn *txn, int64_t id, enum mails_state from,
		 enum mails_state to)
{
	struct err err = ERR_INIT;
	bool moved;

	ck_ok(mails_move(&moved, txn, id, from, to, &err), &err);
	ck_assert(moved);
}

static void write_file(const struct state *s, const struct letter *l)
{
	AUTO(mem_free) char *text = write_letter(l);
	AUTO(maildir_release) struct maildir box = { 0 };
	struct err err = ERR_INIT;

	ck_ok(maildir_begin(&box, s->archive, &err), &err);
	ck_ok(maildir_write(&box, l->id, false, text, strlen(text), &err),
	      &err);
	ck_ok(maildir_end(&box, &err), &err);
}

/* In the store and in the archive, as follow leaves it. */
static void deliver(const struct state *s, const struct letter *l)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	struct mails_put put;
	struct err err = ERR_INIT;

	ck_ok(store_begin(&txn, s->p.store, &err), &err);
	put_head(&put, &txn, l);
	if (!l->is_out) {
		ck_ok(threads_keep(&txn, put.thread, &err), &err);
		move(&txn, put.id, MAILS_WANTED, MAILS_WRITTEN);
		move(&txn, put.id, MAILS_WRITTEN, MAILS_INDEXED);
		write_file(s, l);
	}
	ck_ok(store_commit(&txn, &err), &err);
}

static struct series_counts run_at(const struct state *s, int64_t at)
{
	struct series_counts counts = { 0 };
	struct err err = ERR_INIT;

	ck_ok(series_run(&counts, &s->spec, s->p.store, NOON + at, &err), &err);
	ck_assert(!counts.has_more);
	ck_assert_uint_eq(counts.refused, 0);
	return counts;
}

static void expect(const struct state *s, const char *key, const char *says)
{
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	AUTO(mem_free) char *is = NULL;
	struct err err = ERR_INIT;
	bool found;

	ck_ok(revisions_find_key(&found, &row, s->p.store, key, &err), &err);
	is = found ? xasprintf("v%u %u/%u %s%s%s", row.version, row.found,
			       row.total, revisions_state_name(row.state),
			       row.reason ? ": " : "",
			       row.reason ? row.reason : "")
		   : xstrdup("none");
	ck_assert_str_eq(is, says);
}

#define MAX_LETTERS 8

/* What came, and what is in the store at once and when the wait is over. */
static const struct {
	struct letter came[MAX_LETTERS];
	const char *key, *says, *then;
} cases[] = {
	{ { { "1", NULL, "PATCH", 1, 1, 1, 0, "fs/a.c" } },
	  "1",
	  "v1 1/1 ready",
	  "v1 1/1 ready" },
	{ { { "0", NULL, "PATCH 0/2", 1, 0, 2, 0, NULL },
	    { "1", "0", "PATCH 1/2", 1, 1, 2, 1, "fs/a.c" },
	    { "2", "0", "PATCH 2/2", 1, 2, 2, 2, "fs/b.c" } },
	  "0",
	  "v1 2/2 ready",
	  "v1 2/2 ready" },
	{ { { "0", NULL, "PATCH 0/4", 1, 0, 4, 0, NULL },
	    { "2", "0", "PATCH 2/4", 1, 2, 4, 2, "fs/b.c" } },
	  "0",
	  "v1 1/4 waiting: missing: 1, 3-4",
	  "v1 1/4 incomplete: missing: 1, 3-4" },
	{ { { "1", NULL, "PATCH 1/2", 1, 1, 2, 0, "fs/a.c" },
	    { "2", NULL, "PATCH 2/2", 1, 2, 2, 1, "fs/b.c" } },
	  "1",
	  "v1 2/2 ready",
	  "v1 2/2 ready" },
	{ { { "0", NULL, "PATCH 0/2", 1, 0, 2, 0, NULL },
	    { "1", "0", "PATCH 1/2", 1, 1, 2, 1, "fs/a.c" },
	    { "2", "0", "PATCH 2/2", 1, 2, 2, 2, "fs/b.c" },
	    { "2b", "2", "PATCH v2 2/2", 2, 2, 2, 300, "fs/b.c" } },
	  "2b",
	  "v2 2/2 waiting: only a part was sent again; the rest may come",
	  "v2 2/2 ready" },
	{ { { "0", NULL, "PATCH 0/2", 1, 0, 2, 0, NULL },
	    { "1", "0", "PATCH 1/2", 1, 1, 2, 1, "fs/a.c" },
	    { "2", "0", "PATCH 2/2", 1, 2, 2, 2, "fs/b.c" },
	    { "2b", "2", "PATCH v2 2/2", 2, 2, 2, 300, "fs/b.c" } },
	  "0",
	  "v1 2/2 ready",
	  "v1 2/2 superseded: v2 was sent" },
	{ { { "1", NULL, "PATCH", 1, 1, 1, 0, "fs/a.c" },
	    { "1b", NULL, "PATCH v2", 2, 1, 1, 60, "fs/a.c" } },
	  "1",
	  "v1 1/1 superseded: v2 was sent",
	  "v1 1/1 superseded: v2 was sent" },
	{ { { "1", NULL, "PATCH", 1, 1, 1, 0, "tests/generic/1" } },
	  "1",
	  "v1 1/1 aside: userspace: fstests",
	  "v1 1/1 aside: userspace: fstests" },
	{ { { "g", NULL, "GIT PULL", 1, 1, 1, 0, NULL } },
	  "g",
	  "v1 0/0 aside: a pull request",
	  "v1 0/0 aside: a pull request" },
	{ { { "1", NULL, "PATCH 6.1.y", 1, 1, 1, 0, "fs/a.c" } },
	  "1",
	  "v1 1/1 aside: for a stable tree",
	  "v1 1/1 aside: for a stable tree" },
};

START_TEST(a_thread_becomes_revisions_that_stand_where_they_should)
{
	AUTO(state_release) struct state s = state_new();

	for (size_t i = 0; i < MAX_LETTERS && cases[_i].came[i].id; i++)
		deliver(&s, &cases[_i].came[i]);
	(void)run_at(&s, 320);
	expect(&s, cases[_i].key, cases[_i].says);
	(void)run_at(&s, 3600);
	(void)run_at(&s, 3600);
	expect(&s, cases[_i].key, cases[_i].then);
}
END_TEST

START_TEST(a_late_patch_revives_what_was_given_up)
{
	AUTO(state_release) struct state s = state_new();

	deliver(&s, &(struct letter){ "2", NULL, "PATCH 2/2", 1, 2, 2, 0,
				      "fs/b.c" });
	(void)run_at(&s, 1);
	(void)run_at(&s, 3600);
	expect(&s, "2", "v1 1/2 incomplete: missing: 1");
	deliver(&s, &(struct letter){ "1", NULL, "PATCH 1/2", 1, 1, 2, 4000,
				      "fs/a.c" });
	(void)run_at(&s, 4001);
	expect(&s, "1", "v1 2/2 ready");
	expect(&s, "2", "none");
}
END_TEST

START_TEST(a_part_that_is_out_of_scope_is_fetched_by_its_marks)
{
	AUTO(state_release) struct state s = state_new();
	AUTO(mails_list_release) struct mails_list wanted = { 0 };
	struct err err = ERR_INIT;

	deliver(&s, &(struct letter){ "1", NULL, "PATCH 1/2", 1, 1, 2, 0,
				      "lib/a.c", .is_out = true });
	deliver(&s, &(struct letter){ "2", NULL, "PATCH 2/2", 1, 2, 2, 1,
				      "fs/b.c" });
	ck_assert_uint_eq(run_at(&s, 2).joined, 1);
	expect(&s, "2", "v1 1/2 waiting: missing: 1");
	ck_ok(mails_in_state(&wanted, s.p.store, MAILS_WANTED, 10, &err), &err);
	ck_assert_uint_eq(wanted.n, 1);
	ck_assert_str_eq(wanted.v[0].message_id, "1");
}
END_TEST

/* What gives its patches a version has none of them by its marks. */
START_TEST(versions_of_a_cover_alone_join_no_threads)
{
	static const struct letter came[] = {
		{ "a0", NULL, "PATCH 0/2 v4", 4, 0, 2, 0, NULL },
		{ "a1", "a0", "PATCH 1/2", 1, 1, 2, 1, "fs/a.c" },
		{ "a2", "a0", "PATCH 2/2", 1, 2, 2, 2, "fs/b.c" },
		{ "b0", NULL, "PATCH 0/2 v5", 5, 0, 2, 100, NULL },
		{ "b1", "b0", "PATCH 1/2", 1, 1, 2, 101, "fs/a.c" },
		{ "b2", "b0", "PATCH 2/2", 1, 2, 2, 102, "fs/b.c" },
	};
	AUTO(state_release) struct state s = state_new();

	for (size_t i = 0; i < ARRAY_LEN(came); i++)
		deliver(&s, &came[i]);
	ck_assert_uint_eq(run_at(&s, 200).joined, 0);
	expect(&s, "a0", "v4 2/2 superseded: v5 was sent");
	expect(&s, "b0", "v5 2/2 ready");
}
END_TEST

START_TEST(nothing_new_changes_nothing)
{
	AUTO(state_release) struct state s = state_new();
	struct series_counts counts;

	deliver(&s,
		&(struct letter){ "1", NULL, "PATCH", 1, 1, 1, 0, "fs/a.c" });
	counts = run_at(&s, 1);
	ck_assert_uint_eq(counts.threads, 1);
	ck_assert_uint_eq(counts.added, 1);
	counts = run_at(&s, 1);
	ck_assert_uint_eq(counts.threads, 0);
	ck_assert_uint_eq(counts.added, 0);
}
END_TEST

START_TEST(what_was_old_when_it_came_is_set_aside)
{
	AUTO(state_release) struct state s = state_new();
	struct letter l = { "1", NULL, "PATCH", 1, 1, 1, 0, "fs/a.c" };

	s.spec.max_age = 1;
	deliver(&s, &l);
	(void)run_at(&s, 100 * DAY);
	/* it came when it was sent, however late it is looked at */
	expect(&s, "1", "v1 1/1 ready");
}
END_TEST

START_TEST(a_mail_whose_file_is_gone_is_a_hole)
{
	AUTO(state_release) struct state s = state_new();
	struct err err = ERR_INIT;

	deliver(&s, &(struct letter){ "1", NULL, "PATCH 1/2", 1, 1, 2, 0,
				      "fs/a.c" });
	deliver(&s, &(struct letter){ "2", "1", "PATCH 2/2", 1, 2, 2, 1,
				      "fs/b.c" });
	ck_ok(maildir_remove(s.archive, "2", &err), &err);
	(void)run_at(&s, 2);
	expect(&s, "1", "v1 1/2 waiting: missing: 2");
}
END_TEST

static void expect_need(const struct state *s, const char *key,
			const char *need)
{
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	AUTO(sent_free) struct sent *sent = NULL;
	struct err err = ERR_INIT;
	bool found;

	ck_ok(revisions_find_key(&found, &row, s->p.store, key, &err), &err);
	ck_assert_msg(found, "no '%s'", key);
	ck_ok(sent_parse(&sent, row.facts, &err), &err);
	ck_assert_uint_eq(sent->n_needs, need ? 1 : 0);
	if (need)
		ck_assert_str_eq(sent->needs[0].value, need);
}

/* All at once, or with the last one when the others are in the store. */
static const bool at_once[] = { true, false };

START_TEST(series_of_a_patch_bomb_need_the_one_before_them)
{
	static const struct letter bomb[] = {
		{ "a", NULL, "PATCHSET 1/3", 1, 0, 1, 0, NULL },
		{ "a1", "a", "PATCH 1/1", 1, 1, 1, 1, "fs/a.c" },
		{ "t", NULL, "PATCHSET 2/3", 1, 0, 1, 2, NULL },
		{ "t1", "t", "PATCH 1/1", 1, 1, 1, 3, "tests/generic/1" },
		{ "b", NULL, "PATCHSET 3/3", 1, 0, 1, 4, NULL },
		{ "b1", "b", "PATCH 1/1", 1, 1, 1, 5, "fs/b.c" },
	};
	AUTO(state_release) struct state s = state_new();

	for (size_t i = 0; i < ARRAY_LEN(bomb); i++) {
		deliver(&s, &bomb[i]);
		if (!at_once[_i])
			(void)run_at(&s, 10);
	}
	(void)run_at(&s, 10);
	expect_need(&s, "a", NULL);
	expect_need(&s, "b", "a");
	expect(&s, "t",
	       "v1 1/1 aside: userspace: fstests; goes with 'title of 0'");
}
END_TEST

START_TEST(the_record_of_a_revision_reads_again)
{
	AUTO(state_release) struct state s = state_new();
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	AUTO(sent_free) struct sent *sent = NULL;
	struct err err = ERR_INIT;
	bool found;

	deliver(&s, &(struct letter){ "1", NULL, "PATCH v3", 3, 1, 1, 0,
				      "fs/a.c" });
	(void)run_at(&s, 1);
	ck_ok(revisions_find_key(&found, &row, s.p.store, "1", &err), &err);
	ck_assert(found);
	ck_ok(sent_parse(&sent, row.facts, &err), &err);
	ck_assert_uint_eq(sent->version, 3);
	ck_assert_uint_eq(sent->n_patches, 1);
	ck_assert_str_eq(sent->patches[0].message_id, "1");
	ck_assert_str_eq(row.list, "linux-xfs");
	ck_assert_int_eq(row.arrived, NOON);
}
END_TEST

int main(int argc, char **argv)
{
	const struct test_case all[] = {
		TABLE(a_thread_becomes_revisions_that_stand_where_they_should,
		      cases),
		TEST(a_late_patch_revives_what_was_given_up),
		TEST(a_part_that_is_out_of_scope_is_fetched_by_its_marks),
		TEST(versions_of_a_cover_alone_join_no_threads),
		TEST(nothing_new_changes_nothing),
		TEST(what_was_old_when_it_came_is_set_aside),
		TEST(a_mail_whose_file_is_gone_is_a_hole),
		TABLE(series_of_a_patch_bomb_need_the_one_before_them, at_once),
		TEST(the_record_of_a_revision_reads_again),
	};

	if (argc > 1 && strcmp(argv[1], "boxed") == 0)
		return boxed_serve(argc - 1, argv + 1, tasks);
	return support_run("series", all, ARRAY_LEN(all));
}
