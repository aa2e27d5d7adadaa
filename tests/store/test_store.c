/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "bot/store/jobs.h"
#include "tests/store/place.h"
#include "tests/support/support.h"

/* A second look at the file, past the code under test. */
static int64_t look(const struct place *p, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *q = NULL;
	int64_t n;

	ck_assert_int_eq(sqlite3_open(p->path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(q), SQLITE_ROW);
	n = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	sqlite3_close(db);
	return n;
}

static void change(const struct place *p, const char *sql)
{
	sqlite3 *db = NULL;

	ck_assert_int_eq(sqlite3_open(p->path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static int add_job(struct store *st, struct err *err)
{
	AUTO(jobs_row_release) struct jobs_row row = { 0 };

	return jobs_add(&row, st, "/srv/jobs", "[PATCH] x", "a@b", err);
}

static void expect_refusal(const struct place *p, enum err_kind kind,
			   const char *says)
{
	AUTO(store_free) struct store *st = NULL;
	AUTO(mem_free)
	char *want = xasprintf("database '%s': %s", p->path, says);
	struct err err = ERR_INIT;

	ck_assert_int_eq(store_open(&st, p->path, &err), -1);
	ck_assert_ptr_null(st);
	ck_assert_str_eq(err.msg, want);
	ck_assert_int_eq(err.kind, kind);
}

START_TEST(a_new_file_is_made_and_found_again)
{
	AUTO(place_release) struct place p = place_empty();
	AUTO(store_free) struct store *st = NULL;
	AUTO(store_free) struct store *again = NULL;
	struct err err = ERR_INIT;

	ck_ok(store_open(&st, p.path, &err), &err);
	ck_ok(add_job(st, &err), &err);
	ck_ok(store_open(&again, p.path, &err), &err);
	ck_assert_int_eq(look(&p, "SELECT count(*) FROM job"), 1);
	ck_assert_int_eq(look(&p, "PRAGMA user_version"), 7);
}
END_TEST

START_TEST(a_file_of_an_older_collider_is_brought_up_to_date)
{
	static const char to_version_1[] =
		"DROP TABLE probe; DROP TABLE wish; DROP TABLE command; DROP "
		"TABLE seal;"
		"DROP TABLE answer; DROP TABLE outbox_event; DROP TABLE outbox;"
		"DROP TABLE host; DROP TABLE attempt; DROP "
		"TABLE revision;"
		"DROP TABLE series; DROP TABLE mail_copy; DROP TABLE mail;"
		"DROP TABLE ghost; DROP TABLE thread; DROP TABLE reject;"
		"DROP TABLE epoch; DROP TABLE list; PRAGMA user_version = 1";
	AUTO(place_release) struct place p = place_empty();
	AUTO(store_free) struct store *st = NULL;
	struct err err = ERR_INIT;

	ck_ok(store_open(&st, p.path, &err), &err);
	ck_ok(add_job(st, &err), &err);
	store_free(TAKE(st));
	change(&p, to_version_1);
	ck_ok(store_open(&st, p.path, &err), &err);
	ck_assert_int_eq(look(&p, "PRAGMA user_version"), 7);
	ck_assert_int_eq(look(&p, "SELECT count(*) FROM job"), 1);
	ck_assert_int_eq(look(&p, "SELECT count(*) FROM outbox"), 0);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_an_error)
{
	AUTO(place_release) struct place p = place_empty();
	struct err err = ERR_INIT;

	ck_ok(fs_remove_tree(p.dir, &err), &err);
	expect_refusal(&p, ERR_CONFIG, "No such file or directory");
}
END_TEST

START_TEST(a_file_of_a_newer_collider_is_left_alone)
{
	AUTO(place_release) struct place p = place_empty();
	AUTO(store_free) struct store *st = NULL;
	struct err err = ERR_INIT;

	ck_ok(store_open(&st, p.path, &err), &err);
	change(&p, "PRAGMA user_version = 97");
	expect_refusal(&p, ERR_CONFIG,
		       "it is of a newer collider (version 97, this one knows "
		       "up to 7)");
	ck_assert_int_eq(look(&p, "PRAGMA user_version"), 97);
}
END_TEST

START_TEST(a_database_of_another_program_is_left_alone)
{
	AUTO(place_release) struct place p = place_empty();
	AUTO(buf_release) struct buf before = { 0 };
	AUTO(buf_release) struct buf after = { 0 };
	struct err err = ERR_INIT;

	change(&p, "CREATE TABLE theirs (a)");
	ck_ok(fs_read(&before, p.path, 1 << 20, &err), &err);
	expect_refusal(&p, ERR_CONFIG, "it belongs to another program");
	ck_ok(fs_read(&after, p.path, 1 << 20, &err), &err);
	ck_assert_uint_eq(before.len, after.len);
	ck_assert_int_eq(memcmp(before.data, after.data, after.len), 0);
}
END_TEST

START_TEST(a_file_that_is_no_database_is_left_alone)
{
	AUTO(place_release) struct place p = place_empty();
	static const char text[] = "Dear diary, this is more than 16 bytes.\n";
	AUTO(buf_release) struct buf after = { 0 };
	struct err err = ERR_INIT;

	ck_ok(fs_write(p.path, text, sizeof(text) - 1, &err), &err);
	expect_refusal(&p, ERR_CONFIG, "it is not a database");
	ck_ok(fs_read(&after, p.path, 1 << 20, &err), &err);
	ck_assert_str_eq(after.data, text);
}
END_TEST

START_TEST(a_damaged_file_is_told_and_kept)
{
	AUTO(place_release) struct place p = place_empty();
	AUTO(store_free) struct store *st = NULL;
	struct err err = ERR_INIT;
	char noise[512];
	int fd;

	ck_ok(store_open(&st, p.path, &err), &err);
	ck_ok(add_job(st, &err), &err);
	store_free(TAKE(st)); /* the last one out empties the WAL */
	memset(noise, 0xa5, sizeof(noise));
	fd = open(p.path, O_WRONLY);
	ck_assert_int_eq(pwrite(fd, noise, sizeof(noise), 100), sizeof(noise));
	close(fd);
	expect_refusal(&p, ERR_SYSTEM,
		       "it is damaged; restore it, or move it away to begin "
		       "anew");
	ck_assert(fs_exists(p.path));
}
END_TEST

/* Runs @body in a child, so that what it does to the process stays there. */
static int in_child(int (*body)(const struct place *p), const struct place *p)
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(body(p));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status), "ended by signal %d",
		      WTERMSIG(status));
	return WEXITSTATUS(status);
}

static int open_without_rights(const struct place *p)
{
	if (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)
		return 1;
	expect_refusal(p, ERR_CONFIG, "it may not be written");
	return 0;
}

START_TEST(a_file_that_may_not_be_written_is_a_matter_of_configuration)
{
	AUTO(place_release) struct place p = place_empty();
	AUTO(store_free) struct store *st = NULL;
	struct err err = ERR_INIT;

	ck_ok(store_open(&st, p.path, &err), &err);
	store_free(TAKE(st));
	ck_assert_int_eq(chmod(p.path, 0444), 0);
	ck_assert_int_eq(chmod(p.dir, 0755), 0);
	ck_assert_int_eq(in_child(open_without_rights, &p), 0);
}
END_TEST

/* Our own mount namespace, so that a small disk can be had without root. */
static bool mount_small_disk(const struct place *p)
{
	uid_t uid = geteuid();
	struct err err = ERR_INIT;
	AUTO(mem_free) char *map = xasprintf("0 %u 1", uid);

	if (unshare(CLONE_NEWNS | (uid ? CLONE_NEWUSER : 0)) < 0)
		return false;
	if (uid && fs_write("/proc/self/uid_map", map, strlen(map), &err) < 0)
		return false;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", p->dir, "tmpfs", 0, "size=512k") == 0;
}

static int fill_the_disk(const struct place *p)
{
	AUTO(store_free) struct store *st = NULL;
	struct err err = ERR_INIT;
	int64_t stored = 0;

	if (!mount_small_disk(p))
		return 77;
	ck_ok(store_open(&st, p->path, &err), &err);
	while (add_job(st, &err) == 0)
		stored++;
	ck_assert_ptr_nonnull(strstr(err.msg, "no space left on its disk"));
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
	ck_assert_int_gt(stored, 0);
	store_free(TAKE(st));
	err = (struct err)ERR_INIT;
	ck_ok(store_open(&st, p->path, &err), &err);
	ck_assert_int_eq(look(p, "SELECT count(*) FROM job"), stored);
	return 0;
}

START_TEST(a_full_disk_loses_nothing_that_was_stored)
{
	AUTO(place_release) struct place p = place_empty();
	int rc = in_child(fill_the_disk, &p);

	ck_assert_msg(rc != 77, "no user namespaces: collider needs them");
	ck_assert_int_eq(rc, 0);
}
END_TEST

START_TEST(who_waits_too_long_may_try_again)
{
	AUTO(place_release) struct place p = place_empty();
	AUTO(store_free) struct store *st = NULL;
	struct err err = ERR_INIT;
	sqlite3 *other = NULL;

	ck_ok(store_open(&st, p.path, &err), &err);
	ck_assert_int_eq(sqlite3_open(p.path, &other), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL,
				      NULL),
			 SQLITE_OK);
	ck_assert_int_eq(add_job(st, &err), -1);
	ck_assert_int_eq(err.kind, ERR_RETRY);
	ck_assert_ptr_nonnull(
		strstr(err.msg, "another collider is writing to it"));
	sqlite3_close(other);
	err = (struct err)ERR_INIT;
	ck_ok(add_job(st, &err), &err);
}
END_TEST

static int open_and_add(const struct place *p)
{
	AUTO(store_free) struct store *st = NULL;
	struct err err = ERR_INIT;

	if (store_open(&st, p->path, &err) == 0 && add_job(st, &err) == 0)
		return 0;
	fprintf(stderr, "%s\n", err.msg);
	return 1;
}

START_TEST(many_may_begin_at_once)
{
	AUTO(place_release) struct place p = place_empty();
	enum { OPENERS = 12 };
	int failed = 0;
	int status;

	for (int i = 0; i < OPENERS; i++)
		if (fork() == 0)
			_exit(open_and_add(&p));
	for (int i = 0; i < OPENERS; i++) {
		ck_assert_int_gt(wait(&status), 0);
		failed += status != 0;
	}
	ck_assert_int_eq(failed, 0);
	ck_assert_int_eq(look(&p, "SELECT count(*) FROM job"), OPENERS);
}
END_TEST

/* One that has begun to write, and says so, and goes away without a word. */
static int begin_and_leave(const struct place *p, int said)
{
	sqlite3 *db = NULL;

	if (sqlite3_open(p->path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) !=
		    SQLITE_OK ||
	    write(said, ".", 1) != 1)
		return 1;
	usleep(300000);
	return 0;
}

/* Before the file is in WAL mode SQLite itself does not wait. */
START_TEST(who_begins_beside_another_waits)
{
	AUTO(place_release) struct place p = place_empty();
	AUTO(store_free) struct store *st = NULL;
	struct err err = ERR_INIT;
	int ends[2], status;
	char dot;
	pid_t other;

	ck_assert_int_eq(pipe(ends), 0);
	other = fork();
	if (other == 0)
		_exit(begin_and_leave(&p, ends[1]));
	close(ends[1]);
	ck_assert_int_eq(read(ends[0], &dot, 1), 1);
	close(ends[0]);
	ck_ok(store_open(&st, p.path, &err), &err);
	ck_assert_int_eq(waitpid(other, &status, 0), other);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* Commit 1 is the migration; a job is added in 2, moved in 3. */
static int add_and_move(const struct place *p)
{
	AUTO(store_free) struct store *st = NULL;
	AUTO(jobs_row_release) struct jobs_row row = { 0 };
	struct err err = ERR_INIT;
	bool moved;

	if (store_open(&st, p->path, &err) < 0 ||
	    jobs_add(&row, st, "/j", "s", "m", &err) < 0 ||
	    jobs_move(&moved, st, row.id, JOBS_WAITING, JOBS_RUNNING, NULL,
		      &err) < 0)
		return 1;
	return moved ? 0 : 2;
}

static const struct {
	const char *at;
	int exit;
	int is_made, jobs, running; /* afterwards */
} crashes[] = {
	{ "1", STORE_CRASH_EXIT, 0, 0, 0 },
	{ "1+", STORE_CRASH_EXIT, 1, 0, 0 },
	{ "2", STORE_CRASH_EXIT, 1, 0, 0 },
	{ "2+", STORE_CRASH_EXIT, 1, 1, 0 },
	{ "3", STORE_CRASH_EXIT, 1, 1, 0 },
	{ "3+", STORE_CRASH_EXIT, 1, 1, 1 },
	{ "4", 0, 1, 1, 1 },
	{ "4+", 0, 1, 1, 1 },
	{ "x", 0, 1, 1, 1 },
	{ "", 0, 1, 1, 1 },
};

START_TEST(a_crash_leaves_the_rows_before_or_after_a_commit)
{
	AUTO(place_release) struct place p = place_empty();
	AUTO(store_free) struct store *st = NULL;
	struct err err = ERR_INIT;

	setenv("COLLIDER_CRASH_AT", crashes[_i].at, 1);
	ck_assert_int_eq(in_child(add_and_move, &p), crashes[_i].exit);
	unsetenv("COLLIDER_CRASH_AT");

	ck_assert_int_eq(look(&p, "PRAGMA user_version") > 0,
			 crashes[_i].is_made);
	ck_ok(store_open(&st, p.path, &err), &err);
	ck_assert_int_eq(look(&p, "SELECT count(*) FROM job"),
			 crashes[_i].jobs);
	ck_assert_int_eq(look(&p, "SELECT count(*) FROM job WHERE state = 1"),
			 crashes[_i].running);
	ck_ok(add_job(st, &err), &err);
}
END_TEST

/* With the schema there, each process commits twice. */
static const struct {
	const char *at;
	int exits[3]; /* of three processes, one after the other */
} shared_crashes[] = {
	{ "1", { STORE_CRASH_EXIT, 0, 0 } },
	{ "2", { STORE_CRASH_EXIT, 0, 0 } },
	{ "3", { 0, STORE_CRASH_EXIT, 0 } },
	{ "4+", { 0, STORE_CRASH_EXIT, 0 } },
	{ "6", { 0, 0, STORE_CRASH_EXIT } },
	{ "7", { 0, 0, 0 } },
};

START_TEST(commits_are_counted_over_all_processes)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(mem_free) char *count = xasprintf("%s/count", p.dir);

	setenv("COLLIDER_CRASH_AT", shared_crashes[_i].at, 1);
	setenv("COLLIDER_CRASH_COUNT", count, 1);
	for (size_t i = 0; i < ARRAY_LEN(shared_crashes[_i].exits); i++)
		ck_assert_int_eq(in_child(add_and_move, &p),
				 shared_crashes[_i].exits[i]);
}
END_TEST

START_TEST(a_count_that_cannot_be_kept_is_an_error)
{
	AUTO(place_release) struct place p = place_empty();
	AUTO(store_free) struct store *st = NULL;
	AUTO(mem_free) char *count = xasprintf("%s/none/count", p.dir);
	AUTO(mem_free)
	char *want = xasprintf("cannot count in '%s': No such "
			       "file or directory",
			       count);
	struct err err = ERR_INIT;

	setenv("COLLIDER_CRASH_COUNT", count, 1);
	ck_assert_int_eq(store_open(&st, p.path, &err), -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err.msg, want);
}
END_TEST

static int add_for_ever(const struct place *p)
{
	AUTO(store_free) struct store *st = NULL;
	struct err err = ERR_INIT;

	if (store_open(&st, p->path, &err) < 0)
		return 1;
	while (add_job(st, &err) == 0)
		if (write(STDOUT_FILENO, ".", 1) != 1)
			return 1;
	return 1;
}

START_TEST(kill_9_loses_nothing_that_was_said_to_be_stored)
{
	AUTO(place_release) struct place p = place_empty();
	AUTO(store_free) struct store *st = NULL;
	struct err err = ERR_INIT;
	int64_t said = 0;
	char dots[64];
	int ends[2];
	ssize_t n;
	pid_t pid;

	ck_ok(store_open(&st, p.path, &err), &err);
	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		_exit(add_for_ever(&p));
	}
	close(ends[1]);
	while (said < 100 && (n = read(ends[0], dots, sizeof(dots))) > 0)
		said += n;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	while ((n = read(ends[0], dots, sizeof(dots))) > 0)
		said += n;
	close(ends[0]);
	ck_assert_int_ge(said, 100);
	ck_assert_int_ge(look(&p, "SELECT count(*) FROM job"), said);
	ck_assert_int_le(look(&p, "SELECT count(*) FROM job"), said + 1);
	ck_ok(add_job(st, &err), &err);
}
END_TEST

TEST_MAIN("store", TEST(a_new_file_is_made_and_found_again),
	  TEST(a_file_of_an_older_collider_is_brought_up_to_date),
	  TEST(a_folder_that_is_not_there_is_an_error),
	  TEST(a_file_of_a_newer_collider_is_left_alone),
	  TEST(a_database_of_another_program_is_left_alone),
	  TEST(a_file_that_is_no_database_is_left_alone),
	  TEST(a_damaged_file_is_told_and_kept),
	  TEST(a_file_that_may_not_be_written_is_a_matter_of_configuration),
	  TEST(a_full_disk_loses_nothing_that_was_stored),
	  TEST(who_waits_too_long_may_try_again), TEST(many_may_begin_at_once),
	  TEST(who_begins_beside_another_waits),
	  TABLE(a_crash_leaves_the_rows_before_or_after_a_commit, crashes),
	  TABLE(commits_are_counted_over_all_processes, shared_crashes),
	  TEST(a_count_that_cannot_be_kept_is_an_error),
	  TEST(kill_9_loses_nothing_that_was_said_to_be_stored))
