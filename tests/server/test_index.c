/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The archive's index through its box, which is this program with "boxed NAME".
 */
#include "bot/stages/index.h"

#include <sys/stat.h>

#include "bot/mail/maildir.h"
#include "bot/run/boxed.h"
#include "bot/stages/sent.h"
#include "bot/store/mails.h"
#include "bot/store/sendings.h"
#include "bot/store/threads.h"
#include "tests/store/place.h"
#include "tests/support/run.h"

static const struct boxed_task tasks[] = {
	{ "index", index_box },
	{ "select", index_select_box },
	{ NULL, NULL },
};

struct state {
	struct place p;
	char *archive;
	struct index_place place;
};

static struct state state_new(void)
{
	struct state s = { .p = place_new() };
	struct err err = ERR_INIT;

	ck_assert_int_eq(chmod(s.p.dir, 0755), 0);
	s.archive = xasprintf("%s/archive", s.p.dir);
	s.place = (struct index_place){ .archive = s.archive,
					.user = "nobody",
					.uid = 65534,
					.gid = 65534 };
	ck_ok(maildir_make(s.archive, &err), &err);
	return s;
}

static void state_release(struct state *s)
{
	place_release(&s->p);
	free(s->archive);
}
DEFINE_AUTO_VALUE(struct state, state_release)

/* A mail that is WRITTEN: in the store, and its file in the folder. */
static void add_mail(const struct state *s, const char *id, const char *word)
{
	AUTO(mem_free)
	char *text = xasprintf("From: a@example.net\nMessage-ID: <%s>\n"
			       "Subject: s\n\n%s\n",
			       id, word);
	AUTO(maildir_release) struct maildir box = { 0 };
	AUTO(store_end) struct store_txn txn = { 0 };
	struct mails_put put;
	bool moved;
	struct err err = ERR_INIT;

	ck_ok(store_begin(&txn, s->p.store, &err), &err);
	ck_ok(mails_put(&put, &txn,
			&(struct mails_head){ .message_id = id,
					      .list = "linux-xfs",
					      .blob = id,
					      .sender = "a@example.net",
					      .title = "s",
					      .version = 2,
					      .total = 1,
					      .flags = MAILS_IS_PATCH },
			&err),
	      &err);
	ck_ok(threads_keep(&txn, put.thread, &err), &err);
	ck_ok(mails_move(&moved, &txn, put.id, MAILS_WANTED, MAILS_WRITTEN,
			 &err),
	      &err);
	ck_assert(moved);
	ck_ok(store_commit(&txn, &err), &err);
	ck_ok(maildir_begin(&box, s->archive, &err), &err);
	ck_ok(maildir_write(&box, id, false, text, strlen(text), &err), &err);
	ck_ok(maildir_end(&box, &err), &err);
}

static void run_index(const struct state *s, uint64_t indexed, uint64_t removed,
		      uint64_t missing)
{
	struct index_counts counts = { 0 };
	struct err err = ERR_INIT;

	ck_ok(index_run(&counts, &s->place, s->p.store, NULL, &err), &err);
	ck_assert_uint_eq(counts.indexed, indexed);
	ck_assert_uint_eq(counts.removed, removed);
	ck_assert_uint_eq(counts.missing, missing);
}

static void expect_answer(const struct state *s, const char *query,
			  const char *answer)
{
	AUTO(mem_free)
	char *command =
		xasprintf("NOTMUCH_DATABASE=%s notmuch --config= "
			  "search --output=messages --sort=oldest-first '%s' "
			  "2>&1",
			  s->archive, query);
	AUTO(run_release) struct run r = { 0 };

	run_shell(&r, command);
	ck_assert_msg(strcmp(buf_text(&r.out), answer) == 0, "%s",
		      buf_text(&r.out));
}

static enum mails_state state_of(const struct state *s, const char *id)
{
	AUTO(mails_row_release) struct mails_row row = { 0 };
	bool found;
	struct err err = ERR_INIT;

	ck_ok(mails_find(&found, &row, s->p.store, id, &err), &err);
	ck_assert(found);
	return row.state;
}

static void take_back(const struct state *s, const char *id)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	bool found;
	struct err err = ERR_INIT;

	ck_ok(store_begin(&txn, s->p.store, &err), &err);
	ck_ok(mails_delete_id(&found, &txn, "linux-xfs", id, &err), &err);
	ck_assert(found);
	ck_ok(store_commit(&txn, &err), &err);
}

START_TEST(what_is_written_becomes_indexed)
{
	AUTO(state_release) struct state s = state_new();

	run_index(&s, 0, 0, 0);
	add_mail(&s, "1@x", "invalidation");
	run_index(&s, 1, 0, 0);
	ck_assert_int_eq(state_of(&s, "1@x"), MAILS_INDEXED);
	expect_answer(&s, "tag:patch and tag:v2 and tag:linux-xfs", "id:1@x\n");
	run_index(&s, 0, 0, 0);
}
END_TEST

START_TEST(what_is_taken_back_is_removed)
{
	AUTO(state_release) struct state s = state_new();
	AUTO(mem_free) char *name = maildir_name("1@x");
	AUTO(mem_free) char *path = xasprintf("%s/%s", s.archive, name);

	add_mail(&s, "1@x", "invalidation");
	add_mail(&s, "2@x", "invalidation");
	if (_i)
		run_index(&s, 2, 0, 0);
	take_back(&s, "1@x");
	run_index(&s, _i ? 0 : 1, 1, 0);
	ck_assert_int_eq(state_of(&s, "1@x"), MAILS_GONE);
	ck_assert(!fs_exists(path));
	expect_answer(&s, "invalidation", "id:2@x\n");
}
END_TEST

START_TEST(a_file_that_is_lost_is_wanted_again)
{
	AUTO(state_release) struct state s = state_new();
	struct err err = ERR_INIT;

	add_mail(&s, "1@x", "invalidation");
	add_mail(&s, "2@x", "invalidation");
	ck_ok(maildir_remove(s.archive, "1@x", &err), &err);
	run_index(&s, 1, 0, 1);
	ck_assert_int_eq(state_of(&s, "1@x"), MAILS_WANTED);
	ck_assert_int_eq(state_of(&s, "2@x"), MAILS_INDEXED);
}
END_TEST

static const char *const harms[] = {
	"rm -r .notmuch",
	"rm -r .notmuch/xapian",
	"rm .notmuch/xapian/iamglass",
	"echo junk >.notmuch/xapian/iamglass",
	"echo junk >.notmuch/xapian/postlist.glass",
};

START_TEST(an_index_that_is_damaged_or_gone_is_made_anew)
{
	AUTO(state_release) struct state s = state_new();
	AUTO(mem_free) char *harm = NULL;
	AUTO(run_release) struct run r = { 0 };

	add_mail(&s, "1@x", "invalidation");
	add_mail(&s, "2@x", "invalidation");
	run_index(&s, 2, 0, 0);
	harm = xasprintf("cd %s && %s", s.archive, harms[_i]);
	run_shell(&r, harm);
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	add_mail(&s, "3@x", "invalidation");
	run_index(&s, 3, 0, 0);
	expect_answer(&s, "invalidation", "id:1@x\nid:2@x\nid:3@x\n");
}
END_TEST

START_TEST(an_index_is_made_anew_when_it_is_asked_for)
{
	AUTO(state_release) struct state s = state_new();
	struct err err = ERR_INIT;

	add_mail(&s, "1@x", "invalidation");
	run_index(&s, 1, 0, 0);
	ck_ok(index_forget(&s.place, s.p.store, &err), &err);
	run_index(&s, 1, 0, 0);
	expect_answer(&s, "invalidation", "id:1@x\n");
}
END_TEST

/* The lone patch 1@x is a revision with that verdict. */
static struct revisions_row put_revision(const struct state *s,
					 const char *verdict)
{
	struct sent_patch patch = { 1, (char *)"1@x" };
	struct sent sent = { .key = patch.message_id,
			     .title = (char *)"s",
			     .first_title = (char *)"s",
			     .version = 2,
			     .total = 1,
			     .author_name = (char *)"A",
			     .author = (char *)"a@example.net",
			     .patches = &patch,
			     .n_patches = 1,
			     .project = (char *)"linux" };
	AUTO(json_free) json_t *facts = sent_to_json(&sent);
	AUTO(mem_free) char *text = json_dumps(facts, 0);
	AUTO(strings_release) struct strings ids = { 0 };
	AUTO(mails_row_release) struct mails_row mail = { 0 };
	AUTO(store_end) struct store_txn txn = { 0 };
	struct revisions_row row;
	struct sendings_put put;
	bool found;
	struct err err = ERR_INIT;

	strings_push(&ids, "1@x");
	ck_ok(mails_find(&found, &mail, s->p.store, "1@x", &err), &err);
	ck_ok(store_begin(&txn, s->p.store, &err), &err);
	ck_ok(sendings_put(&put, &txn, mail.thread,
			   &(struct sending){ .key = "1@x",
					      .mails = &ids,
					      .author = sent.author,
					      .title = "s",
					      .first_title = "s",
					      .list = "linux-xfs",
					      .version = 2,
					      .total = 1,
					      .found = 1,
					      .state = REVISIONS_READY,
					      .facts = text,
					      .print = "p" },
			   1, &err),
	      &err);
	ck_ok(revisions_find_key(&found, &row, s->p.store, "1@x", &err), &err);
	ck_ok(revisions_move(&found, &txn, &row, REVISIONS_JUDGED,
			     &(struct revisions_result){ .verdict = verdict },
			     &err),
	      &err);
	ck_assert(found);
	ck_ok(store_commit(&txn, &err), &err);
	return row;
}

START_TEST(a_revision_is_found_by_series_and_verdict)
{
	AUTO(state_release) struct state s = state_new();
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	AUTO(mem_free) char *query = NULL;
	struct err err = ERR_INIT;

	add_mail(&s, "1@x", "invalidation");
	add_mail(&s, "2@x", "invalidation");
	if (_i) /* before its mails are indexed, or after that */
		run_index(&s, 2, 0, 0);
	row = put_revision(&s, "does not apply");
	ck_ok(index_tag(&s.place, s.p.store, &row, &err), &err);
	if (!_i)
		run_index(&s, 2, 0, 0);
	query = xasprintf("tag:series-%lld and tag:does-not-apply",
			  (long long)row.series);
	expect_answer(&s, query, "id:1@x\n");
	ck_ok(index_forget(&s.place, s.p.store, &err), &err);
	run_index(&s, 2, 0, 0);
	expect_answer(&s, query, "id:1@x\n");
}
END_TEST

START_TEST(a_query_selects_through_the_box)
{
	AUTO(state_release) struct state s = state_new();
	AUTO(strings_release) struct strings ids = { 0 };
	AUTO(strings_release) struct strings found = { 0 };
	struct err err = ERR_INIT;

	add_mail(&s, "1@x", "invalidation");
	add_mail(&s, "2@x", "truncation");
	run_index(&s, 2, 0, 0);
	strings_split(&ids, "2@x never@x 1@x");
	ck_ok(index_select(&found, &s.place, "tag:v2 and truncation", &ids,
			   &err),
	      &err);
	ck_assert_uint_eq(found.n, 1);
	ck_assert_str_eq(found.v[0], "2@x");
	ck_assert_int_eq(index_select(&found, &s.place, "date:..nonsense", &ids,
				      &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
}
END_TEST

START_TEST(more_than_one_batch_is_indexed)
{
	AUTO(state_release) struct state s = state_new();
	const unsigned n = INDEX_BATCH + 1;
	struct err err = ERR_INIT;
	uint64_t left;

	for (unsigned i = 0; i < n; i++) {
		AUTO(mem_free) char *id = xasprintf("%u@x", i);

		add_mail(&s, id, "invalidation");
	}
	run_index(&s, n, 0, 0);
	ck_ok(mails_count(&left, s.p.store, MAILS_WRITTEN, &err), &err);
	ck_assert_uint_eq(left, 0);
}
END_TEST

int main(int argc, char **argv)
{
	const struct test_case cases[] = {
		TEST(what_is_written_becomes_indexed),
		{ what_is_taken_back_is_removed, 2 },
		TEST(a_file_that_is_lost_is_wanted_again),
		TABLE(an_index_that_is_damaged_or_gone_is_made_anew, harms),
		TEST(an_index_is_made_anew_when_it_is_asked_for),
		{ a_revision_is_found_by_series_and_verdict, 2 },
		TEST(a_query_selects_through_the_box),
		TEST(more_than_one_batch_is_indexed),
	};

	if (argc > 1 && strcmp(argv[1], "boxed") == 0)
		return boxed_serve(argc - 1, argv + 1, tasks);
	return support_run("index", cases, ARRAY_LEN(cases));
}
