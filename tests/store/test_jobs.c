/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/jobs.h"

#include "bot/base/mem.h"
#include "tests/store/place.h"
#include "tests/support/support.h"

static int64_t add(struct store *st)
{
	AUTO(jobs_row_release) struct jobs_row row = { 0 };
	struct err err = ERR_INIT;

	ck_ok(jobs_add(&row, st, "/srv/jobs", "s", "m", &err), &err);
	return row.id;
}

static bool move(struct store *st, int64_t id, enum jobs_state from,
		 enum jobs_state to, const char *verdict)
{
	struct err err = ERR_INIT;
	bool moved = false;

	ck_ok(jobs_move(&moved, st, id, from, to, verdict, &err), &err);
	return moved;
}

START_TEST(a_new_job_waits_in_a_folder_of_its_own)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(jobs_row_release) struct jobs_row row = { 0 };
	struct err err = ERR_INIT;

	ck_ok(jobs_add(&row, p.store, "/srv/jobs", "[PATCH] \xff'; DROP", "a@b",
		       &err),
	      &err);
	ck_assert_int_eq(row.id, 1);
	ck_assert_int_eq(row.state, JOBS_WAITING);
	ck_assert_str_eq(row.subject, "[PATCH] \xff'; DROP");
	ck_assert_str_eq(row.message_id, "a@b");
	ck_assert_str_eq(row.folder, "/srv/jobs/1");
	ck_assert_ptr_null(row.verdict);
	ck_assert_int_gt(row.created, 1700000000);
	ck_assert_int_eq(row.finished, 0);
}
END_TEST

START_TEST(a_job_is_claimed_once)
{
	AUTO(place_release) struct place p = place_new();
	int64_t id = add(p.store);

	ck_assert(move(p.store, id, JOBS_WAITING, JOBS_RUNNING, NULL));
	ck_assert(!move(p.store, id, JOBS_WAITING, JOBS_RUNNING, NULL));
	ck_assert(!move(p.store, id + 1, JOBS_WAITING, JOBS_RUNNING, NULL));
}
END_TEST

START_TEST(a_job_ends_with_its_verdict)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(jobs_row_release) struct jobs_row row = { 0 };
	int64_t id = add(p.store);
	struct err err = ERR_INIT;
	bool found;

	ck_assert(move(p.store, id, JOBS_WAITING, JOBS_RUNNING, NULL));
	ck_assert(move(p.store, id, JOBS_RUNNING, JOBS_DONE, "regression"));
	ck_ok(jobs_find(&found, &row, p.store, id, &err), &err);
	ck_assert(found);
	ck_assert_int_eq(row.state, JOBS_DONE);
	ck_assert_str_eq(row.verdict, "regression");
	ck_assert_int_gt(row.finished, 1700000000);
}
END_TEST

static const struct {
	enum jobs_state from, to;
	bool may;
} moves[] = {
	{ JOBS_WAITING, JOBS_WAITING, false },
	{ JOBS_WAITING, JOBS_RUNNING, true },
	{ JOBS_WAITING, JOBS_DONE, false },
	{ JOBS_WAITING, JOBS_FAILED, true },
	{ JOBS_RUNNING, JOBS_WAITING, true },
	{ JOBS_RUNNING, JOBS_RUNNING, false },
	{ JOBS_RUNNING, JOBS_DONE, true },
	{ JOBS_RUNNING, JOBS_FAILED, true },
	{ JOBS_DONE, JOBS_WAITING, false },
	{ JOBS_DONE, JOBS_FAILED, false },
	{ JOBS_FAILED, JOBS_WAITING, false },
	{ JOBS_FAILED, JOBS_RUNNING, false },
};

START_TEST(what_has_ended_does_not_move)
{
	ck_assert_int_eq(jobs_may_move(moves[_i].from, moves[_i].to),
			 moves[_i].may);
}
END_TEST

START_TEST(jobs_are_listed_by_state_oldest_first)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(jobs_list_release) struct jobs_list waiting = { 0 };
	int64_t first = add(p.store);
	int64_t second = add(p.store);
	int64_t third = add(p.store);
	struct err err = ERR_INIT;

	ck_assert(move(p.store, second, JOBS_WAITING, JOBS_RUNNING, NULL));
	ck_ok(jobs_all(&waiting, p.store, JOBS_WAITING, &err), &err);
	ck_assert_uint_eq(waiting.n, 2);
	ck_assert_int_eq(waiting.v[0].id, first);
	ck_assert_int_eq(waiting.v[1].id, third);
}
END_TEST

START_TEST(an_id_is_never_given_twice)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(jobs_row_release) struct jobs_row row = { 0 };
	int64_t id = add(p.store);
	struct err err = ERR_INIT;
	bool found;

	ck_ok(jobs_remove(p.store, id, &err), &err);
	ck_ok(jobs_remove(p.store, id, &err), &err);
	ck_ok(jobs_find(&found, &row, p.store, id, &err), &err);
	ck_assert(!found);
	ck_assert_int_gt(add(p.store), id);
}
END_TEST

static const struct {
	size_t len;
	int rc;
} lengths[] = {
	{ JOBS_MAX_TEXT, 0 },
	{ JOBS_MAX_TEXT + 1, -1 },
};

START_TEST(a_subject_has_a_ceiling)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(mem_free) char *subject = xcalloc(lengths[_i].len + 1, 1);
	AUTO(jobs_row_release) struct jobs_row row = { 0 };
	struct err err = ERR_INIT;

	memset(subject, 'x', lengths[_i].len);
	ck_assert_int_eq(jobs_add(&row, p.store, "/j", subject, "m", &err),
			 lengths[_i].rc);
	if (lengths[_i].rc < 0)
		ck_assert_int_eq(err.kind, ERR_LIMIT);
}
END_TEST

TEST_MAIN("jobs", TEST(a_new_job_waits_in_a_folder_of_its_own),
	  TEST(a_job_is_claimed_once), TEST(a_job_ends_with_its_verdict),
	  TABLE(what_has_ended_does_not_move, moves),
	  TEST(jobs_are_listed_by_state_oldest_first),
	  TEST(an_id_is_never_given_twice),
	  TABLE(a_subject_has_a_ceiling, lengths))
