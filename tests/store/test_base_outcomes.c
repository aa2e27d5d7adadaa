/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/base_outcomes.h"

#include "bot/base/mem.h"
#include "bot/store/lanes.h"
#include "tests/store/place.h"
#include "tests/support/support.h"

static char *find(struct store *st, const struct base_outcomes_key *key)
{
	struct err err = ERR_INIT;
	char *json = NULL;

	ck_ok(base_outcomes_find(&json, st, key, &err), &err);
	return json;
}

static const struct base_outcomes_key known = { "a", "prog", "xfs", "C01", 3 };

static void put_known(const struct place *p)
{
	struct base_outcomes_row row = { known, "[1]" };
	struct err err = ERR_INIT;

	place_put_lane(p, "a");
	ck_ok(base_outcomes_put(p->store, &row, 1, &err), &err);
}

static const struct base_outcomes_key others[] = {
	{ "b", "prog", "xfs", "C01", 3 },  { "a", "grop", "xfs", "C01", 3 },
	{ "a", "prog", "ext4", "C01", 3 }, { "a", "prog", "xfs", "C02w", 3 },
	{ "a", "prog", "xfs", "C01", 4 },
};

START_TEST(an_outcome_is_that_of_its_whole_key)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(mem_free) char *json = NULL;
	AUTO(mem_free) char *other = NULL;

	put_known(&p);
	json = find(p.store, &known);
	ck_assert_str_eq(json, "[1]");
	other = find(p.store, &others[_i]);
	ck_assert_ptr_null(other);
}
END_TEST

START_TEST(outcomes_stay_when_their_lane_is_put_again)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(mem_free) char *json = NULL;

	put_known(&p);
	place_put_lane(&p, "a");
	json = find(p.store, &known);
	ck_assert_str_eq(json, "[1]");
}
END_TEST

START_TEST(outcomes_go_with_their_lane)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(mem_free) char *json = NULL;
	struct err err = ERR_INIT;

	put_known(&p);
	ck_ok(lanes_remove(p.store, "a", &err), &err);
	place_put_lane(&p, "a");
	json = find(p.store, &known);
	ck_assert_ptr_null(json);
}
END_TEST

START_TEST(outcomes_put_again_are_replaced)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(mem_free) char *json = NULL;
	struct base_outcomes_row row = { known, "[2]" };
	struct err err = ERR_INIT;

	put_known(&p);
	ck_ok(base_outcomes_put(p.store, &row, 1, &err), &err);
	json = find(p.store, &known);
	ck_assert_str_eq(json, "[2]");
}
END_TEST

START_TEST(of_outcomes_put_together_all_or_none_are_stored)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(mem_free) char *json = NULL;
	struct base_outcomes_row rows[] = {
		{ known, "[2]" },
		{ { "gone", "prog", "ext4", "C09", 3 }, "[3]" },
	};
	struct err err = ERR_INIT;

	put_known(&p);
	ck_assert_int_eq(base_outcomes_put(p.store, rows, 2, &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(err.msg, "storing C09 on ext4: "));
	ck_assert_ptr_nonnull(
		strstr(err.msg, "what the row belongs to is gone"));
	json = find(p.store, &known);
	ck_assert_str_eq(json, "[1]");
}
END_TEST

static const struct {
	size_t len;
	int rc;
} lengths[] = {
	{ STORE_MAX_VALUE, 0 },
	{ STORE_MAX_VALUE + 1, -1 },
};

START_TEST(outcomes_have_a_ceiling)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(mem_free) char *json = xcalloc(lengths[_i].len + 1, 1);
	struct base_outcomes_row row = { known, json };
	struct err err = ERR_INIT;

	put_known(&p);
	memset(json, ' ', lengths[_i].len);
	ck_assert_int_eq(base_outcomes_put(p.store, &row, 1, &err),
			 lengths[_i].rc);
	if (lengths[_i].rc < 0)
		ck_assert_int_eq(err.kind, ERR_LIMIT);
}
END_TEST

TEST_MAIN("base_outcomes", TABLE(an_outcome_is_that_of_its_whole_key, others),
	  TEST(outcomes_stay_when_their_lane_is_put_again),
	  TEST(outcomes_go_with_their_lane),
	  TEST(outcomes_put_again_are_replaced),
	  TEST(of_outcomes_put_together_all_or_none_are_stored),
	  TABLE(outcomes_have_a_ceiling, lengths))
