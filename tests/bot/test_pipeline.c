/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/pipeline.h"

#include "bot/base/fs.h"
#include "tests/support/queue.h"
#include "tests/support/support.h"

static char *dir;

static struct store *open_store(void)
{
	AUTO(mem_free) char *path = NULL;
	struct store *store = NULL;
	struct err err = ERR_INIT;

	dir = support_tmpdir();
	path = xasprintf("%s/db", dir);
	ck_ok(store_open(&store, path, &err), &err);
	return store;
}

static void close_store(struct store *store)
{
	struct err err = ERR_INIT;

	store_free(store);
	ck_ok(fs_remove_tree(dir, &err), &err);
	free(TAKE(dir));
}

START_TEST(what_one_stage_makes_another_takes)
{
	enum revisions_state state = REVISIONS_READY;

	for (size_t i = 0; i < PIPELINE_N; i++) {
		const struct stage *s = &pipeline[i];

		ck_assert_ptr_eq(pipeline_find(s->name), s);
		ck_assert(s->run && s->timeout_s && s->profile);
		if (s->scope != STAGE_OF_REVISION)
			continue;
		ck_assert_int_eq(s->takes, state);
		ck_assert(revisions_may_move(s->takes, s->makes));
		ck_assert(revisions_may_move(s->takes, REVISIONS_PARKED));
		state = s->makes;
	}
	ck_assert_int_eq(state, REVISIONS_DONE);
	ck_assert_ptr_null(pipeline_find("seal"));
}
END_TEST

static const struct {
	enum err_kind kind;
	enum fate fate;
	int exit_code;
} kinds[] = {
	{ ERR_NONE, FATE_NONE, 0 },    { ERR_INPUT, FATE_PARK, 71 },
	{ ERR_LIMIT, FATE_PARK, 72 },  { ERR_RETRY, FATE_LATER, 73 },
	{ ERR_CONFIG, FATE_STOP, 74 }, { ERR_SYSTEM, FATE_STOP, 75 },
};

START_TEST(a_kind_has_one_fate_and_one_exit_code)
{
	enum err_kind kind = ERR_NONE;

	ck_assert_int_eq(pipeline_fate(kinds[_i].kind), kinds[_i].fate);
	ck_assert_int_eq(pipeline_exit_code(kinds[_i].kind),
			 kinds[_i].exit_code);
	ck_assert(pipeline_read_exit(&kind, kinds[_i].exit_code));
	ck_assert_int_eq(kind, kinds[_i].kind);
}
END_TEST

static const int foreign[] = { -1, 1, 2, 64, 70, 76, 86, 134 };

START_TEST(another_exit_code_says_nothing)
{
	enum err_kind kind = ERR_NONE;

	ck_assert(!pipeline_read_exit(&kind, foreign[_i]));
}
END_TEST

static const struct {
	enum err_kind kind;
	enum revisions_state state;
	unsigned tries;
	const char *reason;
} failures[] = {
	{ ERR_INPUT, REVISIONS_PARKED, 0, "it went wrong" },
	{ ERR_LIMIT, REVISIONS_PARKED, 0, "it went wrong" },
	{ ERR_RETRY, REVISIONS_READY, 1, "it went wrong" },
	{ ERR_CONFIG, REVISIONS_READY, 0, NULL },
	{ ERR_SYSTEM, REVISIONS_READY, 0, NULL },
};

START_TEST(a_failure_settles_its_revision)
{
	struct store *store = open_store();
	int64_t id =
		queue_add(store, &(struct queue_entry){ "1@x", "one", 1, 10,
							REVISIONS_READY, 0 });
	AUTO(item_release)
	struct item item = { .store = store, .revision = queue_get(store, id) };
	AUTO(revisions_row_release) struct revisions_row now = { 0 };
	struct err why = ERR_INIT;
	struct err err = ERR_INIT;

	err_set(&why, failures[_i].kind, "it went wrong");
	ck_ok(pipeline_settle(&item, &why, &err), &err);
	now = queue_get(store, id);
	ck_assert_int_eq(now.state, failures[_i].state);
	ck_assert_uint_eq(now.tries, failures[_i].tries);
	ck_assert_int_eq(now.until > 0, failures[_i].tries > 0);
	ck_assert_pstr_eq(now.reason, failures[_i].reason);
	close_store(store);
}
END_TEST

START_TEST(what_fails_again_and_again_is_parked)
{
	struct store *store = open_store();
	int64_t id =
		queue_add(store, &(struct queue_entry){ "1@x", "one", 1, 10,
							REVISIONS_READY, 0 });
	struct err why = ERR_INIT;
	unsigned n = 0;

	err_set(&why, ERR_RETRY, "it is busy");
	for (;; n++) {
		AUTO(item_release)
		struct item item = { .store = store,
				     .revision = queue_get(store, id) };
		struct err err = ERR_INIT;

		if (item.revision.state == REVISIONS_PARKED)
			break;
		ck_assert_uint_le(n, REVISIONS_MAX_TRIES);
		ck_ok(pipeline_settle(&item, &why, &err), &err);
	}
	ck_assert_uint_eq(n, REVISIONS_MAX_TRIES + 1);
	close_store(store);
}
END_TEST

START_TEST(one_that_was_written_meanwhile_is_left_alone)
{
	struct store *store = open_store();
	int64_t id =
		queue_add(store, &(struct queue_entry){ "1@x", "one", 1, 10,
							REVISIONS_READY, 0 });
	AUTO(item_release)
	struct item item = { .store = store, .revision = queue_get(store, id) };
	AUTO(revisions_row_release) struct revisions_row now = { 0 };
	struct err why = ERR_INIT;
	struct err err = ERR_INIT;

	queue_move(store, id, REVISIONS_PLACED);
	err_set(&why, ERR_INPUT, "it went wrong");
	ck_ok(pipeline_settle(&item, &why, &err), &err);
	now = queue_get(store, id);
	ck_assert_int_eq(now.state, REVISIONS_PLACED);
	close_store(store);
}
END_TEST

static struct lists_row get_list(struct store *store)
{
	struct lists_row row;
	struct err err = ERR_INIT;
	bool found;

	ck_ok(lists_find(&found, &row, store, "a", &err), &err);
	return row;
}

START_TEST(a_list_that_fails_is_left_alone_for_longer_each_time)
{
	struct store *store = open_store();
	const struct config_list list = { .name = (char[]){ "a" } };
	struct err why = ERR_INIT;
	int64_t last = 0;

	err_set(&why, ERR_SYSTEM, "no route");
	for (unsigned n = 1; n <= 3; n++) {
		AUTO(item_release)
		struct item item = { .store = store,
				     .list = &list,
				     .asked = get_list(store) };
		AUTO(lists_row_release) struct lists_row now = { 0 };
		struct err err = ERR_INIT;

		ck_ok(pipeline_settle(&item, &why, &err), &err);
		now = get_list(store);
		ck_assert_uint_eq(now.failures, n);
		ck_assert_int_gt(now.not_before, last);
		ck_assert_str_eq(now.error, "no route");
		last = now.not_before;
		/* it was told: not twice for one failure */
		ck_ok(pipeline_settle(&item, &why, &err), &err);
		lists_row_release(&now);
		now = get_list(store);
		ck_assert_uint_eq(now.failures, n);
	}
	close_store(store);
}
END_TEST

static const struct {
	unsigned failures;
	int64_t s;
} waits[] = {
	{ 0, 60 },   { 1, 120 },  { 2, 240 },
	{ 6, 3840 }, { 7, 3840 }, { UINT32_MAX, 3840 },
};

START_TEST(waits_double_up_to_an_hour)
{
	ck_assert_int_eq(pipeline_wait_s(waits[_i].failures), waits[_i].s);
}
END_TEST

TEST_MAIN("pipeline", TEST(what_one_stage_makes_another_takes),
	  TABLE(a_kind_has_one_fate_and_one_exit_code, kinds),
	  TABLE(another_exit_code_says_nothing, foreign),
	  TABLE(a_failure_settles_its_revision, failures),
	  TEST(what_fails_again_and_again_is_parked),
	  TEST(one_that_was_written_meanwhile_is_left_alone),
	  TEST(a_list_that_fails_is_left_alone_for_longer_each_time),
	  TABLE(waits_double_up_to_an_hour, waits))
