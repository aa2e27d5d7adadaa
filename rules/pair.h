/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pair.h - one scenario on one filesystem: the base beside a patched kernel
 *
 * Pure. Caller: rules/judge.c
 */
#ifndef RULES_PAIR_H
#define RULES_PAIR_H

#include <stdbool.h>

#include "rules/contract.h"
#include "rules/outcome.h"
#include "rules/review.h"

/* What a pair comes to, and by what that is known. */
struct judgement {
	enum pair_verdict verdict;
	const struct contract *contract; /* broken or mended; or NULL */
	const struct outcome *base;	 /* a run of the pair, to tell about */
	const struct outcome *patched;
	unsigned base_seen; /* so many runs show it */
	unsigned patched_seen;
};

/*
 * Sort the runs of one pair out of @base and @patched, each NULL when it was
 * not run. @p is zeroed before; review_pair_release takes it down.
 */
void pair_fill(struct review_pair *p, const char *filesystem,
	       const char *scenario, const struct outcomes *base,
	       const struct outcomes *patched);
/*
 * A contract that no run of the base breaks and a patched one does is a
 * regression; one that each run of the base breaks and no patched one does is
 * fixed; something told that no run of the base told, or another path of the
 * direct write, is a change. The judgement points into @p and @contracts.
 */
struct judgement pair_judge(const struct review_pair *p,
			    const struct contracts *contracts);
/* The commonest provoked run, or NULL. */
const struct outcome *pair_find_typical(const struct pair_side *side);
/*
 * The field is what somebody is told or finds. The rest (how much is cached,
 * where somebody was held, trace points, log lines, which are limited) is
 * witness: it says how a run came about, and differs without meaning.
 */
bool pair_is_told(const char *field);
/* Some contract lets the kernel settle @field of this pair either way. */
bool pair_may_vary(const struct contracts *contracts, const char *filesystem,
		   const char *scenario, const char *field);
/* All that is told of @b is told of @a, with the same words. */
bool pair_is_alike(const struct outcome *a, const struct outcome *b);
/* A told field of @patched with a value that no base run has, or NULL. */
const char *pair_find_new(const struct review_pair *p,
			  const struct contracts *contracts,
			  const struct outcome *patched);
/* A patched run that does not tell all that the base tells, or NULL. */
const struct outcome *pair_find_unobserved(const struct review_pair *p);

#endif
