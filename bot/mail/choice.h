/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * choice.h - which findings a reply tells, and at what length
 *
 * Pure. A reply is one screen. What was found first has a table and its
 * promise; what else is worse has a sentence; what is allowed, and not as on
 * the base, is a list when it stands beneath something that matters more, or
 * when there is much of it. Caller: bot/mail/body.c
 */
#ifndef MAIL_CHOICE_H
#define MAIL_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/mem.h"
#include "rules/review.h"

#define CHOICE_MAX_SHORT 3   /* causes after the first, a sentence each */
#define CHOICE_MAX_CHANGED 2 /* of these that are allowed; more are a list */

enum choice_length {
	CHOICE_NONE,   /* nobody has to act on it, or its cause is told */
	CHOICE_FIRST,  /* at length */
	CHOICE_SHORT,  /* a sentence */
	CHOICE_LISTED, /* by filesystem and collision, with all others */
	CHOICE_MORE,   /* counted alone */
};

struct choice {
	enum choice_length *v; /* of the findings, by their place */
	size_t n;
	size_t more; /* so many are CHOICE_MORE */
};

/* Of all findings of @r. *out, which must be empty, is the caller's. */
void choice_run(struct choice *out, const struct review *r);
/* The one that is CHOICE_FIRST, or NULL. */
const struct finding *choice_find_first(const struct review *r);
/*
 * The first finding of a cause that a reply tells. What is fixed is no news
 * that anybody has to act on; nor is a question. What was told of an older
 * version stands among what changed since.
 */
bool choice_is_told(const struct review *r, size_t at);

void choice_release(struct choice *c);
DEFINE_AUTO_VALUE(struct choice, choice_release)

#endif
