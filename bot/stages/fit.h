/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fit.h - which commit a revision fits, and a commit for each of its patches
 *
 * Runs in the box "place": the diffs are a stranger's. What the series needs is
 * applied first; what was tried and where it stopped goes into the review.
 * Caller: bot/stages/place.c
 */
#ifndef STAGES_FIT_H
#define STAGES_FIT_H

#include "bot/git/tree.h"
#include "parsers/revision.h"
#include "rules/review.h"

#define FIT_SET "set" /* the kind of a need that only the order implies */

/* What has to be applied first. */
struct fit_need {
	const char *kind; /* "message-id", "change-id", "patch-id", FIT_SET */
	const char *value;
	const char *subject;	   /* of what was found; NULL: nothing was */
	struct mail *const *mails; /* its patches, in order */
	size_t n;
	const char *why; /* nothing was found; or NULL */
};

/* All borrowed. */
struct fit_spec {
	const struct revision *revision; /* complete */
	const char *base_commit;	 /* that the author names; or NULL */
	const char *base;		 /* --base, or NULL */
	struct tree *const *trees;
	size_t n_trees;
	const struct fit_need *needs;
	size_t n_needs;
};

/*
 * Fill base, commits and hunks of @r. When the series does not apply, is merged
 * already, a diff cannot be read or something that it needs is not known, the
 * review is ended, which is an answer. -1: ERR_SYSTEM, ERR_LIMIT.
 */
int fit_run(struct review *r, const struct fit_spec *spec, struct err *err)
	MUST_CHECK;

#endif
