// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who looks whether a guest's plan gets on. The guest program is no library, so
 * it is compiled in here once more.
 */
#include <sched.h>

#include "rules/collisions/held.c"
#include "rules/collisions/watch.c"

#include "tests/support/support.h"

#define LIMIT_S 1

static void end_at_once(const struct watch *w)
{
	watch_beat(w);
}

static void die(const struct watch *w)
{
	(void)w;
	signal(SIGUSR1, SIG_DFL);
	raise(SIGUSR1);
}

/* Longer than the limit, but with a beat in each. */
static void get_on(const struct watch *w)
{
	for (int i = 0; i < 6; i++) {
		watch_beat(w);
		usleep(LIMIT_S * 1000000 / 2);
	}
}

/* As one does that waits for the console. */
static void sleep_too_long(const struct watch *w)
{
	watch_beat(w);
	sleep(3 * LIMIT_S);
}

static int sleep_long(void *unused)
{
	(void)unused;
	return sleep(30 * LIMIT_S) > 0;
}

/* Who calls it with CLONE_VFORK is in state D until the other is gone. */
static void *hang(void *unused)
{
	char stack[16384] __attribute__((aligned(16)));

	clone(sleep_long, stack + sizeof(stack), CLONE_VM | CLONE_VFORK, NULL);
	return unused;
}

static void hang_alone(const struct watch *w)
{
	watch_beat(w);
	hang(NULL);
}

static void hang_both(const struct watch *w)
{
	pthread_t thread;

	watch_beat(w);
	if (pthread_create(&thread, NULL, hang, NULL) == 0)
		hang(NULL);
}

static const struct {
	void (*live)(const struct watch *w);
	bool is_stuck;
	const char *not_said; /* of one that is stuck */
} lives[] = {
	{ end_at_once, false, "" },
	{ die, false, "" },
	{ get_on, false, "" },
	{ sleep_too_long, false, "" },
	{ hang_alone, true, "user space" },
	{ hang_both, true, "user space" },
};

START_TEST(one_that_does_not_get_on_is_seen)
{
	char says[WATCH_MAX_TEXT] = "";
	struct watch w;
	bool stuck;

	ck_assert(watch_begin(&w));
	if (w.child == 0) {
		setpgid(0, 0); /* whom it has started goes with it */
		lives[_i].live(&w);
		_exit(0);
	}
	stuck = watch_child(says, &w, LIMIT_S);
	if (stuck)
		kill(-w.child, SIGKILL);
	ck_assert_int_eq(stuck, lives[_i].is_stuck);
	ck_assert_int_eq(strstr(says, "a thread is held in ") != NULL, stuck);
	ck_assert(!stuck || !strstr(says, lives[_i].not_said));
}
END_TEST

TEST_MAIN("watch", TABLE(one_that_does_not_get_on_is_seen, lives))
