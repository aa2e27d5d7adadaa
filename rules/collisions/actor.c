// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * actor.c - threads that use the file, watched from outside
 */
#include "rules/collisions/run.h"

#include <errno.h>
#include <sys/syscall.h>

char *actor_buffer(size_t len, char letter)
{
	void *p;

	if (posix_memalign(&p, PAGE, len))
		abort();
	memset(p, letter, len);
	return p;
}

static void *act(void *arg)
{
	struct actor *a = arg;

	atomic_store(&a->tid, (pid_t)syscall(SYS_gettid));
	if (a->due_ns)
		sweep_wait_due(a);
	errno = 0;
	a->returned = a->act(a);
	a->error = errno;
	if (a->due_ns)
		sweep_end(a);
	atomic_store(&a->done, true);
	return NULL;
}

void actor_begin(struct actor *a)
{
	snprintf(a->waited, sizeof(a->waited), "no");
	if (pthread_create(&a->thread, NULL, act, a))
		abort();
}

struct actor *actor_start(struct run *r, const struct actor *like)
{
	struct actor *a = &r->actors[r->n_actors];

	if (r->n_actors == RUN_MAX_ACTORS)
		run_spoil(r, "more than %d actors", RUN_MAX_ACTORS);
	if (r->is_spoiled) {
		free(like->data);
		return NULL;
	}
	r->n_actors++;
	*a = *like;
	a->run = r;
	if (!r->sweep.is_open)
		actor_begin(a);
	return a;
}

bool actor_join(struct actor *a)
{
	struct timespec limit;

	if (a->thread == 0)
		return true;
	clock_gettime(CLOCK_MONOTONIC, &limit);
	limit.tv_sec += RETURN_LIMIT_MS / 1000;
	if (pthread_clockjoin_np(a->thread, NULL, CLOCK_MONOTONIC, &limit) !=
	    0) {
		held_where(a->waited, atomic_load(&a->tid));
		return false;
	}
	a->thread = 0;
	return true;
}

enum settled actor_settle(struct actor *a)
{
	int polls = 0;

	if (!a)
		return SETTLED_NEITHER;
	if (a->run->sweep.is_open) {
		sweep_begin_moved(a);
		return SETTLED_NEITHER;
	}
	for (int ms = 0; ms < SETTLE_LIMIT_MS; ms += POLL_MS) {
		pid_t tid = atomic_load(&a->tid);

		if (atomic_load(&a->done))
			return SETTLED_DONE;
		polls = tid && held_in_kernel(tid) ? polls + 1 : 0;
		if (polls == HELD_POLLS) {
			held_where(a->waited, tid);
			return SETTLED_HELD;
		}
		pause_ms(POLL_MS);
	}
	run_spoil(a->run, "%s was neither done nor held", a->name);
	return SETTLED_NEITHER;
}

void actor_await_held(struct actor *a, const char *function)
{
	if (a && a->run->sweep.is_open)
		sweep_begin_fixed(a);
	if (!a || a->run->sweep.is_open)
		return;
	switch (actor_settle(a)) {
	case SETTLED_DONE:
		run_miss(a->run, "%s was not held in %s, it was done", a->name,
			 function);
		break;
	case SETTLED_NEITHER:
		break; /* said so */
	case SETTLED_HELD:
		if (strcmp(a->waited, function) != 0)
			run_miss(a->run, "%s was held in %s, not in %s",
				 a->name, a->waited, function);
		break;
	}
}

/* Where a thread waits for the direct I/O that it does itself. */
static bool is_direct_wait(const char *function)
{
	static const char *const waits[] = { "__iomap_dio_rw",
					     "__blockdev_direct_IO",
					     "__blkdev_direct_IO" };

	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		if (strcmp(function, waits[i]) == 0)
			return true;
	return false;
}

/*
 * Submitted, and its thread waits for the completion; or the submission itself
 * is held, as some filesystems make it synchronous.
 */
static bool is_settling(struct actor *a, int *submitted, int *held)
{
	pid_t tid = atomic_load(&a->tid);
	bool is_held = tid && held_in_kernel(tid);

	if (atomic_load(&a->done))
		return false;
	*submitted = atomic_load(&a->is_submitted) ? *submitted + 1 : 0;
	*held = is_held ? *held + 1 : 0;
	if (*held == HELD_POLLS)
		held_where(a->waited, tid);
	return *held < HELD_POLLS && *submitted < SUBMITTED_POLLS;
}

void actor_await_in_flight(struct actor *a)
{
	int submitted = 0, held = 0, ms = 0;

	if (a && a->run->sweep.is_open)
		sweep_begin_fixed(a);
	if (!a || a->run->sweep.is_open)
		return;
	while (ms < SETTLE_LIMIT_MS && is_settling(a, &submitted, &held)) {
		pause_ms(POLL_MS);
		ms += POLL_MS;
	}
	if (atomic_load(&a->done) && a->returned < 0)
		run_spoil(a->run, "%s did not begin: %s", a->name,
			  strerror(a->error));
	else if (atomic_load(&a->done))
		run_miss(a->run, "%s was complete at once", a->name);
	else if (held == HELD_POLLS && !is_direct_wait(a->waited))
		run_miss(a->run, "%s was held in %s, not in flight", a->name,
			 a->waited);
	else if (ms >= SETTLE_LIMIT_MS)
		run_spoil(a->run, "%s was neither in flight nor held", a->name);
}

const char *actor_deed(struct actor *a)
{
	if (!a)
		return "only fstat met it";
	if (strcmp(a->waited, "no") == 0)
		snprintf(a->deed, sizeof(a->deed),
			 "%s came back inside the window", a->name);
	else
		snprintf(a->deed, sizeof(a->deed),
			 "%s was held in %s until it closed", a->name,
			 a->waited);
	return a->deed;
}

struct actor *actor_call(struct actor *a, const char *name)
{
	if (a)
		a->name = name;
	return a;
}
