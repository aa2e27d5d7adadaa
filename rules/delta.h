/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * delta.h - what is not as it was told of an older version of the series
 *
 * Pure. That a thing is not found any more is no proof that it is fixed: it is
 * fixed only when what showed it was run again and ended as on the base. What
 * could not be tried again is said so. Callers: bot/since.c; bot/mail/body.c
 * and bot/report/text.c, which tell it.
 */
#ifndef RULES_DELTA_H
#define RULES_DELTA_H

#include "bot/base/buf.h"
#include "rules/review.h"
#include "rules/told.h"

/* The older version, and how it was answered. All borrowed. */
struct delta_before {
	const char *since;	       /* "v1" */
	const char *answer;	       /* Message-ID of our mail, without <> */
	const struct told *told;       /* of that version */
	bool is_itself;		       /* it is the version of the review */
	const struct strings *skipped; /* versions in between; or NULL */
};

/* Fill r->delta, and is_told of each finding. */
void delta_find(struct review *r, const struct delta_before *before);
/* Something is new, or fixed: whoever was told before wants to know. */
bool delta_is_news(const struct review_delta *d);
/* All that was told before is fixed, and nothing is new. */
bool delta_is_all_fixed(const struct review_delta *d);
/* What became of all that was told before, a line each. */
void delta_list(struct buf *out, const struct review_delta *d, unsigned width);
/*
 * The same, with whom it was told of; nothing when no older version was
 * answered.
 */
void delta_tell(struct buf *out, const struct review_delta *d, unsigned width);

#endif
