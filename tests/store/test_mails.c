/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/mails.h"

#include "bot/base/span.h"
#include "tests/store/letters.h"

/*
 * Mails "id:reference reference; ..." in the order in which they come in, and
 * the threads that they are in at the end, mails of one between blanks.
 */
static const struct {
	const char *mails;
	const char *threads; /* "a b c|d" */
} threading[] = {
	{ "a:", "a" },
	{ "a:;b:a;c:a b", "a b c" },
	{ "a:;b:", "a|b" },
	{ "a:;b:;c:a;d:b", "a c|b d" },
	/* the parent is late */
	{ "b:a;a:", "a b" },
	{ "b:a;c:a;a:", "a b c" },
	{ "c:a b;b:a;a:", "a b c" },
	{ "c:b;a:;b:a", "a b c" },
	{ "d:c;c:b;b:a;a:", "a b c d" },
	{ "c:b;d:x;b:a;x:a;a:", "a b c d x" },
	/* a ghost whose parent is known joins what waited for it */
	{ "c:b;a:;d:a b", "a c d" },
	/* the parent never comes */
	{ "b:a;c:a b;d:a", "b c d" },
	{ "b:a;c:x;d:a x", "b c d" },
	/* nobody joins two threads that are there by naming both */
	{ "a:;b:;c:a b", "a|b c" },
	{ "a:;b:;c:b a", "a c|b" },
	{ "a:;b:a x;c:;d:c x", "a b|c d" },
	/* of odd references */
	{ "a:a", "a" },
	{ "a:a a;b:a a a", "a b" },
	{ "a:b;b:a", "a b" },
	{ "a:b c;b:c a;c:a b", "a b c" },
};

static void put_all(struct store *st, const char *mails)
{
	struct span rest = span_cstr(mails);
	struct span mail;
	struct span id;

	while (span_len(rest)) {
		if (!span_until(&rest, ';', &mail)) {
			mail = rest;
			rest.p = rest.end;
		}
		ck_assert(span_until(&mail, ':', &id));
		AUTO(mem_free) char *name = span_dup(id);
		AUTO(mem_free) char *references = span_dup(mail);

		letters_put(st, name, references);
	}
}

START_TEST(a_mail_finds_its_thread_in_any_order)
{
	AUTO(place_release) struct place p = place_new();
	struct span rest = span_cstr(threading[_i].threads);
	struct span group;
	struct span id;
	int64_t seen[8];
	size_t n = 0;

	put_all(p.store, threading[_i].mails);
	while (span_len(rest)) {
		if (!span_until(&rest, '|', &group)) {
			group = rest;
			rest.p = rest.end;
		}
		for (seen[n] = 0; span_word(&group, &id);) {
			AUTO(mem_free) char *name = span_dup(id);
			int64_t thread = letters_thread(p.store, name);

			ck_assert_msg(!seen[n] || seen[n] == thread,
				      "'%s' is in another thread", name);
			seen[n] = thread;
		}
		for (size_t i = 0; i < n; i++)
			ck_assert_int_ne(seen[i], seen[n]);
		n++;
	}
}
END_TEST

START_TEST(a_late_parent_brings_the_revisions_along)
{
	AUTO(place_release) struct place p = place_new();
	struct sending sending = letters_sending("c", 1);

	put_all(p.store, "c:b;a:");
	letters_send(p.store, letters_thread(p.store, "c"), &sending, 1);
	letters_put(p.store, "b", "a");
	AUTO(revisions_row_release)
	struct revisions_row row = letters_revision(p.store, "c");
	ck_assert_int_eq(row.thread, letters_thread(p.store, "a"));
}
END_TEST

START_TEST(a_thread_that_is_joined_to_a_kept_one_is_kept)
{
	AUTO(place_release) struct place p = place_new();

	put_all(p.store, "c:b;a:;x:y");
	letters_keep(p.store, "c");
	ck_assert_int_eq(letters_state(p.store, "c"), MAILS_WANTED);
	ck_assert_int_eq(letters_state(p.store, "a"), MAILS_OUT);
	ck_assert(letters_put(p.store, "b", "a").kept);
	ck_assert_int_eq(letters_state(p.store, "a"), MAILS_WANTED);
	ck_assert_int_eq(letters_state(p.store, "b"), MAILS_WANTED);
	ck_assert_int_eq(letters_state(p.store, "x"), MAILS_OUT);
}
END_TEST

START_TEST(an_answer_to_a_kept_mail_is_wanted)
{
	AUTO(place_release) struct place p = place_new();
	struct mails_put put;

	put_all(p.store, "a:;b:a");
	letters_keep(p.store, "b");
	put = letters_put(p.store, "c", "a b");
	ck_assert_int_eq(put.outcome, MAILS_NEW);
	ck_assert(put.kept);
	ck_assert_int_eq(put.state, MAILS_WANTED);
	ck_assert_int_eq(letters_state(p.store, "a"), MAILS_WANTED);
}
END_TEST

START_TEST(a_mail_is_stored_as_it_was_given)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(mails_row_release) struct mails_row row = { 0 };
	struct mails_head head = letters_head("a@b");
	struct err err = ERR_INIT;
	bool found;

	head.title = "[PATCH] \xff'; DROP TABLE mail";
	head.epoch = 3;
	head.blob = "0123";
	head.version = 2;
	head.index = 5;
	head.total = 7;
	head.flags = MAILS_IS_PATCH | MAILS_TOUCHES;
	letters_put_head(p.store, &head);
	ck_ok(mails_find(&found, &row, p.store, "a@b", &err), &err);
	ck_assert(found);
	ck_assert_str_eq(row.message_id, "a@b");
	ck_assert_str_eq(row.title, head.title);
	ck_assert_str_eq(row.list, "linux-xfs");
	ck_assert_uint_eq(row.epoch, 3);
	ck_assert_str_eq(row.blob, "0123");
	ck_assert_uint_eq(row.rank, 1);
	ck_assert_int_eq(row.date, 1000);
	ck_assert_int_eq(row.arrived, 2000);
	ck_assert_str_eq(row.sender, "a@x");
	ck_assert_uint_eq(row.version, 2);
	ck_assert_uint_eq(row.index, 5);
	ck_assert_uint_eq(row.total, 7);
	ck_assert_uint_eq(row.flags, MAILS_IS_PATCH | MAILS_TOUCHES);
	mails_row_release(&row);
	ck_ok(mails_find(&found, &row, p.store, "A@B", &err), &err);
	ck_assert(!found);
}
END_TEST

/* A copy of a mail of which "linux-xfs" has the blob "one", at rank 1. */
static const struct {
	const char *list, *blob;
	unsigned rank;
	enum mails_outcome outcome;
	const char *stands; /* the blob that does afterwards */
} copies[] = {
	{ "linux-xfs", "one", 1, MAILS_SAME, "one" },
	{ "linux-xfs", "one", 0, MAILS_SAME, "one" },
	{ "linux-xfs", "two", 1, MAILS_COPY, "one" },
	{ "linux-xfs", "two", 0, MAILS_COPY, "one" }, /* nobody replaces it */
	{ "linux-ext4", "one", 1, MAILS_COPY, "one" },
	{ "linux-ext4", "two", 1, MAILS_COPY, "one" },
	{ "linux-ext4", "two", 2, MAILS_COPY, "one" },
	{ "linux-ext4", "two", 0, MAILS_BETTER, "two" },
};

static struct mails_put put_copy(struct store *st, const char *list,
				 const char *blob, unsigned rank)
{
	struct mails_head head = letters_head("a");

	head.list = list;
	head.blob = blob;
	head.rank = rank;
	return letters_put_head(st, &head);
}

static void expect_blob(struct store *st, const char *blob)
{
	AUTO(mails_row_release) struct mails_row row = { 0 };
	struct err err = ERR_INIT;
	bool found;

	ck_ok(mails_find(&found, &row, st, "a", &err), &err);
	ck_assert_str_eq(row.blob, blob);
}

START_TEST(the_cleanest_copy_stands_for_a_mail)
{
	AUTO(place_release) struct place p = place_new();
	struct mails_put put;

	put_copy(p.store, "linux-xfs", "one", 1);
	letters_keep(p.store, "a");
	letters_index(p.store, "a");
	put = put_copy(p.store, copies[_i].list, copies[_i].blob,
		       copies[_i].rank);
	ck_assert_int_eq(put.outcome, copies[_i].outcome);
	ck_assert_int_eq(put.state, put.outcome == MAILS_BETTER
					    ? MAILS_WANTED
					    : MAILS_INDEXED);
	expect_blob(p.store, copies[_i].stands);
	ck_assert_int_eq(letters_state(p.store, "a"), put.state);
}
END_TEST

static bool take_back(struct store *st, const char *list, const char *blob)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	struct err err = ERR_INIT;
	bool found;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(mails_delete(&found, &txn, list, blob, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
	return found;
}

static bool take_back_id(struct store *st, const char *list, const char *id)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	struct err err = ERR_INIT;
	bool found;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(mails_delete_id(&found, &txn, list, id, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
	return found;
}

START_TEST(what_is_taken_back_is_removed_from_the_archive)
{
	AUTO(place_release) struct place p = place_new();

	put_copy(p.store, "linux-xfs", "one", 1);
	letters_keep(p.store, "a");
	letters_index(p.store, "a");
	ck_assert(!take_back(p.store, "linux-ext4", "one"));
	ck_assert(!take_back(p.store, "linux-xfs", "two"));
	ck_assert_int_eq(letters_state(p.store, "a"), MAILS_INDEXED);
	ck_assert(take_back(p.store, "linux-xfs", "one"));
	ck_assert_int_eq(letters_state(p.store, "a"), MAILS_DELETED);
	ck_assert(letters_move(p.store, "a", MAILS_DELETED, MAILS_GONE));
	ck_assert(take_back(p.store, "linux-xfs", "one"));
	ck_assert_int_eq(letters_state(p.store, "a"), MAILS_GONE);
}
END_TEST

START_TEST(what_is_out_of_scope_is_gone_at_once)
{
	AUTO(place_release) struct place p = place_new();

	letters_put(p.store, "a", "");
	ck_assert(take_back(p.store, "linux-xfs", "a"));
	ck_assert_int_eq(letters_state(p.store, "a"), MAILS_GONE);
}
END_TEST

START_TEST(another_copy_stands_for_one_that_is_taken_back)
{
	AUTO(place_release) struct place p = place_new();

	put_copy(p.store, "linux-xfs", "one", 1);
	put_copy(p.store, "linux-ext4", "two", 3);
	put_copy(p.store, "linux-btrfs", "three", 2);
	letters_keep(p.store, "a");
	letters_index(p.store, "a");
	ck_assert(take_back(p.store, "linux-xfs", "one"));
	expect_blob(p.store, "three");
	ck_assert_int_eq(letters_state(p.store, "a"), MAILS_WANTED);
	ck_assert(take_back(p.store, "linux-ext4", "two"));
	expect_blob(p.store, "three");
	ck_assert(take_back(p.store, "linux-btrfs", "three"));
	ck_assert_int_eq(letters_state(p.store, "a"), MAILS_DELETED);
}
END_TEST

START_TEST(a_list_takes_back_its_own_copies_by_id)
{
	AUTO(place_release) struct place p = place_new();

	put_copy(p.store, "linux-xfs", "one", 1);
	put_copy(p.store, "linux-xfs", "two", 1);
	put_copy(p.store, "linux-ext4", "three", 2);
	ck_assert(!take_back_id(p.store, "linux-xfs", "b"));
	ck_assert(!take_back_id(p.store, "linux-btrfs", "a"));
	ck_assert(take_back_id(p.store, "linux-ext4", "a"));
	expect_blob(p.store, "one");
	ck_assert(take_back_id(p.store, "linux-xfs", "a"));
	ck_assert_int_eq(letters_state(p.store, "a"), MAILS_GONE);
}
END_TEST

START_TEST(what_was_taken_back_can_come_again)
{
	AUTO(place_release) struct place p = place_new();

	put_copy(p.store, "linux-xfs", "one", 1);
	letters_keep(p.store, "a");
	letters_index(p.store, "a");
	ck_assert(take_back(p.store, "linux-xfs", "one"));
	ck_assert_int_eq(put_copy(p.store, "linux-xfs", "two", 1).outcome,
			 MAILS_BACK);
	ck_assert_int_eq(letters_state(p.store, "a"), MAILS_WANTED);
	expect_blob(p.store, "two");
}
END_TEST

START_TEST(the_archive_has_a_mail_while_a_better_copy_is_fetched)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(mails_list_release) struct mails_list list = { 0 };
	int64_t thread = put_copy(p.store, "linux-xfs", "one", 1).thread;
	struct err err = ERR_INIT;

	letters_keep(p.store, "a");
	ck_ok(mails_of_thread(&list, p.store, thread, 9, &err), &err);
	ck_assert_uint_eq(list.n, 0);
	letters_index(p.store, "a");
	put_copy(p.store, "linux-ext4", "two", 0);
	ck_assert_int_eq(letters_state(p.store, "a"), MAILS_WANTED);
	ck_ok(mails_of_thread(&list, p.store, thread, 9, &err), &err);
	ck_assert_uint_eq(list.n, 1);
	mails_list_release(&list);
	ck_assert(take_back_id(p.store, "linux-xfs", "a"));
	ck_assert(take_back_id(p.store, "linux-ext4", "a"));
	ck_assert_int_eq(letters_state(p.store, "a"), MAILS_DELETED);
	ck_ok(mails_of_thread(&list, p.store, thread, 9, &err), &err);
	ck_assert_uint_eq(list.n, 0);
}
END_TEST

START_TEST(the_work_list_is_in_order_and_bounded)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(mails_list_release) struct mails_list list = { 0 };
	struct err err = ERR_INIT;

	put_all(p.store, "a:;b:a;c:a;x:");
	letters_keep(p.store, "a");
	ck_ok(mails_in_state(&list, p.store, MAILS_WANTED, 2, &err), &err);
	ck_assert_uint_eq(list.n, 2);
	ck_assert_str_eq(list.v[0].message_id, "a");
	ck_assert_str_eq(list.v[1].message_id, "b");
	mails_list_release(&list);
	letters_index(p.store, "b");
	ck_ok(mails_in_state(&list, p.store, MAILS_WANTED, 9, &err), &err);
	ck_assert_uint_eq(list.n, 2);
	ck_assert_str_eq(list.v[1].message_id, "c");
}
END_TEST

static const struct {
	const char *way; /* OUT is o, WANTED w, f, i, d, g: from, then to */
	bool may;
} moves[] = {
	{ "ow", true },	 { "of", false }, { "og", false }, { "wf", true },
	{ "wd", true },	 { "wi", false }, { "wg", false }, { "fi", true },
	{ "fd", true },	 { "fw", true },  { "iw", true },  { "id", true },
	{ "if", false }, { "ig", false }, { "dg", true },  { "di", false },
	{ "gw", false }, { "gd", false },
};

START_TEST(a_mail_moves_one_way)
{
	static const char letters[] = "owfidg";
	long from = strchr(letters, moves[_i].way[0]) - letters;
	long to = strchr(letters, moves[_i].way[1]) - letters;

	ck_assert_int_eq(mails_may_move((enum mails_state)from,
					(enum mails_state)to),
			 moves[_i].may);
}
END_TEST

START_TEST(a_mail_is_moved_once)
{
	AUTO(place_release) struct place p = place_new();

	letters_put(p.store, "a", "");
	letters_keep(p.store, "a");
	ck_assert(letters_move(p.store, "a", MAILS_WANTED, MAILS_WRITTEN));
	ck_assert(!letters_move(p.store, "a", MAILS_WANTED, MAILS_WRITTEN));
}
END_TEST

START_TEST(what_was_indexed_can_be_indexed_anew)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(store_end) struct store_txn txn = { 0 };
	struct err err = ERR_INIT;
	uint64_t n;

	put_all(p.store, "a:;b:a;x:");
	letters_keep(p.store, "a");
	letters_index(p.store, "b");
	ck_ok(store_begin(&txn, p.store, &err), &err);
	ck_ok(mails_unindex(&txn, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
	ck_assert_int_eq(letters_state(p.store, "a"), MAILS_WANTED);
	ck_assert_int_eq(letters_state(p.store, "b"), MAILS_WRITTEN);
	ck_assert_int_eq(letters_state(p.store, "x"), MAILS_OUT);
	ck_ok(mails_count(&n, p.store, MAILS_WRITTEN, &err), &err);
	ck_assert_uint_eq(n, 1);
}
END_TEST

static const struct {
	const char *sender;
	unsigned total, version;
	int64_t date, within;
	const char *found;
} marks[] = {
	{ "a@x", 3, 1, 1000, 100, "a b" },   { "a@x", 3, 2, 1000, 100, "c" },
	{ "a@x", 3, 0, 1000, 100, "a b c" }, { "a@x", 3, 0, 1000, 99, "a b" },
	{ "a@x", 2, 0, 1000, 100, "" },	     { "b@x", 3, 0, 1000, 100, "" },
	{ "a@x", 1, 0, 1000, 900, "" },
};

START_TEST(parts_of_a_series_are_found_by_what_they_share)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(mails_list_release) struct mails_list list = { 0 };
	AUTO(strings_release) struct strings want = { 0 };
	struct mails_head other = letters_head("c");
	struct mails_head lone = letters_head("d");
	struct err err = ERR_INIT;

	other.version = 2;
	other.date = 900;
	lone.total = 1;
	put_all(p.store, "a:;b:;gone:");
	letters_put_head(p.store, &other);
	letters_put_head(p.store, &lone);
	ck_assert(take_back(p.store, "linux-xfs", "gone"));
	ck_ok(mails_alike(
		      &list, p.store,
		      &(struct mails_marks){ marks[_i].sender, marks[_i].total,
					     marks[_i].version, marks[_i].date,
					     marks[_i].within },
		      9, &err),
	      &err);
	strings_split(&want, marks[_i].found);
	ck_assert_uint_eq(list.n, want.n);
	for (size_t i = 0; i < list.n; i++)
		ck_assert(strings_has(&want, list.v[i].message_id));
}
END_TEST

/* Ids of that length, and that many references. */
static const struct {
	size_t id, references;
	const char *error; /* NULL: none */
} limits[] = {
	{ MAILS_MAX_ID, 1, NULL },
	{ MAILS_MAX_ID + 1, 1, "a Message-ID of more than 998 bytes" },
	{ 3, MAILS_MAX_REFERENCES, NULL },
	{ 3, MAILS_MAX_REFERENCES + 1, "more than 32 references" },
};

START_TEST(more_than_a_mail_may_say_is_refused)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(store_end) struct store_txn txn = { 0 };
	AUTO(strings_release) struct strings references = { 0 };
	AUTO(mem_free) char *id = xasprintf("%0*d", (int)limits[_i].id, 1);
	struct mails_head head = letters_head(id);
	struct mails_put put;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < limits[_i].references; i++)
		strings_push_take(&references, xasprintf("r%zu", i));
	head.references = &references;
	ck_ok(store_begin(&txn, p.store, &err), &err);
	if (!limits[_i].error) {
		ck_ok(mails_put(&put, &txn, &head, &err), &err);
		return;
	}
	ck_assert_int_eq(mails_put(&put, &txn, &head, &err), -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
	ck_assert_str_eq(err.msg, limits[_i].error);
}
END_TEST

START_TEST(what_is_not_committed_was_never_there)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(mails_row_release) struct mails_row row = { 0 };
	struct mails_head head = letters_head("a");
	struct store_txn txn = { 0 };
	struct mails_put put;
	struct err err = ERR_INIT;
	bool found;

	ck_ok(store_begin(&txn, p.store, &err), &err);
	ck_ok(mails_put(&put, &txn, &head, &err), &err);
	ck_ok(mails_find(&found, &row, p.store, "a", &err), &err);
	ck_assert(found);
	mails_row_release(&row);
	store_end(&txn);
	ck_ok(mails_find(&found, &row, p.store, "a", &err), &err);
	ck_assert(!found);
	ck_assert_int_eq(letters_put(p.store, "a", "").outcome, MAILS_NEW);
}
END_TEST

TEST_MAIN("mails", TABLE(a_mail_finds_its_thread_in_any_order, threading),
	  TEST(a_late_parent_brings_the_revisions_along),
	  TEST(a_thread_that_is_joined_to_a_kept_one_is_kept),
	  TEST(an_answer_to_a_kept_mail_is_wanted),
	  TEST(a_mail_is_stored_as_it_was_given),
	  TABLE(the_cleanest_copy_stands_for_a_mail, copies),
	  TEST(what_is_taken_back_is_removed_from_the_archive),
	  TEST(what_is_out_of_scope_is_gone_at_once),
	  TEST(another_copy_stands_for_one_that_is_taken_back),
	  TEST(a_list_takes_back_its_own_copies_by_id),
	  TEST(what_was_taken_back_can_come_again),
	  TEST(the_archive_has_a_mail_while_a_better_copy_is_fetched),
	  TEST(the_work_list_is_in_order_and_bounded),
	  TABLE(a_mail_moves_one_way, moves), TEST(a_mail_is_moved_once),
	  TEST(what_was_indexed_can_be_indexed_anew),
	  TABLE(parts_of_a_series_are_found_by_what_they_share, marks),
	  TABLE(more_than_a_mail_may_say_is_refused, limits),
	  TEST(what_is_not_committed_was_never_there))
