/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * draft.h - a judged revision becomes a mail in the outbox, or nothing
 *
 * A report when its author was told nothing of the series yet; a delta when an
 * older version was answered, and something is new or fixed since; a correction
 * when this very version was answered, was tried again, and ends otherwise.
 * When all is as it was told nobody hears of it. The file of the mail is there
 * before its row; the row and the revision's end are one transaction, so that
 * after a crash the same is done again, with the same Message-ID.
 * Caller: bot/steps.c
 */
#ifndef BOT_DRAFT_H
#define BOT_DRAFT_H

#include "bot/posting.h"

/*
 * p->revision is JUDGED, and DONE afterwards, unless somebody wrote it since.
 * @review becomes p->review, and is told what its author knows already.
 * -1: as the store; ERR_CONFIG when mail.from or mail.domain cannot be in a
 * mail; ERR_INPUT, ERR_LIMIT.
 */
int draft_run(struct posting *p, struct review *review, struct err *err)
	MUST_CHECK;

#endif
