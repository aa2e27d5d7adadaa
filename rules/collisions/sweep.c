// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sweep.c - a window that nobody holds open, and an actor moved through it
 *
 * In a swept run writes are late by LATE_MS in place of being held, whoever is
 * awaited begins LEAD_MS after the zero of the run, and whoever is settled
 * begins at the run's own moment. Under time-travel=inf-cpu nothing else takes
 * time, so what a run sees is a function of that moment; the zero is a tick of
 * the kernel's clock, as the timers of dm-delay are rounded to ticks.
 */
#include "rules/collisions/run.h"

#include <errno.h>

#define LEAD_MS 20 /* two ticks in which the moved actor is too early */
#define MS_NS 1000000LL
#define S_NS 1000000000LL

static int64_t clock_ns(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return t.tv_sec * S_NS + t.tv_nsec;
}

static void sleep_until(int64_t ns)
{
	struct timespec t = { ns / S_NS, ns % S_NS };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) ==
	       EINTR)
		;
}

/*
 * What runs before left dirty is written now, so that no journal commits and
 * no flusher wakes up inside the window: both come seconds after a change.
 */
void sweep_set_up(struct run *r, unsigned at_us)
{
	r->sweep.is_on = true;
	r->sweep.at_us = at_us;
	sync();
}

void sweep_open(struct run *r)
{
	struct timespec tick;

	clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	r->sweep.zero_ns =
		clock_ns(CLOCK_MONOTONIC_COARSE) + 2 * (int64_t)tick.tv_nsec;
	r->sweep.is_open = true;
}

/* What became of the awaited actor so far. */
static void describe_met(char *out, struct actor *first)
{
	pid_t tid = atomic_load(&first->tid);

	if (!atomic_load(&first->is_begun))
		snprintf(out, WAIT_MAX_NAME, SWEEP_BEFORE);
	else if (atomic_load(&first->done))
		snprintf(out, WAIT_MAX_NAME, SWEEP_AFTER);
	else if (atomic_load(&first->is_submitted))
		snprintf(out, WAIT_MAX_NAME, "in flight");
	else if (held_in_kernel(tid))
		held_where(out, tid);
	else
		snprintf(out, WAIT_MAX_NAME, "running");
}

void sweep_wait_due(struct actor *a)
{
	struct sweep *s = &a->run->sweep;

	sleep_until(a->due_ns);
	if (a == s->moved && s->first)
		describe_met(s->met, s->first);
	atomic_store(&a->is_begun, true);
}

void sweep_end(struct actor *a)
{
	struct sweep *s = &a->run->sweep;

	if (a == s->moved && s->first)
		s->is_met = strcmp(s->met, SWEEP_AFTER) != 0 &&
			    atomic_load(&s->first->is_begun);
}

static void begin_at(struct actor *a, int64_t after_ns)
{
	a->due_ns = a->run->sweep.zero_ns + after_ns;
	actor_begin(a);
}

void sweep_begin_fixed(struct actor *a)
{
	if (!a || a->thread)
		return;
	a->run->sweep.first = a;
	begin_at(a, LEAD_MS * MS_NS);
}

void sweep_begin_moved(struct actor *a)
{
	if (a->thread)
		return;
	if (!a->run->sweep.moved)
		a->run->sweep.moved = a;
	begin_at(a, a->run->sweep.at_us * 1000LL);
}

/* Where the moved actor is held, if it is: a look, a moment after it began. */
static void look_at(struct actor *a)
{
	sleep_until(a->due_ns + POLL_MS * MS_NS);
	if (!atomic_load(&a->done) && held_in_kernel(atomic_load(&a->tid)))
		held_where(a->waited, atomic_load(&a->tid));
}

void sweep_close(struct run *r)
{
	for (size_t i = 0; i < r->n_actors && !r->is_spoiled; i++)
		if (!r->actors[i].due_ns && !r->actors[i].thread)
			begin_at(&r->actors[i], LEAD_MS * MS_NS);
	if (r->sweep.moved)
		look_at(r->sweep.moved);
	run_join(r);
	r->sweep.is_open = false;
}

void sweep_tell(struct run *r)
{
	struct sweep *s = &r->sweep;

	if (!s->first || !s->moved) {
		run_spoil(r, "it has no window that is swept");
		return;
	}
	run_field(r, "sweep.at", "%u", s->at_us);
	run_field(r, "sweep.met", "%s", s->met);
	r->provoked = s->is_met;
	snprintf(r->how, sizeof(r->how), "%s began %u us into the sweep, %s %s",
		 s->moved->name, s->at_us, s->first->name, s->met);
}
