/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/lists.h"

#include "tests/store/letters.h"

static void put(struct store *st, const char *name, unsigned failures,
		const char *error)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	struct lists_row row = { .name = (char *)name,
				 .checked = 100,
				 .failures = failures,
				 .not_before = 200,
				 .error = (char *)error };
	struct err err = ERR_INIT;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(lists_put(&txn, &row, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
}

START_TEST(the_last_poll_of_a_list_is_known)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(lists_row_release) struct lists_row row = { 0 };
	AUTO(lists_list_release) struct lists_list all = { 0 };
	struct err err = ERR_INIT;
	bool found;

	ck_ok(lists_find(&found, &row, p.store, "linux-xfs", &err), &err);
	ck_assert(!found);
	put(p.store, "linux-xfs", 2, "503");
	put(p.store, "linux-ext4", 0, NULL);
	ck_ok(lists_find(&found, &row, p.store, "linux-xfs", &err), &err);
	ck_assert(found);
	ck_assert_int_eq(row.checked, 100);
	ck_assert_uint_eq(row.failures, 2);
	ck_assert_int_eq(row.not_before, 200);
	ck_assert_str_eq(row.error, "503");
	put(p.store, "linux-xfs", 0, NULL);
	ck_ok(lists_all(&all, p.store, &err), &err);
	ck_assert_uint_eq(all.n, 2);
	ck_assert_str_eq(all.v[0].name, "linux-ext4");
	ck_assert_ptr_null(all.v[1].error);
}
END_TEST

static void fetch(struct store *st, unsigned n, const char *tip)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	struct lists_epoch epoch = { .n = n,
				     .fingerprint = (char *)"f",
				     .modified = 7,
				     .tip = (char *)tip };
	struct err err = ERR_INIT;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(lists_put_epoch(&txn, "linux-xfs", &epoch, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
}

static bool see(struct store *st, unsigned n, const char *from, const char *to)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	struct err err = ERR_INIT;
	bool moved;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(lists_move_seen(&moved, &txn, "linux-xfs", n, from, to, &err),
	      &err);
	ck_ok(store_commit(&txn, &err), &err);
	return moved;
}

START_TEST(what_was_fetched_and_what_was_seen_are_two_things)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(lists_epochs_release) struct lists_epochs epochs = { 0 };
	struct err err = ERR_INIT;

	fetch(p.store, 1, "aa");
	fetch(p.store, 0, "cc");
	ck_assert(see(p.store, 1, NULL, "aa"));
	fetch(p.store, 1, "bb");
	ck_ok(lists_get_epochs(&epochs, p.store, "linux-ext4", &err), &err);
	ck_assert_uint_eq(epochs.n, 0);
	ck_ok(lists_get_epochs(&epochs, p.store, "linux-xfs", &err), &err);
	ck_assert_uint_eq(epochs.n, 2);
	ck_assert_uint_eq(epochs.v[0].n, 0);
	ck_assert_ptr_null(epochs.v[0].seen);
	ck_assert_str_eq(epochs.v[1].fingerprint, "f");
	ck_assert_int_eq(epochs.v[1].modified, 7);
	ck_assert_str_eq(epochs.v[1].tip, "bb");
	ck_assert_str_eq(epochs.v[1].seen, "aa");
}
END_TEST

START_TEST(mails_are_taken_in_once)
{
	AUTO(place_release) struct place p = place_new();

	ck_assert(!see(p.store, 0, NULL, "aa"));
	fetch(p.store, 0, "cc");
	ck_assert(see(p.store, 0, NULL, "aa"));
	ck_assert(!see(p.store, 0, NULL, "aa"));
	ck_assert(!see(p.store, 0, "bb", "cc"));
	ck_assert(see(p.store, 0, "aa", "cc"));
}
END_TEST

static void reject(struct store *st, const char *list, const char *blob,
		   int64_t arrived)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	struct lists_reject r = { .list = (char *)list,
				  .blob = (char *)blob,
				  .why = (char *)"no \xff",
				  .arrived = arrived };
	struct err err = ERR_INIT;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(lists_add_reject(&txn, &r, &err), &err);
	ck_ok(lists_add_reject(&txn, &r, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
}

static const struct {
	const char *list;
	size_t max;
	const char *blobs;
} rejections[] = {
	{ NULL, 9, "c b a" },
	{ NULL, 2, "c b" },
	{ "linux-xfs", 9, "c a" },
	{ "linux-btrfs", 9, "" },
};

START_TEST(what_could_not_be_read_is_listed)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(lists_rejects_release) struct lists_rejects list = { 0 };
	AUTO(strings_release) struct strings want = { 0 };
	struct err err = ERR_INIT;

	reject(p.store, "linux-xfs", "a", 1);
	reject(p.store, "linux-ext4", "b", 2);
	reject(p.store, "linux-xfs", "c", 3);
	ck_ok(lists_get_rejects(&list, p.store, rejections[_i].list,
				rejections[_i].max, &err),
	      &err);
	strings_split(&want, rejections[_i].blobs);
	ck_assert_uint_eq(list.n, want.n);
	for (size_t i = 0; i < list.n; i++) {
		ck_assert_str_eq(list.v[i].blob, want.v[i]);
		ck_assert_str_eq(list.v[i].why, "no \xff");
	}
}
END_TEST

START_TEST(mails_are_counted_by_list)
{
	AUTO(place_release) struct place p = place_new();
	struct mails_head other = letters_head("a");
	struct lists_count count;
	struct err err = ERR_INIT;

	letters_put(p.store, "a", "");
	letters_put(p.store, "b", "a");
	letters_put(p.store, "x", "");
	other.list = "linux-ext4";
	letters_put_head(p.store, &other);
	letters_keep(p.store, "a");
	letters_index(p.store, "b");
	reject(p.store, "linux-xfs", "bad", 1);
	ck_ok(lists_count(&count, p.store, "linux-xfs", &err), &err);
	ck_assert_uint_eq(count.seen, 3);
	ck_assert_uint_eq(count.kept, 2);
	ck_assert_uint_eq(count.waiting, 1);
	ck_assert_uint_eq(count.rejected, 1);
	ck_ok(lists_count(&count, p.store, "linux-ext4", &err), &err);
	ck_assert_uint_eq(count.seen, 1);
	ck_assert_uint_eq(count.kept, 1);
	ck_assert_uint_eq(count.rejected, 0);
}
END_TEST

TEST_MAIN("lists", TEST(the_last_poll_of_a_list_is_known),
	  TEST(what_was_fetched_and_what_was_seen_are_two_things),
	  TEST(mails_are_taken_in_once),
	  TABLE(what_could_not_be_read_is_listed, rejections),
	  TEST(mails_are_counted_by_list))
