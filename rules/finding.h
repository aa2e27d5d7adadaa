/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * finding.h - a judgement becomes a finding of the review
 *
 * Pure. Caller: rules/judge.c
 */
#ifndef RULES_FINDING_H
#define RULES_FINDING_H

#include "rules/judge.h"
#include "rules/pair.h"
#include "rules/range.h"
#include "rules/review.h"

/* A finding of which nothing but kind and patches is known; the review's. */
struct finding *finding_add(struct review *r, enum finding_kind kind,
			    const struct range *at,
			    const struct judge_evidence *ev);
/* All that there is to say of @p, which was judged as @j. */
void finding_add_pair(struct review *r, enum finding_kind kind,
		      const struct review_pair *p, const struct judgement *j,
		      const struct range *at, const struct judge_evidence *ev,
		      const struct contracts *contracts);

/* By kind, then by patch; what was found first stays first. */
void finding_sort(struct review *r);

#endif
