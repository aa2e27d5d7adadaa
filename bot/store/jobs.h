/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jobs.h - reviews that were begun, where they stand and how they ended
 *
 * A job moves waiting -> running -> done or failed, and from running back to
 * waiting when whoever ran it is gone. See store.h for errors.
 */
#ifndef STORE_JOBS_H
#define STORE_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "bot/store/store.h"

#define JOBS_MAX_TEXT \
	(64 << 10) /* bytes of a subject, a message-id, a verdict */

/* The numbers are in databases: never change one. */
enum jobs_state {
	JOBS_WAITING = 0,
	JOBS_RUNNING = 1,
	JOBS_DONE = 2,	 /* verdict says how */
	JOBS_FAILED = 3, /* verdict says why, in our words */
};

struct jobs_row {
	int64_t id;
	int64_t created; /* seconds since the epoch */
	enum jobs_state state;
	char *subject;	  /* of the series; hostile bytes */
	char *message_id; /* of its root mail; hostile bytes */
	char *folder;	  /* absolute */
	char *verdict;	  /* NULL until it ended */
	int64_t finished; /* 0 until it ended */
};

void jobs_row_release(struct jobs_row *row);
DEFINE_AUTO_VALUE(struct jobs_row, jobs_row_release)

struct jobs_list {
	struct jobs_row *v;
	size_t n;
};

void jobs_list_release(struct jobs_list *list);
DEFINE_AUTO_VALUE(struct jobs_list, jobs_list_release)

/*
 * A new waiting job; its folder is named "<folders>/<id>" but not made. An id
 * is never given twice, even after jobs_remove. -1 also: ERR_LIMIT.
 */
int jobs_add(struct jobs_row *out, struct store *st, const char *folders,
	     const char *subject, const char *message_id, struct err *err)
	MUST_CHECK;
/* *found is false when there is none; *out is zeroed then. */
int jobs_find(bool *found, struct jobs_row *out, struct store *st, int64_t id,
	      struct err *err) MUST_CHECK;
/* May a job go from one state to the other at all? */
bool jobs_may_move(enum jobs_state from, enum jobs_state to);
/*
 * From one state to the next; with @verdict (else NULL) when it ends there.
 * *moved is false when the job was no longer in @from, or is gone: somebody
 * else was faster, which is no error.
 */
int jobs_move(bool *moved, struct store *st, int64_t id, enum jobs_state from,
	      enum jobs_state to, const char *verdict, struct err *err)
	MUST_CHECK;
/* All in @state, oldest first. */
int jobs_all(struct jobs_list *out, struct store *st, enum jobs_state state,
	     struct err *err) MUST_CHECK;
/* No error when it is gone. */
int jobs_remove(struct store *st, int64_t id, struct err *err) MUST_CHECK;

/* "waiting", "running", "done", "failed". Never NULL. */
const char *jobs_state_name(enum jobs_state state);

#endif
