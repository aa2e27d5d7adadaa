/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon itself: its signals, its lock, its words to a service manager,
 * what it does with workers that fail, hang, or work for nothing. What the
 * stages make is tested in test_pipeline.c of this folder.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/store/lists.h"
#include "tests/support/queue.h"
#include "tests/support/scene.h"
#include "tests/support/served.h"

/* Nobody listens at port 1. */
static const char dead_list[] =
	"[list \"a-list\"]\n\turl = http://127.0.0.1:1/a/\n";

START_TEST(it_ends_when_it_is_told)
{
	static const int signals[] = { SIGTERM, SIGINT };

	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		AUTO(served_release) struct served s = { 0 };

		served_init(&s, "");
		served_start(&s, NULL);
		served_wait(&s, "collider " COLLIDER_VERSION
				" runs lists=0 trees=2 jobs=");
		served_end(&s, signals[i], 0);
	}
}
END_TEST

START_TEST(once_ends_by_itself_and_says_when_a_list_failed)
{
	AUTO(served_release) struct served s = { 0 };
	AUTO(store_free) struct store *store = NULL;
	AUTO(lists_row_release) struct lists_row row = { 0 };
	struct err err = ERR_INIT;
	bool found;

	served_init(&s, "");
	served_start(&s, "--once");
	served_end(&s, 0, 0);
	served_configure(&s, dead_list);
	served_start(&s, "--once");
	served_end(&s, 0, 2);
	store = served_store(&s);
	ck_ok(lists_find(&found, &row, store, "a-list", &err), &err);
	ck_assert(found);
	ck_assert_uint_eq(row.failures, 1);
	ck_assert_int_gt(row.not_before, 0);
}
END_TEST

START_TEST(there_is_one_for_each_state_folder)
{
	AUTO(served_release) struct served s = { 0 };
	struct served other;

	served_init(&s, "");
	served_start(&s, NULL);
	served_wait(&s, "runs");
	other = s;
	other.pid = 0;
	served_start(&other, NULL);
	served_end(&other, 0, 64);
	served_wait(&s, "collider run: another `collider run` works in");
	served_end(&s, SIGTERM, 0);
}
END_TEST

START_TEST(a_bad_configuration_is_told_and_left_alone)
{
	AUTO(served_release) struct served s = { 0 };

	served_init(&s, "");
	served_start(&s, NULL);
	served_wait(&s, "runs lists=0");
	served_configure(&s, "[list \"x\"]\n\turl = gopher://x\n");
	ck_assert_int_eq(kill(s.pid, SIGHUP), 0);
	served_wait(&s, "the configuration stays as it was: why=");
	served_wait(&s, "conf:2: 'list.x.url' must be");
	served_end(&s, SIGTERM, 0);
}
END_TEST

START_TEST(a_good_configuration_is_started_anew_with)
{
	AUTO(served_release) struct served s = { 0 };

	served_init(&s, "");
	served_start(&s, NULL);
	served_wait(&s, "runs lists=0");
	served_configure(&s, "[run]\n\tjobs = 7\n");
	ck_assert_int_eq(kill(s.pid, SIGHUP), 0);
	served_wait(&s, "SIGHUP");
	served_wait(&s, "runs lists=0 trees=2 jobs=7");
	/* a second time, as the same process */
	served_configure(&s, "[run]\n\tjobs = 8\n");
	ck_assert_int_eq(kill(s.pid, SIGHUP), 0);
	served_wait(&s, "jobs=8");
	served_end(&s, SIGTERM, 0);
}
END_TEST

static void hear(int manager, const char *what)
{
	char heard[200];
	ssize_t n = recv(manager, heard, sizeof(heard) - 1, 0);

	ck_assert_int_ge(n, 0);
	heard[n] = '\0';
	ck_assert_msg(strncmp(heard, what, strlen(what)) == 0,
		      "'%s' in place of '%s'", heard, what);
}

START_TEST(a_service_manager_hears_how_it_is)
{
	AUTO(served_release) struct served s = { 0 };
	AUTO(fd_close) int manager = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	served_init(&s, "");
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/manager", s.dir);
	ck_assert_int_eq(bind(manager, (struct sockaddr *)&at, sizeof(at)), 0);
	setenv("NOTIFY_SOCKET", at.sun_path, 1);
	setenv("WATCHDOG_USEC", "1000000000", 1);
	served_start(&s, NULL);
	hear(manager, "READY=1");
	hear(manager, "WATCHDOG=1");
	ck_assert_int_eq(kill(s.pid, SIGHUP), 0);
	hear(manager, "RELOADING=1");
	hear(manager, "READY=1");
	hear(manager, "WATCHDOG=1");
	ck_assert_int_eq(kill(s.pid, SIGTERM), 0);
	hear(manager, "STOPPING=1");
	served_end(&s, 0, 0);
}
END_TEST

/*
 * A tree that is to be made of a tarball, whose lock we hold: whoever wants to
 * place a series waits for us.
 */
struct held {
	struct scene scene;
	struct served s;
	int lock;
};

static void held_init(struct held *h)
{
	AUTO(mem_free) char *text = NULL;
	AUTO(mem_free) char *tree = NULL;
	AUTO(mem_free) char *tarball = NULL;
	struct err err = ERR_INIT;

	scene_init(&h->scene);
	tree = xasprintf("%s/held.git", h->scene.dir);
	tarball = xasprintf("%s/held.tar", h->scene.dir);
	text = xasprintf("%s[tree \"held\"]\n\tpath = %s\n\tsource = %s\n",
			 h->scene.config, tree, tarball);
	ck_ok(fs_write(tarball, "none", 4, &err), &err);
	ck_ok(fs_lock(&h->lock, tree, &err), &err);
	served_init(&h->s, text);
	scene_post(&h->scene, &(struct scene_patch){ .id = "1@x",
						     .subject = "[PATCH] a: b",
						     .line = "two" });
	scene_publish(&h->scene);
	served_start(&h->s, NULL);
	served_wait(&h->s, "stage=place revision=1 begins mail=\"1@x\"");
}

static void held_release(struct held *h)
{
	served_release(&h->s);
	scene_release(&h->scene);
	fd_close(h->lock);
}
DEFINE_AUTO_VALUE(struct held, held_release)

START_TEST(a_review_is_stopped_when_a_newer_version_comes)
{
	AUTO(held_release) struct held h = { .lock = -1 };

	held_init(&h);
	scene_post(&h.scene,
		   &(struct scene_patch){ .id = "2@x",
					  .subject = "[PATCH v2] a: b",
					  .line = "two",
					  .answers = "1@x" });
	scene_publish(&h.scene);
	served_wait(&h.s, "stage=place revision=1 stopped");
	served_wait(&h.s, "stage=place revision=1 state=superseded");
	served_wait(&h.s, "stage=place revision=2 begins mail=\"2@x\"");
	served_end(&h.s, SIGTERM, 0);
}
END_TEST

START_TEST(no_worker_outlives_the_daemon)
{
	static const int signals[] = { SIGTERM, SIGKILL };

	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		AUTO(held_release) struct held h = { .lock = -1 };
		const struct timespec pause = { .tv_nsec = 20000000 };

		held_init(&h);
		while (!served_find_worker(&h.s, "place"))
			nanosleep(&pause, NULL);
		served_end(&h.s, signals[i], signals[i] == SIGTERM ? 0 : -1);
		while (served_find_worker(&h.s, "place"))
			nanosleep(&pause, NULL);
	}
}
END_TEST

START_TEST(a_worker_that_is_killed_is_tried_again_later)
{
	AUTO(held_release) struct held h = { .lock = -1 };
	AUTO(store_free) struct store *store = NULL;
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	const struct timespec pause = { .tv_nsec = 20000000 };
	pid_t worker;

	held_init(&h);
	while (!(worker = served_find_worker(&h.s, "place")))
		nanosleep(&pause, NULL);
	ck_assert_int_eq(kill(worker, SIGSEGV), 0);
	served_wait(&h.s, "stage=place revision=1 failed kind=retry "
			  "why=\"signal 11 ended it\"");
	served_end(&h.s, SIGTERM, 0);
	store = served_store(&h.s);
	row = queue_get(store, 1);
	ck_assert_int_eq(row.state, REVISIONS_READY);
	ck_assert_uint_eq(row.tries, 1);
	ck_assert_int_gt(row.until, 0);
	ck_assert_str_eq(row.reason, "signal 11 ended it");
}
END_TEST

TEST_MAIN("daemon", TEST(it_ends_when_it_is_told),
	  TEST(once_ends_by_itself_and_says_when_a_list_failed),
	  TEST(there_is_one_for_each_state_folder),
	  TEST(a_bad_configuration_is_told_and_left_alone),
	  TEST(a_good_configuration_is_started_anew_with),
	  TEST(a_service_manager_hears_how_it_is),
	  TEST(a_review_is_stopped_when_a_newer_version_comes),
	  TEST(no_worker_outlives_the_daemon),
	  TEST(a_worker_that_is_killed_is_tried_again_later))
