/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/threads.h"

#include "tests/store/letters.h"

static struct threads_list dirty(struct store *st)
{
	struct threads_list list = { 0 };
	struct err err = ERR_INIT;

	ck_ok(threads_dirty(&list, st, 9, &err), &err);
	return list;
}

static bool move(struct store *st, const struct threads_row *seen)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	struct err err = ERR_INIT;
	bool moved;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(threads_move(&moved, &txn, seen, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
	return moved;
}

static void put_indexed(struct store *st, const char *id, int64_t arrived)
{
	struct mails_head head = letters_head(id);

	head.arrived = arrived;
	letters_put_head(st, &head);
	letters_keep(st, id);
	letters_index(st, id);
}

START_TEST(a_thread_is_dirty_when_the_archive_has_its_mail)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(threads_list_release) struct threads_list before = { 0 };
	AUTO(threads_list_release) struct threads_list after = { 0 };

	letters_put(p.store, "out", "");
	letters_put(p.store, "a", "");
	letters_keep(p.store, "a");
	before = dirty(p.store);
	ck_assert_uint_eq(before.n, 0);
	letters_index(p.store, "a");
	after = dirty(p.store);
	ck_assert_uint_eq(after.n, 1);
	ck_assert_str_eq(after.v[0].root, "a");
	ck_assert(after.v[0].kept);
}
END_TEST

START_TEST(the_newest_thread_is_assembled_first)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(threads_list_release) struct threads_list list = { 0 };

	put_indexed(p.store, "middle", 200);
	put_indexed(p.store, "new", 300);
	put_indexed(p.store, "old", 100);
	list = dirty(p.store);
	ck_assert_uint_eq(list.n, 3);
	ck_assert_str_eq(list.v[0].root, "new");
	ck_assert_str_eq(list.v[1].root, "middle");
	ck_assert_str_eq(list.v[2].root, "old");
}
END_TEST

START_TEST(a_thread_is_assembled_once)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(threads_list_release) struct threads_list list = { 0 };
	AUTO(threads_list_release) struct threads_list after = { 0 };

	put_indexed(p.store, "a", 100);
	list = dirty(p.store);
	ck_assert(move(p.store, &list.v[0]));
	ck_assert(!move(p.store, &list.v[0]));
	after = dirty(p.store);
	ck_assert_uint_eq(after.n, 0);
}
END_TEST

START_TEST(mail_that_came_meanwhile_leaves_a_thread_dirty)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(threads_list_release) struct threads_list list = { 0 };
	AUTO(threads_list_release) struct threads_list after = { 0 };

	put_indexed(p.store, "a", 100);
	list = dirty(p.store);
	letters_put(p.store, "b", "a");
	letters_index(p.store, "b");
	ck_assert(move(p.store, &list.v[0]));
	after = dirty(p.store);
	ck_assert_uint_eq(after.n, 1);
	ck_assert(move(p.store, &after.v[0]));
	ck_assert(!move(p.store, &list.v[0]));
}
END_TEST

START_TEST(a_mail_that_went_makes_its_thread_dirty)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(threads_list_release) struct threads_list list = { 0 };
	AUTO(threads_list_release) struct threads_list after = { 0 };

	put_indexed(p.store, "a", 100);
	list = dirty(p.store);
	ck_assert(move(p.store, &list.v[0]));
	ck_assert(letters_move(p.store, "a", MAILS_INDEXED, MAILS_DELETED));
	ck_assert(letters_move(p.store, "a", MAILS_DELETED, MAILS_GONE));
	after = dirty(p.store);
	ck_assert_uint_eq(after.n, 1);
}
END_TEST

START_TEST(a_thread_that_was_joined_is_not_assembled)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(threads_list_release) struct threads_list list = { 0 };
	AUTO(threads_row_release) struct threads_row row = { 0 };
	struct store_txn txn = { 0 };
	struct err err = ERR_INIT;
	int64_t into;
	bool found;

	put_indexed(p.store, "b", 100);
	list = dirty(p.store);
	into = letters_put(p.store, "a", "").thread;
	ck_ok(store_begin(&txn, p.store, &err), &err);
	ck_ok(threads_join(&txn, into, into, &err), &err);
	ck_ok(threads_join(&txn, into, list.v[0].id, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
	ck_assert(!move(p.store, &list.v[0]));
	ck_assert_int_eq(letters_thread(p.store, "b"), into);
	ck_assert_int_eq(letters_state(p.store, "a"), MAILS_WANTED);
	ck_ok(threads_find(&found, &row, p.store, into, &err), &err);
	ck_assert(found && row.kept);
	ck_assert_int_eq(row.arrived, 2000);

	ck_ok(store_begin(&txn, p.store, &err), &err);
	ck_assert_int_eq(threads_join(&txn, into, list.v[0].id, &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	store_end(&txn);
}
END_TEST

TEST_MAIN("threads", TEST(a_thread_is_dirty_when_the_archive_has_its_mail),
	  TEST(the_newest_thread_is_assembled_first),
	  TEST(a_thread_is_assembled_once),
	  TEST(mail_that_came_meanwhile_leaves_a_thread_dirty),
	  TEST(a_mail_that_went_makes_its_thread_dirty),
	  TEST(a_thread_that_was_joined_is_not_assembled))
