/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * index.h - the archive's index brought to what the store says
 *
 * The worker's side, which is trusted, and the two tasks that run in a box
 * because notmuch parses mails: "index" sees the archive read-only and writes
 * its .notmuch, "select" writes nothing. An index that is damaged or gone is
 * made again from the files, which a line on stderr tells; nothing is lost but
 * the tags that a person gave.
 *
 * Callers: bot/stages/follow.c, bot/stages/series.c, bot/steps.c
 */
#ifndef STAGES_INDEX_H
#define STAGES_INDEX_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "bot/base/json.h"
#include "bot/base/mem.h"
#include "bot/store/revisions.h"
#include "bot/store/store.h"

#define INDEX_BATCH 500		  /* mails of one box: 0.7 s, 100 MiB */
#define INDEX_MAX_FRAME (4 << 20) /* bytes; INDEX_BATCH Message-IDs */

struct index_place {
	const char *archive; /* folder, absolute */
	const char *user;    /* as struct boxed_spec has it */
	uid_t uid;	     /* whose .notmuch is to be */
	gid_t gid;
};

struct index_counts {
	uint64_t indexed;
	uint64_t removed;
	uint64_t missing; /* their files are gone: they are WANTED again */
};

/* Make the folders that are missing, each whose it is to be. -1: ERR_SYSTEM. */
int index_prepare(const struct index_place *place, struct err *err) MUST_CHECK;
/*
 * All that is WRITTEN is indexed, what is DELETED is removed from index and
 * folder; see store/mails.h. By INDEX_BATCH, each committed after the index was
 * closed. Call it with the archive locked: one writer at a time. Counts are
 * added to *out; @show may be NULL. -1: as boxed_run and the store; ERR_SYSTEM.
 */
int index_run(struct index_counts *out, const struct index_place *place,
	      struct store *st, FILE *show, struct err *err) MUST_CHECK;
/*
 * The mails of a revision get the tags that it has by now: "series-12", and its
 * verdict, "does-not-apply". Nothing when they are not indexed. No lock is
 * needed: it waits for a writer of the index to end its batch. -1: as
 * boxed_run; ERR_INPUT also of a damaged index, which the next index_run that
 * has something to do will mend.
 */
int index_tag(const struct index_place *place, struct store *st,
	      const struct revisions_row *revision, struct err *err) MUST_CHECK;
/* The next index_run makes the index anew. With the archive locked, too. */
int index_forget(const struct index_place *place, struct store *st,
		 struct err *err) MUST_CHECK;

/*
 * The mails of @ids (Message-IDs) that a notmuch query finds, in their order.
 * -1: ERR_CONFIG when the query is none; else as boxed_run.
 */
int index_select(struct strings *out, const struct index_place *place,
		 const char *query, const struct strings *ids, struct err *err)
	MUST_CHECK;

/* The tasks; see run/boxed.h. */
int index_box(const json_t *request, int out, struct err *err) MUST_CHECK;
int index_select_box(const json_t *request, int out, struct err *err)
	MUST_CHECK;

#endif
