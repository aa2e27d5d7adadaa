/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker.h - a piece of our own code as another user, in a process of its own
 *
 * privilege_drop is for good; a parent that goes on as root after a lane was
 * built forks for it. The child dies with its parent.
 */
#ifndef RUN_WORKER_H
#define RUN_WORKER_H

#include "bot/base/err.h"

/*
 * Fork; in the child become @user (when we are root) and call @work, which may
 * write to stderr and to files. 0: it returned 0. -1: its error, with its kind;
 * ERR_SYSTEM when it ended without a word.
 */
int worker_run(const char *user, int (*work)(void *arg, struct err *err),
	       void *arg, struct err *err) MUST_CHECK;

#endif
