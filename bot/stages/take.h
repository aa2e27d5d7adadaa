/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * take.h - what came in on a list becomes rows: which mails are in scope
 *
 * The worker's side, which is trusted; what it is given was decoded by
 * intake.h. A mail is in scope when its patch touches a watched path; so then
 * is all of its thread, before and after it, and the rest of its series when
 * that was sent without threading. Nothing is read or written here but the
 * store: keep.h brings the bytes of what is in scope.
 *
 * Mails come oldest first. Each batch is one transaction that also says how far
 * the epoch was taken in, so that a kill costs one batch. Only of a history
 * that was rewritten nothing is said before the end, for what is gone comes
 * last. Caller: bot/stages/follow.c
 */
#ifndef STAGES_TAKE_H
#define STAGES_TAKE_H

#include <stdint.h>

#include "bot/stages/intake.h"
#include "bot/store/store.h"

#define TAKE_BATCH 500	     /* mails of one transaction: 0.1 s */
#define TAKE_SIBLINGS_S 3600 /* how far apart the mails of a series are sent */
#define TAKE_MAX_SIBLINGS 500

struct take_counts {
	uint64_t mails;	   /* that had not been here */
	uint64_t removed;  /* taken back by the list */
	uint64_t rejected; /* could not be read */
	uint64_t walked;   /* all of these, and what was here already */
};

struct take {
	struct store *store; /* borrowed, as is list */
	const char *list;
	unsigned epoch;
	char *seen; /* commit up to which the store says it is taken in */
	struct intake_head *v; /* not yet in the store */
	size_t n;
	bool is_rewritten;
	struct take_counts counts;
};

/* @seen may be NULL: nothing was taken in yet. */
void take_init(struct take *t, struct store *store, const char *list,
	       unsigned epoch, const char *seen);
/* @head is borrowed for the call. -1: as the store, and ERR_RETRY. */
int take_add(struct take *t, const struct intake_head *head, struct err *err)
	MUST_CHECK;
/* What came so far is in the store, for the run is cut off here. */
int take_cut(struct take *t, struct err *err) MUST_CHECK;
/*
 * All of the epoch up to @tip is taken in. -1: ERR_RETRY when somebody else
 * took it in meanwhile; as the store.
 */
int take_end(struct take *t, const char *tip, struct err *err) MUST_CHECK;
void take_release(struct take *t);
DEFINE_AUTO_VALUE(struct take, take_release)

#endif
