/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * series.h - threads that changed become revisions, and where each stands
 *
 * The worker of the stage "assemble". It parses nothing: sort.h has the mails
 * read in a box. What it finds in a thread is in one transaction with that the
 * thread is done, a batch of threads in each: a kill at any point costs the
 * work of one batch. A series that was sent without threading is found by its
 * marks, and its threads are joined.
 *
 * Callers: bot/steps.c, bot/replay.c
 */
#ifndef STAGES_SERIES_H
#define STAGES_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/stages/index.h"
#include "bot/store/store.h"

struct series_spec {
	struct index_place place;
	int64_t wait;	    /* seconds without a mail, after which none comes */
	int64_t max_age;    /* seconds; 0: no revision is too old */
	const char *select; /* a notmuch query; NULL: all are reviewed */
	size_t max_threads; /* of this call; 0: all there are */
};

struct series_counts {
	uint64_t threads;
	uint64_t refused; /* threads past a ceiling, or that break the box */
	uint64_t joined;  /* threads that were parts of another */
	uint64_t added;	  /* revisions */
	uint64_t changed;
	uint64_t superseded;
	uint64_t ended; /* waits that were over */
	bool has_more;	/* threads that wait for the next call */
};

/*
 * What has waited long enough at @now, then every thread that is dirty, newest
 * first. A line of the log for each thread that is refused. Counts are added to
 * *out. -1: ERR_RETRY, ERR_CONFIG (a query that is none), ERR_SYSTEM.
 */
int series_run(struct series_counts *out, const struct series_spec *spec,
	       struct store *st, int64_t now, struct err *err) MUST_CHECK;

#endif
