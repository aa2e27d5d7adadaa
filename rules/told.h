/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * told.h - what a mail of ours tells, thing by thing
 *
 * Pure. It is kept beside the mail, so that what is told of a later version of
 * the series can be held against it (rules/delta.h), and a correction can say
 * what it takes back, whatever became of the review since. A thing is known by
 * its print (rules/print.h). Callers: bot/draft.c, bot/since.c, bot/retract.c
 */
#ifndef RULES_TOLD_H
#define RULES_TOLD_H

#include "bot/base/err.h"
#include "rules/review.h"

#define TOLD_MAX_ITEMS 32768 /* four a pair of a full plan; worst first */

#define TOLD_CONFLICT "does not apply" /* kinds of what is no finding */
#define TOLD_HOLES "incomplete"

struct told_item {
	char *print;
	char *kind;	  /* of review_finding_name, or one of the above */
	char *guest;	  /* that showed it; NULL: none in particular */
	char *filesystem; /* NULL: not about one, nor is a scenario then */
	char *scenario;
	char *says; /* a sentence without a full stop; foreign bytes */
};

struct told {
	struct told_item *v;
	size_t n;
};

void told_release(struct told *t);
DEFINE_AUTO_VALUE(struct told, told_release)

/* All that a reply to @r would tell, each thing once, up to the ceiling. */
void told_from_review(struct told *out, const struct review *r);
/* The item of that print, or NULL. */
const struct told_item *told_find(const struct told *t, const char *print);
/*
 * A sentence for those alike: "xfs C01 C08, ext4 C01: a direct write ...". Of
 * very many places some are only counted.
 */
void told_say(struct strings *out, const struct told *t);

/* As JSON, on one line; the caller's. */
char *told_print(const struct told *t);
/* 0: *out is the caller's; of "" nothing. -1: *out is empty; ERR_INPUT. */
int told_parse(struct told *out, const char *text, struct err *err) MUST_CHECK;

#endif
