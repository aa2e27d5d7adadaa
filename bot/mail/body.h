/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * body.h - what a reply says: plain text, without headers
 *
 * Pure. Prose has at most 72 columns; what is quoted of a patch or printed by
 * a compiler keeps its lines. All foreign bytes have passed bot/base/sink.h.
 * Caller: bot/mail/compose.c
 */
#ifndef MAIL_BODY_H
#define MAIL_BODY_H

#include <stdbool.h>

#include "bot/base/buf.h"
#include "bot/mail/replies.h"
#include "rules/review.h"

#define BODY_MAX_BYTES (24u << 10) /* a list takes 40 KB of any mail */
#define BODY_MAX_LINE 300	   /* of a quoted line; the rest is "[...]" */

struct body_spec {
	const struct review *review;
	const struct replies *replies; /* the words */
	unsigned patch;		/* the mail that it answers; 0: the cover */
	const char *from;	/* "collider <collider@example.org>" */
	const char *message_id; /* of the reply, without <> */
};

/* There is something that the author wants to know. */
bool body_is_wanted(const struct review *r);
void body_write(struct buf *out, const struct body_spec *spec);

#endif
