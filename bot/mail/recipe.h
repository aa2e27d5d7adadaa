/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recipe.h - how to see what a reply tells, and on what it was seen
 *
 * Pure. What is in a command is only what a shell takes for a word; the rest
 * meets the mail through bot/base/sink.h in its caller, bot/mail/body.c.
 */
#ifndef MAIL_RECIPE_H
#define MAIL_RECIPE_H

#include "bot/base/buf.h"
#include "rules/review.h"

/* Lines for a shell. @f is the finding to see; NULL: the whole review. */
void recipe_command(struct buf *out, const struct review *r,
		    const struct finding *f, unsigned width);
/* "3b1f2d4c5a69 in debian-6.12 (the tip), kernel 6.12.117, gcc 12.2.0" */
void recipe_base(struct buf *out, const struct review *r);

#endif
