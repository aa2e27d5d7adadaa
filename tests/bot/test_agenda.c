/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/agenda.h"

#include "bot/base/fs.h"
#include "tests/support/queue.h"
#include "tests/support/support.h"

#define NOW 1000000

static char *dir;
static struct store *store;
static struct config config;
static struct config_list lists[] = {
	{ .name = (char[]){ "a-list" },
	  .url = (char[]){ "https://lore/a/" },
	  .enabled = true },
	{ .name = (char[]){ "b-list" },
	  .url = (char[]){ "https://lore/b/" },
	  .enabled = true },
	{ .name = (char[]){ "c-list" },
	  .url = (char[]){ "/srv/c" },
	  .enabled = true },
	{ .name = (char[]){ "d-list" },
	  .url = (char[]){ "https://d/d/" },
	  .enabled = false },
};

static struct agenda *open_agenda(size_t n_lists, bool once)
{
	AUTO(mem_free) char *path = NULL;
	struct agenda *a = NULL;
	struct err err = ERR_INIT;

	config = (struct config){ .lists = lists,
				  .n_lists = n_lists,
				  .follow_interval = 100,
				  .run_jobs = 1 };
	if (!store) {
		dir = support_tmpdir();
		path = xasprintf("%s/db", dir);
		ck_ok(store_open(&store, path, &err), &err);
	}
	ck_ok(agenda_new(&a, &config, store, once, NOW, &err), &err);
	return a;
}

static void close_agenda(struct agenda *a)
{
	struct err err = ERR_INIT;

	agenda_free(a);
	store_free(TAKE(store));
	ck_ok(fs_remove_tree(dir, &err), &err);
	free(TAKE(dir));
}

/* "follow a-list", "try 3", "assemble"; "" when there is nothing. */
static struct agenda_task *take(char *out, size_t size, struct agenda *a,
				int64_t now)
{
	struct agenda_task *task;
	struct err err = ERR_INIT;

	ck_ok(agenda_take(&task, a, now, &err), &err);
	*out = '\0';
	if (task && task->item.list)
		snprintf(out, size, "%s %s", task->stage->name,
			 task->item.list->name);
	else if (task && task->item.revision.id)
		snprintf(out, size, "%s %lld", task->stage->name,
			 (long long)task->item.revision.id);
	else if (task)
		snprintf(out, size, "%s", task->stage->name);
	return task;
}

#define ck_takes(a, now, what)                              \
	__extension__({                                     \
		char was[99];                               \
		struct agenda_task *task_ =                 \
			take(was, sizeof(was), (a), (now)); \
		ck_assert_str_eq(was, (what));              \
		task_;                                      \
	})

static int64_t end(struct agenda *a, struct agenda_task *task,
		   enum err_kind kind, int64_t now)
{
	struct err err = ERR_INIT;
	int64_t rests;

	ck_ok(agenda_end(&rests, a, task, kind, now, &err), &err);
	return rests;
}

static void say_of_list(const struct lists_row *row)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	struct err err = ERR_INIT;

	ck_ok(store_begin(&txn, store, &err), &err);
	ck_ok(lists_put(&txn, row, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
}

START_TEST(one_list_of_a_host_is_followed_at_a_time)
{
	struct agenda *a = open_agenda(4, false);
	struct agenda_task *first = ck_takes(a, NOW, "follow a-list");

	ck_takes(a, NOW, "follow c-list");
	ck_takes(a, NOW, "");
	end(a, first, ERR_NONE, NOW);
	ck_takes(a, NOW, "follow b-list");
	ck_takes(a, NOW, "");
	close_agenda(a);
}
END_TEST

START_TEST(a_list_is_asked_again_after_the_interval)
{
	struct agenda *a = open_agenda(1, false);
	struct err err = ERR_INIT;
	int64_t wake;

	end(a, ck_takes(a, NOW, "follow a-list"), ERR_NONE, NOW);
	ck_takes(a, NOW + 89, "");
	ck_ok(agenda_wake(&wake, a, NOW + 45, &err), &err);
	ck_assert_int_ge(wake, NOW + 90);
	ck_assert_int_le(wake, NOW + 45 + AGENDA_MAX_WAIT_S);
	ck_takes(a, NOW + 111, "follow a-list");
	close_agenda(a);
}
END_TEST

START_TEST(a_list_that_asked_to_be_left_alone_is)
{
	struct agenda *a = open_agenda(1, false);
	struct agenda_task *task = ck_takes(a, NOW, "follow a-list");

	say_of_list(&(struct lists_row){ .name = (char[]){ "a-list" },
					 .failures = 1,
					 .not_before = NOW + 5000,
					 .error = (char[]){ "403" } });
	ck_assert_int_eq(end(a, task, ERR_RETRY, NOW), 0);
	ck_assert(agenda_is_troubled(a));
	ck_takes(a, NOW + 4999, "");
	ck_takes(a, NOW + 5000, "follow a-list");
	agenda_free(a);
	/* nor does a restart */
	a = open_agenda(1, false);
	ck_takes(a, NOW + 4999, "");
	ck_takes(a, NOW + 5000, "follow a-list");
	agenda_free(a);
	/* once does not wait for it */
	a = open_agenda(1, true);
	ck_assert(agenda_is_troubled(a));
	ck_takes(a, NOW + 5000, "");
	close_agenda(a);
}
END_TEST

/* checked: when the list was last asked, for a daemon that starts at NOW */
static const struct {
	int64_t checked;
	bool once;
	int64_t due;
} starts[] = {
	{ 0, false, NOW },	    { NOW - 1, false, NOW + 99 },
	{ NOW - 100, false, NOW },  { NOW - 5000, false, NOW - 4900 },
	{ NOW + 5000, false, NOW }, /* the clock was set back */
	{ NOW - 1, true, NOW },
};

START_TEST(a_restart_does_not_ask_sooner)
{
	struct agenda *a = open_agenda(1, false);

	agenda_free(a);
	say_of_list(&(struct lists_row){ .name = (char[]){ "a-list" },
					 .checked = starts[_i].checked });
	a = open_agenda(1, starts[_i].once);
	ck_takes(a, starts[_i].due - 1, "");
	ck_takes(a, starts[_i].due, "follow a-list");
	close_agenda(a);
}
END_TEST

START_TEST(once_is_once)
{
	struct agenda *a = open_agenda(1, true);

	end(a, ck_takes(a, NOW, "follow a-list"), ERR_NONE, NOW);
	ck_takes(a, NOW + 100000, "");
	close_agenda(a);
}
END_TEST

START_TEST(the_newest_revision_is_first_and_each_stage_has_its_own)
{
	struct agenda *a = open_agenda(0, false);

	queue_add(store, &(struct queue_entry){ "1@x", "one", 1, 10,
						REVISIONS_READY, 0 });
	queue_add(store, &(struct queue_entry){ "2@x", "two", 1, 30,
						REVISIONS_READY, 0 });
	queue_add(store, &(struct queue_entry){ "3@x", "three", 1, 20,
						REVISIONS_PLACED, 0 });
	queue_add(store, &(struct queue_entry){ "4@x", "four", 1, 40,
						REVISIONS_PLACED, 0 });
	queue_add(store, &(struct queue_entry){ "5@x", "five", 1, 5,
						REVISIONS_JUDGED, 0 });
	ck_takes(a, NOW, "place 2");
	ck_takes(a, NOW, "try 4");
	ck_takes(a, NOW, "compose 5");
	ck_takes(a, NOW, "");
	config.run_jobs = 2;
	ck_takes(a, NOW, "try 3");
	ck_takes(a, NOW, "");
	close_agenda(a);
}
END_TEST

START_TEST(what_waits_is_woken_for_and_assembled)
{
	struct agenda *a = open_agenda(0, false);
	struct err err = ERR_INIT;
	int64_t wake;

	queue_add(store, &(struct queue_entry){ "1@x", "one", 1, 10,
						REVISIONS_WAITING, NOW + 7 });
	ck_takes(a, NOW, "");
	ck_ok(agenda_wake(&wake, a, NOW, &err), &err);
	ck_assert_int_eq(wake, NOW + 7);
	ck_takes(a, NOW + 7, "assemble");
	ck_takes(a, NOW + 7, "");
	close_agenda(a);
}
END_TEST

START_TEST(a_stage_that_leaves_its_item_as_it_was_rests)
{
	struct agenda *a = open_agenda(0, false);
	int64_t id =
		queue_add(store, &(struct queue_entry){ "1@x", "one", 1, 10,
							REVISIONS_READY, 0 });
	struct agenda_task *task = ck_takes(a, NOW, "place 1");

	ck_assert_int_eq(end(a, task, ERR_NONE, NOW), 60);
	ck_takes(a, NOW + 59, "");
	task = ck_takes(a, NOW + 60, "place 1");
	ck_assert_int_eq(end(a, task, ERR_SYSTEM, NOW + 60), 120);
	task = ck_takes(a, NOW + 180, "place 1");
	queue_move(store, id, REVISIONS_PLACED);
	ck_assert_int_eq(end(a, task, ERR_NONE, NOW + 180), 0);
	ck_takes(a, NOW + 180, "try 1");
	ck_assert(agenda_is_troubled(a));
	close_agenda(a);
}
END_TEST

START_TEST(assemble_that_makes_nothing_of_a_thread_rests)
{
	struct agenda *a = open_agenda(0, false);
	struct agenda_task *task;

	queue_add_thread(store, "1@x");
	task = ck_takes(a, NOW, "assemble");
	ck_assert_int_eq(end(a, task, ERR_NONE, NOW), 60);
	ck_takes(a, NOW + 59, "");
	task = ck_takes(a, NOW + 60, "assemble");
	queue_add_thread(store, "1@x"); /* it changed: a new try is due */
	ck_assert_int_eq(end(a, task, ERR_NONE, NOW + 60), 0);
	ck_takes(a, NOW + 60, "assemble");
	close_agenda(a);
}
END_TEST

START_TEST(a_superseded_revision_is_overtaken)
{
	struct agenda *a = open_agenda(0, false);
	struct agenda_task *task;
	struct err err = ERR_INIT;
	bool is;

	queue_add(store, &(struct queue_entry){ "1@x", "one", 1, 10,
						REVISIONS_PLACED, 0 });
	task = ck_takes(a, NOW, "try 1");
	ck_ok(agenda_is_overtaken(&is, a, task, &err), &err);
	ck_assert(!is);
	queue_add(store, &(struct queue_entry){ "2@x", "one", 2, 20,
						REVISIONS_READY, 0 });
	ck_ok(agenda_is_overtaken(&is, a, task, &err), &err);
	ck_assert(is);
	ck_assert_int_eq(end(a, task, ERR_NONE, NOW), 0);
	ck_takes(a, NOW, "place 2");
	ck_takes(a, NOW, "");
	close_agenda(a);
}
END_TEST

START_TEST(one_that_its_own_worker_moved_is_not_overtaken)
{
	struct agenda *a = open_agenda(0, false);
	struct agenda_task *task;
	struct err err = ERR_INIT;
	bool is;

	queue_add(store, &(struct queue_entry){ "1@x", "one", 1, 10,
						REVISIONS_READY, 0 });
	task = ck_takes(a, NOW, "place 1");
	queue_move(store, 1, REVISIONS_PLACED);
	ck_ok(agenda_is_overtaken(&is, a, task, &err), &err);
	ck_assert(!is);
	close_agenda(a);
}
END_TEST

TEST_MAIN("agenda", TEST(one_list_of_a_host_is_followed_at_a_time),
	  TEST(a_list_is_asked_again_after_the_interval),
	  TEST(a_list_that_asked_to_be_left_alone_is),
	  TABLE(a_restart_does_not_ask_sooner, starts), TEST(once_is_once),
	  TEST(the_newest_revision_is_first_and_each_stage_has_its_own),
	  TEST(what_waits_is_woken_for_and_assembled),
	  TEST(a_stage_that_leaves_its_item_as_it_was_rests),
	  TEST(assemble_that_makes_nothing_of_a_thread_rests),
	  TEST(a_superseded_revision_is_overtaken),
	  TEST(one_that_its_own_worker_moved_is_not_overtaken))
