/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * correction.h - a mail that takes back one of ours that went out
 *
 * It answers that mail, and goes to those to whom it went, but for who is never
 * to be mailed. Nothing is written: the caller puts file and row where they
 * belong. Callers: bot/draft.c, when a version that was answered is tried again
 * and ends otherwise; bot/retract.c, when a person says so.
 */
#ifndef BOT_CORRECTION_H
#define BOT_CORRECTION_H

#include "bot/config.h"
#include "bot/mail/amends.h"
#include "bot/mail/replies.h"
#include "bot/store/outbox.h"
#include "rules/review.h"

/* All borrowed. */
struct correction {
	const struct config *config;
	const struct outbox_row *report; /* sent, or perhaps sent */
	const struct review
		*review; /* how it ends now; NULL: it is withdrawn */
	const char *why; /* then: a person's words */
	const struct replies *replies; /* the words, of either */
	enum amends_because because;
	int64_t now;
};

/*
 * 0: *row, which is held, and *mail are the caller's. The same correction of
 * the same mail has the same Message-ID. -1: ERR_INPUT when the file of that
 * mail is gone, or nobody is left to be told; ERR_CONFIG, ERR_LIMIT,
 * ERR_SYSTEM.
 */
int correction_make(struct outbox_row *row, struct buf *mail,
		    const struct correction *c, struct err *err) MUST_CHECK;

#endif
