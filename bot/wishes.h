/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wishes.h - what was said about a series, when it is reported on again
 *
 * Touches nothing. A finding that somebody who may has called unrelated, or
 * known, is left out of what is told of that series from then on; it is known
 * by its print (rules/told.h), in v2 as in a RESEND. The record of the review
 * keeps it, and who reviews that series by hand is shown both. Callers:
 * bot/answering.c, bot/clearance.c, bot/draft.c, bot/posting.c, bot/review.c
 */
#ifndef BOT_WISHES_H
#define BOT_WISHES_H

#include "bot/store/answers.h"
#include "rules/review.h"

#define WISHES_STOP "stop"
#define WISHES_UNRELATED "unrelated"
#define WISHES_KNOWN "known"
#define WISHES_BASE "base" /* about: the key of a revision */

/* Who has said that it is enough, or NULL. Borrowed from @list. */
const char *wishes_stopper(const struct answers_wishes *list);

/*
 * What an order about findings is about, by their prints: what the mail that it
 * answers told (outbox_row.told), or, when that is not known, what @r has. -1:
 * ERR_INPUT when @told is no such text.
 */
int wishes_prints(struct strings *out, const char *told, const struct review *r,
		  struct err *err) MUST_CHECK;

struct wishes_left {
	size_t n;	/* findings that were left out */
	bool is_silent; /* and nothing is left to tell */
	char *why;	/* a sentence that says so; NULL when n is 0 */
};

void wishes_left_release(struct wishes_left *l);
DEFINE_AUTO_VALUE(struct wishes_left, wishes_left_release)

/* Take them out of @r, whose verdict is that of the others from then on. */
void wishes_leave_out(struct wishes_left *out, struct review *r,
		      const struct answers_wishes *list);

/* r->said: of what it has, what was said and by whom; nothing is left out. */
void wishes_recall(struct review *r, const struct answers_wishes *list);

#endif
