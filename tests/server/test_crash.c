/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Crash torture: the whole daemon, with all its workers, dies at commit n; a
 * restart ends in the same database, archive and outbox as an undisturbed run.
 */
#include <signal.h>
#include <time.h>

#include "bot/base/fs.h"
#include "tests/store/dump.h"
#include "tests/support/run.h"
#include "tests/support/scene.h"
#include "tests/support/served.h"

#define STATE_MAX (4u << 20)
#define MAX_COMMITS 500 /* that a run has, at most; it has some 30 */

/*
 * Three series: one that does not apply, which is drafted, with a copy for the
 * moderator; a cover with two patches, one of which is missing; one that a
 * newer version supersedes.
 */
static void post(struct scene *s)
{
	static const struct scene_patch patches[] = {
		{ "1@x", "[PATCH] iomap: no such line", NULL, "four", NULL },
		{ "2@x", "[PATCH 1/3] iomap: a series", "B <b@x>", "one",
		  NULL },
		{ "3@x", "[PATCH 3/3] iomap: its end", "B <b@x>", "three",
		  "2@x" },
		{ "4@x", "[PATCH] iomap: an idea", "C <c@x>", "five", NULL },
		{ "5@x", "[PATCH v2] iomap: an idea", "C <c@x>", "six", "4@x" },
	};

	for (size_t i = 0; i < ARRAY_LEN(patches); i++)
		scene_post(s, &patches[i]);
	scene_publish(s);
}

static char *config_of(const struct scene *s)
{
	return xasprintf("%s\twait = 0 s\n"
			 "[list \"a-list\"]\n\ttell = does-not-apply\n"
			 "\tpolicy = author\n"
			 "[mail]\n\tmoderator = mo@z\n",
			 s->config);
}

/* What is to be the same afterwards: rows, files of the archive, our mails. */
static void read_state(struct buf *out, const struct served *d)
{
	AUTO(mem_free) char *db = xasprintf("%s/collider.db", d->state);
	AUTO(mem_free)
	char *list = xasprintf(
		"cd '%s' && find archive outbox results -type f"
		" ! -path '*/.notmuch/*' ! -name '*.lock' | sed 's/,.*//' |"
		" LC_ALL=C sort; find archive/cur archive/new outbox -type f"
		" -exec cat '{}' + | grep -v '^ *Date:' | LC_ALL=C sort | "
		"cksum",
		d->state);
	AUTO(run_release) struct run r = { 0 };

	buf_init(out, STATE_MAX);
	dump_database(out, db);
	run_shell(&r, list);
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	buf_add(out, buf_text(&r.out), r.out.len);
}

/*
 * The path of the state folder becomes dots, how long something took nothing.
 */
static void make_neutral(struct buf *text, const char *dir)
{
	static const char took[] = "ms\":";

	for (char *at = text->data; (at = strstr(at, dir));)
		memset(at, '.', strlen(dir));
	for (char *at = text->data; (at = strstr(at, took));) {
		size_t digits = strspn(at + strlen(took), "0123456789");

		at += strlen(took);
		memmove(at, at + digits, strlen(at + digits) + 1);
		text->len -= digits;
	}
}

static void expect_same(const struct scene *s, const struct buf *is,
			const struct buf *was, const char *when)
{
	AUTO(mem_free) char *is_path = xasprintf("%s/is", s->dir);
	AUTO(mem_free) char *was_path = xasprintf("%s/was", s->dir);
	AUTO(mem_free)
	char *diff = xasprintf("diff -U0 '%s' '%s' | cut -c 1-500", was_path,
			       is_path);
	AUTO(run_release) struct run r = { 0 };
	struct err err = ERR_INIT;

	if (strcmp(buf_text(is), buf_text(was)) == 0)
		return;
	ck_ok(fs_write(is_path, buf_text(is), is->len, &err), &err);
	ck_ok(fs_write(was_path, buf_text(was), was->len, &err), &err);
	run_shell(&r, diff);
	ck_abort_msg("%s it is not as it was:\n%.3000s", when,
		     buf_text(&r.out));
}

/* Run to the end, through crashes; false: there was none. */
static bool run(struct buf *state_out, const struct scene *s,
		const char *crash_at)
{
	AUTO(served_release) struct served d = { 0 };
	AUTO(mem_free) char *config = config_of(s);
	AUTO(mem_free) char *count = NULL;
	bool has_crashed = false;

	served_init(&d, config);
	count = xasprintf("%s/count", d.dir);
	if (crash_at) {
		setenv("COLLIDER_CRASH_AT", crash_at, 1);
		setenv("COLLIDER_CRASH_COUNT", count, 1);
		served_start(&d, "--once");
		has_crashed = served_join(&d) == STORE_CRASH_EXIT;
		unsetenv("COLLIDER_CRASH_AT");
		unsetenv("COLLIDER_CRASH_COUNT");
	}
	if (!crash_at || has_crashed) {
		served_start(&d, "--once");
		served_end(&d, 0, 0);
	}
	read_state(state_out, &d);
	make_neutral(state_out, d.dir);
	return has_crashed;
}

static const char *const moments[] = { "", "+" }; /* before, after */

START_TEST(a_crash_at_any_commit_ends_in_the_same_state)
{
	AUTO(scene_release) struct scene s = { 0 };
	AUTO(buf_release) struct buf undisturbed = { 0 };
	bool has_crashed = true;
	unsigned n = 0;

	scene_init(&s);
	post(&s);
	run(&undisturbed, &s, NULL);
	while (has_crashed) {
		AUTO(buf_release) struct buf state = { 0 };
		AUTO(mem_free)
		char *at = xasprintf("%u%s", ++n, moments[_i]);

		ck_assert_uint_lt(n, MAX_COMMITS);
		has_crashed = run(&state, &s, at);
		expect_same(&s, &state, &undisturbed, at);
	}
	ck_assert_uint_gt(n, 5); /* else it was never in it */
}
END_TEST

/* Of the daemon, at most so long after its start; a run takes longer. */
#define MOMENT_MS 1500
#define KILLS 20

static void wait_a_moment(void)
{
	const long ms = random() % MOMENT_MS;
	const struct timespec moment = { .tv_sec = ms / 1000,
					 .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&moment, NULL);
}

START_TEST(killed_at_any_moment_it_ends_in_the_same_state)
{
	AUTO(scene_release) struct scene s = { 0 };
	AUTO(served_release) struct served d = { 0 };
	AUTO(mem_free) char *config = NULL;
	AUTO(buf_release) struct buf undisturbed = { 0 };
	AUTO(buf_release) struct buf state = { 0 };

	scene_init(&s);
	post(&s);
	run(&undisturbed, &s, NULL);
	config = config_of(&s);
	served_init(&d, config);
	for (unsigned i = 0; i < KILLS; i++) {
		served_start(&d, "--once");
		wait_a_moment();
		served_kill(&d);
	}
	served_start(&d, "--once");
	served_end(&d, 0, 0);
	read_state(&state, &d);
	make_neutral(&state, d.dir);
	expect_same(&s, &state, &undisturbed, "after many kills");
}
END_TEST

TEST_MAIN("crash", TEST(killed_at_any_moment_it_ends_in_the_same_state),
	  TABLE(a_crash_at_any_commit_ends_in_the_same_state, moments))
