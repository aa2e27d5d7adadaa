/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker.h - a piece of our own code as another user, in a process of its own
 *
 * privilege_drop is for good; a parent that goes on as root after a lane was
 * built forks for it. The child dies with its parent. Callers: git/lane.c,
 * run/boxed.c.
 */
#ifndef RUN_WORKER_H
#define RUN_WORKER_H

#include <sys/types.h>

#include "bot/base/err.h"

/*
 * Fork; in the child become @user (when we are root; NULL: stay, it is for
 * @work to drop what it need not be) and call @work, which may
 * write to stderr and to files. 0: it returned 0. -1: its error, with its kind;
 * ERR_SYSTEM when it ended without a word.
 */
int worker_run(const char *user, int (*work)(void *arg, struct err *err),
	       void *arg, struct err *err) MUST_CHECK;

/* The same in two parts, for a parent that has something to do meanwhile. */
struct worker {
	pid_t pid;
	int word; /* where its error comes from */
};

#define WORKER_NONE                   \
	{                             \
		.pid = -1, .word = -1 \
	}

/* -1: ERR_SYSTEM; then, and after worker_wait, there is nothing to stop. */
int worker_start(struct worker *out, const char *user,
		 int (*work)(void *arg, struct err *err), void *arg,
		 struct err *err) MUST_CHECK;
/* Wait for its end; 0 and -1 as worker_run. */
int worker_wait(struct worker *w, struct err *err) MUST_CHECK;
/* Kill it, if it was not waited for. */
void worker_stop(struct worker *w);
DEFINE_AUTO_VALUE(struct worker, worker_stop)

#endif
