/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/revisions.h"

#include <sys/wait.h>

#include "bot/store/attempts.h"
#include "bot/store/outbox.h"
#include "tests/store/letters.h"

/* A READY revision, in a thread of its own, of its own title. */
static void add(struct store *st, const char *key, int64_t arrived)
{
	struct sending s = letters_sending(key, 1);

	s.title = key;
	s.arrived = arrived;
	letters_send(st, letters_put(st, key, "").thread, &s, 1);
}

/* *moved of a step from what @seen was. */
static bool move(struct store *st, const struct revisions_row *seen,
		 enum revisions_state to, const struct revisions_result *result)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	struct err err = ERR_INIT;
	bool moved;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(revisions_move(&moved, &txn, seen, to, result, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
	return moved;
}

static bool retry(struct store *st, const char *key, int64_t now)
{
	AUTO(revisions_row_release)
	struct revisions_row seen = letters_revision(st, key);
	AUTO(store_end) struct store_txn txn = { 0 };
	struct err err = ERR_INIT;
	bool moved;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(revisions_retry(&moved, &txn, &seen, now, "busy", &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
	return moved;
}

/* W I R P J D K S A, as the states are numbered; see revisions.h */
static const struct {
	const char *way;
	bool may;
} moves[] = {
	{ "WI", true },	 { "WR", true },  { "WD", false }, { "WS", true },
	{ "IR", true },	 { "IW", true },  { "ID", false }, { "IP", false },
	{ "RP", true },	 { "RJ", true },  { "RD", true },  { "RW", false },
	{ "RK", true },	 { "RA", true },  { "PJ", true },  { "PR", true },
	{ "PD", true },	 { "PK", true },  { "JD", true },  { "JR", true },
	{ "JP", false }, { "JK", true },  { "DR", true },  { "DS", false },
	{ "DK", false }, { "KR", true },  { "KS", true },  { "KD", false },
	{ "SR", true },	 { "SD", false }, { "AR", true },  { "AD", false },
};

START_TEST(a_revision_moves_where_it_may)
{
	static const char letters[] = "WIRPJDKSA";
	long from = strchr(letters, moves[_i].way[0]) - letters;
	long to = strchr(letters, moves[_i].way[1]) - letters;

	ck_assert_int_eq(revisions_may_move((enum revisions_state)from,
					    (enum revisions_state)to),
			 moves[_i].may);
}
END_TEST

START_TEST(nothing_stays_where_it_is)
{
	for (int i = 0; i < REVISIONS_STATES; i++)
		ck_assert(!revisions_may_move((enum revisions_state)i,
					      (enum revisions_state)i));
}
END_TEST

START_TEST(a_revision_is_moved_once)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(revisions_row_release) struct revisions_row seen = { 0 };
	AUTO(revisions_row_release) struct revisions_row now = { 0 };
	struct revisions_result result = { .placed = "{\"a\":1}",
					   .reason = "on v7.1" };

	add(p.store, "a", 1);
	seen = letters_revision(p.store, "a");
	ck_assert(move(p.store, &seen, REVISIONS_PLACED, &result));
	ck_assert(!move(p.store, &seen, REVISIONS_PLACED, &result));
	now = letters_revision(p.store, "a");
	ck_assert_int_eq(now.state, REVISIONS_PLACED);
	ck_assert_str_eq(now.placed, "{\"a\":1}");
	ck_assert_str_eq(now.reason, "on v7.1");
	ck_assert_ptr_null(now.verdict);
}
END_TEST

START_TEST(what_a_step_does_not_say_stays)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(revisions_row_release) struct revisions_row seen = { 0 };
	AUTO(revisions_row_release) struct revisions_row placed = { 0 };
	AUTO(revisions_row_release) struct revisions_row now = { 0 };

	add(p.store, "a", 1);
	seen = letters_revision(p.store, "a");
	ck_assert(move(p.store, &seen, REVISIONS_PLACED,
		       &(struct revisions_result){ .placed = "{}",
						   .reason = "x" }));
	placed = letters_revision(p.store, "a");
	ck_assert(move(p.store, &placed, REVISIONS_JUDGED,
		       &(struct revisions_result){ .verdict = "same" }));
	now = letters_revision(p.store, "a");
	ck_assert_str_eq(now.placed, "{}");
	ck_assert_str_eq(now.verdict, "same");
	ck_assert_ptr_null(now.reason);
}
END_TEST

START_TEST(what_fails_is_tried_seven_times_and_parked)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(revisions_row_release) struct revisions_row parked = { 0 };
	static const int64_t minutes[] = { 1, 2, 4, 8, 16, 32, 64 };

	add(p.store, "a", 1);
	for (unsigned i = 0; i < ARRAY_LEN(minutes); i++) {
		ck_assert(retry(p.store, "a", 10000));
		AUTO(revisions_row_release)
		struct revisions_row row = letters_revision(p.store, "a");
		ck_assert_int_eq(row.state, REVISIONS_READY);
		ck_assert_uint_eq(row.tries, i + 1);
		ck_assert_int_eq(row.until, 10000 + 60 * minutes[i]);
		ck_assert_str_eq(row.reason, "busy");
	}
	ck_assert(retry(p.store, "a", 10000));
	parked = letters_revision(p.store, "a");
	ck_assert_int_eq(parked.state, REVISIONS_PARKED);
	ck_assert_str_eq(parked.reason, "busy");
	ck_assert_int_eq(parked.until, 0);
}
END_TEST

START_TEST(the_newest_that_is_due_is_first)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(revisions_list_release) struct revisions_list list = { 0 };
	struct err err = ERR_INIT;
	int64_t until;

	add(p.store, "old", 100);
	add(p.store, "new", 300);
	add(p.store, "later", 400);
	ck_assert(retry(p.store, "later", 1000));
	ck_ok(revisions_due(&list, p.store, REVISIONS_READY, 1059, 9, &err),
	      &err);
	ck_assert_uint_eq(list.n, 2);
	ck_assert_str_eq(list.v[0].key, "new");
	ck_assert_str_eq(list.v[1].key, "old");
	ck_assert_ptr_null(list.v[0].facts);
	revisions_list_release(&list);
	ck_ok(revisions_next_due(&until, p.store, 1059, &err), &err);
	ck_assert_int_eq(until, 1060);
	ck_ok(revisions_next_due(&until, p.store, 1060, &err), &err);
	ck_assert_int_eq(until, 0);
	ck_ok(revisions_due(&list, p.store, REVISIONS_READY, 1060, 1, &err),
	      &err);
	ck_assert_uint_eq(list.n, 1);
	ck_assert_str_eq(list.v[0].key, "later");
}
END_TEST

static const struct {
	struct revisions_which which;
	const char *keys;
} listings[] = {
	{ { 0 }, "xfs:b xfs:a ext4:a" },
	{ { .list = "linux-xfs" }, "xfs:b xfs:a ext4:a" },
	{ { .list = "linux-btrfs" }, "" },
	{ { .words = "XFS" }, "xfs:b xfs:a" },
	{ { .words = ":a" }, "xfs:a ext4:a" },
	{ { .words = "%" }, "" },
	{ { .author = "a@x" }, "xfs:b xfs:a ext4:a" },
	{ { .author = "a@" }, "" },
	{ { .thread = 1 }, "ext4:a" },
	{ { .series = 3 }, "xfs:b" },
	{ { .in_state = true, .state = REVISIONS_READY },
	  "xfs:b xfs:a ext4:a" },
	{ { .in_state = true, .state = REVISIONS_WAITING }, "" },
};

START_TEST(revisions_are_listed_by_what_they_are)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(revisions_list_release) struct revisions_list list = { 0 };
	AUTO(strings_release) struct strings want = { 0 };
	struct err err = ERR_INIT;

	add(p.store, "ext4:a", 1);
	add(p.store, "xfs:a", 2);
	add(p.store, "xfs:b", 3);
	ck_ok(revisions_all(&list, p.store, &listings[_i].which, 9, &err),
	      &err);
	strings_split(&want, listings[_i].keys);
	ck_assert_uint_eq(list.n, want.n);
	for (size_t i = 0; i < list.n; i++)
		ck_assert_str_eq(list.v[i].key, want.v[i]);
}
END_TEST

START_TEST(revisions_are_counted_by_state)
{
	AUTO(place_release) struct place p = place_new();
	uint64_t counts[REVISIONS_STATES];
	struct err err = ERR_INIT;

	add(p.store, "a", 1);
	add(p.store, "b", 2);
	ck_ok(revisions_count(counts, p.store, &err), &err);
	for (int i = 0; i < REVISIONS_STATES; i++)
		ck_assert_uint_eq(counts[i], i == REVISIONS_READY ? 2 : 0);
}
END_TEST

START_TEST(attempts_take_the_place_of_earlier_ones)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(store_end) struct store_txn txn = { 0 };
	AUTO(attempts_release) struct attempts list = { 0 };
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	const struct attempt v[] = {
		{ .at = 5,
		  .how = (char *)"base-commit",
		  .why = (char *)"no such commit" },
		{ .at = 6,
		  .tree = (char *)"xfs",
		  .base = (char *)"0123",
		  .how = (char *)"blobs",
		  .matched = 3,
		  .total = 4,
		  .applies = true },
	};
	struct err err = ERR_INIT;

	add(p.store, "a", 1);
	row = letters_revision(p.store, "a");
	ck_ok(store_begin(&txn, p.store, &err), &err);
	ck_ok(attempts_put(&txn, row.id, v, 1, &err), &err);
	ck_ok(attempts_put(&txn, row.id, v, 2, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
	ck_ok(attempts_get(&list, p.store, row.id, &err), &err);
	ck_assert_uint_eq(list.n, 2);
	ck_assert_int_eq(list.v[0].at, 5);
	ck_assert_ptr_null(list.v[0].tree);
	ck_assert_str_eq(list.v[0].why, "no such commit");
	ck_assert(!list.v[0].applies);
	ck_assert_str_eq(list.v[1].tree, "xfs");
	ck_assert_str_eq(list.v[1].base, "0123");
	ck_assert_str_eq(list.v[1].how, "blobs");
	ck_assert_uint_eq(list.v[1].matched, 3);
	ck_assert_uint_eq(list.v[1].total, 4);
	ck_assert(list.v[1].applies);
}
END_TEST

static int put_mail(const struct store_txn *txn, int64_t revision,
		    const char *message_id, struct err *err)
{
	const struct outbox_row row = {
		.message_id = (char *)(uintptr_t)message_id,
		.revision = revision,
		.kind = (char[]){ "report" },
		.lists = (char[]){ "l" },
		.verdict = (char[]){ "regression" },
		.print = (char *)(uintptr_t)message_id,
		.recipients = (char[]){ "ada@example.org" },
	};
	int64_t id;

	return outbox_add(&id, txn, &row, err);
}

START_TEST(a_share_counts_each_revision_once)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(store_end) struct store_txn txn = { 0 };
	AUTO(outbox_list_release) struct outbox_list all = { 0 };
	AUTO(revisions_row_release) struct revisions_row a = { 0 };
	AUTO(revisions_row_release) struct revisions_row b = { 0 };
	struct outbox_share share = { 0 };
	struct err err = ERR_INIT;

	add(p.store, "a", 1);
	add(p.store, "b", 1);
	a = letters_revision(p.store, "a");
	b = letters_revision(p.store, "b");
	ck_ok(outbox_share(&share, p.store, 0, &err), &err);
	ck_assert_uint_eq(share.all, 0);
	ck_assert_ptr_null(share.print);
	ck_ok(store_begin(&txn, p.store, &err), &err);
	ck_ok(put_mail(&txn, a.id, "m1", &err), &err);
	ck_ok(put_mail(&txn, b.id, "m2", &err), &err);
	ck_ok(put_mail(&txn, b.id, "m3", &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
	ck_ok(outbox_share(&share, p.store, 0, &err), &err);
	ck_assert_uint_eq(share.all, 2);
	ck_assert_uint_eq(share.most, 1);
	free(share.print);
	ck_ok(outbox_all(&all, p.store, b.id, &err), &err);
	ck_assert_uint_eq(all.n, 2);
	ck_assert_str_eq(all.v[0].message_id, "m3");
}
END_TEST

/* A worker with its own handle; exits 0 when it was the one to move "a". */
static int work(const char *path)
{
	AUTO(store_free) struct store *st = NULL;
	AUTO(store_end) struct store_txn txn = { 0 };
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	struct revisions_result result = { .placed = "{}" };
	struct err err = ERR_INIT;
	bool found;
	bool moved;

	if (store_open(&st, path, &err) < 0 ||
	    revisions_find_key(&found, &row, st, "a", &err) < 0)
		return 2;
	if (row.state != REVISIONS_READY)
		return 1;
	if (store_begin(&txn, st, &err) < 0 ||
	    revisions_move(&moved, &txn, &row, REVISIONS_PLACED, &result,
			   &err) < 0)
		return 2;
	if (!moved)
		return 1;
	if (put_mail(&txn, row.id, "m", &err) < 0 ||
	    store_commit(&txn, &err) < 0)
		return 2;
	return 0;
}

START_TEST(of_two_processes_one_moves_a_revision)
{
	AUTO(place_release) struct place p = place_new();
	int exits[3] = { 0 };
	int status;

	add(p.store, "a", 1);
	for (int i = 0; i < 4; i++)
		if (fork() == 0)
			_exit(work(p.path));
	while (wait(&status) > 0)
		exits[WEXITSTATUS(status)]++;
	ck_assert_int_eq(exits[0], 1);
	ck_assert_int_eq(exits[1], 3);
}
END_TEST

/* Commits of the worker: its own is the first, as the schema is there. */
static const struct {
	const char *at;
	int exit;
	enum revisions_state state;
} crashes[] = {
	{ "1", STORE_CRASH_EXIT, REVISIONS_READY },
	{ "1+", STORE_CRASH_EXIT, REVISIONS_PLACED },
	{ "2", 0, REVISIONS_PLACED },
};

START_TEST(a_crash_leaves_result_and_state_or_neither)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(outbox_list_release) struct outbox_list mails = { 0 };
	struct err err = ERR_INIT;
	int status;

	add(p.store, "a", 1);
	if (fork() == 0) {
		setenv("COLLIDER_CRASH_AT", crashes[_i].at, 1);
		_exit(work(p.path));
	}
	wait(&status);
	ck_assert_int_eq(WEXITSTATUS(status), crashes[_i].exit);
	ck_assert_int_eq(letters_stands(p.store, "a"), crashes[_i].state);
	ck_ok(outbox_all(&mails, p.store, 0, &err), &err);
	ck_assert_uint_eq(mails.n, crashes[_i].state == REVISIONS_PLACED);
}
END_TEST

TEST_MAIN("revisions", TABLE(a_revision_moves_where_it_may, moves),
	  TEST(nothing_stays_where_it_is), TEST(a_revision_is_moved_once),
	  TEST(what_a_step_does_not_say_stays),
	  TEST(what_fails_is_tried_seven_times_and_parked),
	  TEST(the_newest_that_is_due_is_first),
	  TABLE(revisions_are_listed_by_what_they_are, listings),
	  TEST(revisions_are_counted_by_state),
	  TEST(attempts_take_the_place_of_earlier_ones),
	  TEST(a_share_counts_each_revision_once),
	  TEST(of_two_processes_one_moves_a_revision),
	  TABLE(a_crash_leaves_result_and_state_or_neither, crashes))
