/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * progress.h - how far a long piece of work is, on stderr
 *
 * On a terminal: one line that is rewritten, with a bar and the time left.
 * Else: plain lines, one at the start, one each tenth of the way, one at the
 * end.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
	FILE *out;	  /* NULL: nothing is shown */
	bool is_terminal; /* of out */
	char what[80];	  /* "building lane": our own words */
	uint64_t total;	  /* 0: not known; then a rate is shown, if done is */
	uint64_t done;
	uint64_t told;	    /* what the last line said, in percent */
	int64_t started_ms; /* clock_ms */
	int64_t told_ms;
};

/* Begin a step; @total 0 when nobody knows how much it is. */
void progress_start(struct progress *p, FILE *out, const char *what,
		    uint64_t total);
void progress_update(struct progress *p, uint64_t done);
/* End the step with a word on how it went: "done", "failed", "unchanged". */
void progress_end(struct progress *p, const char *how);

#endif
