/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * amends.h - what a mail says that takes another one back
 *
 * Pure, as body.h. Short: what was said, that it does not hold, and why.
 * Caller: bot/correction.c
 */
#ifndef MAIL_AMENDS_H
#define MAIL_AMENDS_H

#include "bot/base/buf.h"
#include "bot/mail/body.h"
#include "rules/told.h"

/* What was at fault, when it is known. */
enum amends_because {
	AMENDS_UNSAID,
	AMENDS_BASE,   /* the kernel that it was compared with */
	AMENDS_TOOL,   /* collider, or what it runs on */
	AMENDS_PERSON, /* somebody who looked at it knows better */
};

struct amends {
	const struct replies *replies; /* the words */
	const struct told *told;       /* in the mail that is taken back */
	const char *why;	       /* in a person's words */
	enum amends_because because;
};

/* "base", "tool", "person"; false: no such word. */
bool amends_find_because(enum amends_because *out, const char *word);
void amends_write(struct buf *out, const struct amends *a);

#endif
