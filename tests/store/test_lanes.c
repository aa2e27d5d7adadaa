/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/lanes.h"

#include "bot/base/mem.h"
#include "tests/store/place.h"
#include "tests/support/support.h"

/* The keys, least recently used first: "a b c". */
static char *order(struct store *st)
{
	AUTO(lanes_list_release) struct lanes_list list = { 0 };
	AUTO(buf_release) struct buf out = { 0 };
	struct err err = ERR_INIT;

	ck_ok(lanes_all(&list, st, &err), &err);
	buf_init(&out, 1000);
	for (size_t i = 0; i < list.n; i++)
		buf_addf(&out, "%s%s", i ? " " : "", list.v[i].key);
	return buf_take(&out);
}

static void expect_order(struct store *st, const char *want)
{
	AUTO(mem_free) char *got = order(st);

	ck_assert_str_eq(got, want);
}

START_TEST(a_lane_is_found_as_it_was_put)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(lanes_row_release) struct lanes_row row = { 0 };
	struct err err = ERR_INIT;
	bool found;

	place_put_lane(&p, "a");
	ck_ok(lanes_find(&found, &row, p.store, "a", &err), &err);
	ck_assert(found);
	ck_assert_str_eq(row.key, "a");
	ck_assert_str_eq(row.path, "/srv/lanes/x");
	ck_assert_str_eq(row.compiler, "gcc 12");
	ck_assert_uint_eq(row.bytes, 12345678901);
	ck_assert_int_gt(row.created, 1700000000);
	ck_assert_int_eq(row.created, row.last_used);
}
END_TEST

START_TEST(a_lane_that_is_not_there_is_an_answer)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(lanes_row_release) struct lanes_row row = { 0 };
	struct err err = ERR_INIT;
	bool found = true;

	ck_ok(lanes_find(&found, &row, p.store, "a", &err), &err);
	ck_assert(!found);
	ck_assert_ptr_null(row.key);
	ck_ok(lanes_touch(p.store, "a", &err), &err);
	ck_ok(lanes_remove(p.store, "a", &err), &err);
}
END_TEST

START_TEST(order_of_use_is_kept_within_a_second)
{
	AUTO(place_release) struct place p = place_new();
	struct err err = ERR_INIT;

	place_put_lane(&p, "a");
	place_put_lane(&p, "b");
	place_put_lane(&p, "c");
	expect_order(p.store, "a b c");
	ck_ok(lanes_touch(p.store, "a", &err), &err);
	expect_order(p.store, "b c a");
	place_put_lane(&p, "b");
	expect_order(p.store, "c a b");
	ck_ok(lanes_remove(p.store, "a", &err), &err);
	expect_order(p.store, "c b");
}
END_TEST

TEST_MAIN("lanes", TEST(a_lane_is_found_as_it_was_put),
	  TEST(a_lane_that_is_not_there_is_an_answer),
	  TEST(order_of_use_is_kept_within_a_second))
