/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answer.h - what is said to who gave us orders
 *
 * Pure, as body.h. What he wrote, and what it came to, may be anything.
 * Callers: bot/answering.c, bot/probe.c
 */
#ifndef MAIL_ANSWER_H
#define MAIL_ANSWER_H

#include "bot/base/buf.h"
#include "bot/mail/replies.h"

#define ANSWER_MAX_BYTES (64u << 10) /* eight orders that failed, escaped */

/* One that failed: "base nowhere", and a sentence without a full stop. */
void answer_add_order(struct buf *orders, const struct replies *words,
		      const char *order, const char *outcome);
/* @orders is of answer_add_order; "" when he only asked for help. */
void answer_write(struct buf *out, const struct replies *words,
		  const char *orders);
/* @report, "" for none, is text of body_write. */
void answer_write_probe(struct buf *out, const struct replies *words,
			const char *verdict, const char *report);

#endif
