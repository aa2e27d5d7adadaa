/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/hosts.h"
#include "tests/store/place.h"
#include "tests/support/support.h"

static void put(struct store *st, const char *host, int64_t not_before,
		char *why)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	struct hosts_row row = { .not_before = not_before, .why = why };
	struct err err = ERR_INIT;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(hosts_put(&txn, host, &row, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
}

static void expect(struct store *st, const char *host, int64_t not_before,
		   const char *why)
{
	AUTO(hosts_row_release) struct hosts_row row = { 0 };
	struct err err = ERR_INIT;

	ck_ok(hosts_find(&row, st, host, &err), &err);
	ck_assert_int_eq(row.not_before, not_before);
	ck_assert_pstr_eq(row.why, why);
}

START_TEST(what_a_host_said_last_is_remembered_for_it_alone)
{
	AUTO(place_release) struct place p = place_empty();
	AUTO(store_free) struct store *st = NULL;
	AUTO(store_free) struct store *again = NULL;
	struct err err = ERR_INIT;

	ck_ok(store_open(&st, p.path, &err), &err);
	expect(st, "lore.kernel.org", 0, NULL);
	put(st, "lore.kernel.org", 1000, (char[]){ "the server answered 429" });
	put(st, "lore.kernel.org:8080", 7, NULL);
	put(st, "lore.kernel.org", 2000, (char[]){ "the server answered 503" });
	ck_ok(store_open(&again, p.path, &err), &err);
	expect(again, "lore.kernel.org", 2000, "the server answered 503");
	expect(again, "lore.kernel.org:8080", 7, NULL);
}
END_TEST

START_TEST(a_reason_has_a_ceiling)
{
	AUTO(place_release) struct place p = place_empty();
	AUTO(store_free) struct store *st = NULL;
	AUTO(store_end) struct store_txn txn = { 0 };
	AUTO(buf_release) struct buf why = { 0 };
	struct hosts_row row = { .not_before = 1 };
	struct err err = ERR_INIT;

	ck_ok(store_open(&st, p.path, &err), &err);
	buf_init(&why, STORE_MAX_TEXT + 1);
	for (size_t i = 0; i < STORE_MAX_TEXT; i++)
		buf_addc(&why, 'x');
	ck_ok(store_begin(&txn, st, &err), &err);
	row.why = why.data;
	ck_ok(hosts_put(&txn, "h", &row, &err), &err);
	buf_addc(&why, 'x');
	row.why = why.data;
	ck_assert_int_eq(hosts_put(&txn, "h", &row, &err), -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
}
END_TEST

TEST_MAIN("hosts", TEST(what_a_host_said_last_is_remembered_for_it_alone),
	  TEST(a_reason_has_a_ceiling))
