/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * folder.h - the life of a job folder: a row, a lock, a folder
 *
 * While its job runs, <folder>.lock is held by the process that runs it, and
 * by nobody after that process ended, however it did: so what a killed review
 * left behind is told from what another one is just using.
 * Caller: bot/stages/trial.c
 */
#ifndef STAGES_FOLDER_H
#define STAGES_FOLDER_H

#include "bot/base/err.h"
#include "bot/store/jobs.h"

struct folder {
	struct jobs_row row; /* row.folder is not made yet */
	int lock;	     /* held; -1: not */
};

#define FOLDER_INIT        \
	{                  \
		.lock = -1 \
	}

/* Remove the folders, locks and rows of jobs that nobody runs any more. */
int folder_sweep(struct store *st, struct err *err) MUST_CHECK;
/* A running job below @folders for a series. */
int folder_begin(struct folder *out, struct store *st, const char *folders,
		 const char *subject, const char *message_id, struct err *err)
	MUST_CHECK;
/* It ran: with @keep it is done and stays, else row and folder go. */
int folder_end(struct folder *f, struct store *st, bool keep, struct err *err)
	MUST_CHECK;
/* Lets go of the lock; what was not ended is swept one day. */
void folder_release(struct folder *f);
DEFINE_AUTO_VALUE(struct folder, folder_release)

#endif
