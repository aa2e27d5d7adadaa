/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * since.h - what the author of a series was told before, when it is told again
 *
 * Looks in the outbox for the newest mail that the author has of this version
 * or an older one: it was sent, or nobody knows whether it was, or it is being
 * sent. What is only held or approved was not told: it never leaves, now that
 * there is a newer version. Nor was what was withdrawn.
 * Callers: bot/draft.c, bot/review.c
 */
#ifndef BOT_SINCE_H
#define BOT_SINCE_H

#include "bot/store/outbox.h"
#include "bot/store/revisions.h"
#include "rules/review.h"

/*
 * Fill r->delta (rules/delta.h). *found is false when nothing was told; then
 * *answer is zeroed, else it is that mail. -1: as the store; ERR_INPUT when
 * what was told cannot be read.
 */
int since_find(bool *found, struct outbox_row *answer, struct review *r,
	       struct store *st, const struct revisions_row *revision,
	       struct err *err) MUST_CHECK;

#endif
