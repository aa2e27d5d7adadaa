/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_folder.c - what a killed review left is swept, what another uses is not
 */
#include <signal.h>
#include <sys/wait.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/stages/folder.h"
#include "tests/support/support.h"

struct state {
	char *dir;
	char *db;
	struct store *store;
};

static void state_release(struct state *s)
{
	struct err err = ERR_INIT;

	store_free(s->store);
	ck_ok(fs_remove_tree(s->dir, &err), &err);
	free(s->dir);
	free(s->db);
}
DEFINE_AUTO_VALUE(struct state, state_release)

static void make_state(struct state *s)
{
	struct err err = ERR_INIT;

	*s = (struct state){ .dir = support_tmpdir() };
	s->db = xasprintf("%s/db", s->dir);
	ck_ok(store_open(&s->store, s->db, &err), &err);
}

static void begin(struct folder *f, struct state *s)
{
	struct err err = ERR_INIT;

	ck_ok(folder_begin(f, s->store, s->dir, "a series", "x@y", &err), &err);
	ck_ok(fs_mkdirs(f->row.folder, 0755, &err), &err);
}

static size_t count(struct state *s, enum jobs_state state)
{
	AUTO(jobs_list_release) struct jobs_list list = { 0 };
	struct err err = ERR_INIT;

	ck_ok(jobs_all(&list, s->store, state, &err), &err);
	return list.n;
}

START_TEST(a_job_that_ran_leaves_nothing_unless_it_is_kept)
{
	AUTO(state_release) struct state s;
	AUTO(folder_release) struct folder gone = FOLDER_INIT;
	AUTO(folder_release) struct folder kept = FOLDER_INIT;
	struct err err = ERR_INIT;

	make_state(&s);
	begin(&gone, &s);
	begin(&kept, &s);
	ck_ok(folder_end(&gone, s.store, false, &err), &err);
	ck_ok(folder_end(&kept, s.store, true, &err), &err);
	ck_assert(!fs_exists(gone.row.folder) && fs_is_dir(kept.row.folder));
	ck_assert_uint_eq(count(&s, JOBS_RUNNING), 0);
	ck_assert_uint_eq(count(&s, JOBS_DONE), 1);
	ck_ok(folder_sweep(s.store, &err), &err);
	ck_assert(fs_is_dir(kept.row.folder));
}
END_TEST

START_TEST(a_sweep_takes_what_a_killed_process_left_and_nothing_else)
{
	AUTO(state_release) struct state s;
	AUTO(folder_release) struct folder mine = FOLDER_INIT;
	struct err err = ERR_INIT;
	int ready[2];
	char byte;
	pid_t child;

	make_state(&s);
	begin(&mine, &s);
	ck_assert_int_eq(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		struct state own = { 0 };
		struct folder theirs = FOLDER_INIT;

		own.dir = s.dir;
		ck_ok(store_open(&own.store, s.db, &err), &err);
		begin(&theirs, &own);
		ck_assert_int_eq(write(ready[1], "x", 1), 1);
		pause();
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	ck_ok(folder_sweep(s.store, &err), &err);
	ck_assert_uint_eq(count(&s, JOBS_RUNNING), 2);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	ck_ok(folder_sweep(s.store, &err), &err);
	ck_assert_uint_eq(count(&s, JOBS_RUNNING), 1);
	ck_assert(fs_is_dir(mine.row.folder));
}
END_TEST

TEST_MAIN("folder", TEST(a_job_that_ran_leaves_nothing_unless_it_is_kept),
	  TEST(a_sweep_takes_what_a_killed_process_left_and_nothing_else))
