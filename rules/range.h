/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * range.h - between which patches of a series a fault begins and ends
 *
 * Pure. A fault is asked for at each step: what the base is clean of and the
 * step shows. Walking down from the last step gives the patch that brought it;
 * a fault that only steps in the middle show was mended by a later patch. A
 * step that cannot say (not run, not provoked, the guest ended before) is
 * walked over. Caller: rules/judge.c, rules/finding.c
 */
#ifndef RULES_RANGE_H
#define RULES_RANGE_H

#include <stdbool.h>

#include "rules/judge.h"

/* What a step can say about one question. */
enum shown {
	SHOWN_UNKNOWN,
	SHOWN_CLEAN,
	SHOWN_FAULT,
};

/* Where a fault begins and ends, in patches. */
struct range {
	unsigned clean;	 /* the last one known to be clean before it */
	unsigned first;	 /* the first known to show it */
	unsigned mended; /* the first known to be clean after it; 0: none */
};

/* The last run of faults in @shown, an element a step. False: there is none. */
bool range_find(struct range *out, const enum shown *shown,
		const struct judge_evidence *ev);
/* It is certain which patch brought it. */
bool range_is_pinned(const struct range *at);
/*
 * Of the patches in the open range that were not run yet, the one nearest to
 * its middle; 0: there is none.
 */
unsigned range_next(const struct range *at, const struct judge_evidence *ev);

#endif
