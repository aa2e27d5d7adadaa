/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * agenda.h - what is to be done next, by the table, the store and the clock
 *
 * Starts nothing and waits for nothing. What must outlive the process is in the
 * store; here is only what runs just now, which stage rests because something
 * of ours is broken, and when each list was last asked. Caller: bot/daemon.c
 *
 * Calling sequence, whenever something ended or agenda_wake says so:
 *	while (agenda_take(&task, a, now, err) == 0 && task)
 *		... start it ...
 * and once for each task that was given out:
 *	agenda_end(a, task, kind, now, err);
 */
#ifndef BOT_AGENDA_H
#define BOT_AGENDA_H

#include "bot/pipeline.h"

#define AGENDA_MAX_WAIT_S 60 /* others write the store, too; clocks jump */

/* One run of a stage that was given out. */
struct agenda_task {
	const struct stage *stage;
	struct item item;
	void *worker; /* of the caller */
};

struct agenda;

/*
 * @once: each list is asked once, and what waits for a later time is left to
 * another day. Both are borrowed.
 */
int agenda_new(struct agenda **out, const struct config *config,
	       struct store *store, bool once, int64_t now, struct err *err)
	MUST_CHECK;
void agenda_free(struct agenda *a); /* NULL is fine; with all its tasks */
DEFINE_AUTO(struct agenda *, agenda_free)

/* *out is NULL when nothing is to be started now; else good until its end. */
int agenda_take(struct agenda_task **out, struct agenda *a, int64_t now,
		struct err *err) MUST_CHECK;
/*
 * It ended, with an error of @kind or ERR_NONE, and the item was settled. A
 * stage that says that all is well and left its item as it was is broken: it
 * rests. *rests_s_out is how long the stage rests, 0: not at all. -1: the task
 * is still there.
 */
int agenda_end(int64_t *rests_s_out, struct agenda *a, struct agenda_task *task,
	       enum err_kind kind, int64_t now, struct err *err) MUST_CHECK;
/* It ended and nothing is to be made of that. */
void agenda_drop(struct agenda *a, struct agenda_task *task);
/* What it works on has moved on without it: stop it. */
int agenda_is_overtaken(bool *out, const struct agenda *a,
			const struct agenda_task *task, struct err *err)
	MUST_CHECK;
/* When to ask again at the latest; never more than AGENDA_MAX_WAIT_S off. */
int agenda_wake(int64_t *out, const struct agenda *a, int64_t now,
		struct err *err) MUST_CHECK;

/* What runs. */
size_t agenda_count(const struct agenda *a);
struct agenda_task *agenda_get(const struct agenda *a, size_t at);
/* Something failed in a way that is ours, or a list could not be followed. */
bool agenda_is_troubled(const struct agenda *a);

#endif
