/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * print.h - by what a finding is known again, in whatever words it is told
 *
 * Pure. Two findings have one print when they are the same fault: of the same
 * kind, seen on the same filesystem in the same collision, and the same is
 * lost. Numbers of patches, lines, counts, bytes and addresses are no part of
 * it, nor is the guest that showed it: a fault is the same in v2 although the
 * patch that brings it is another one there. A print is the same of a review
 * that was written and read again.
 * Callers: bot/posting.c, bot/steps.c
 */
#ifndef RULES_PRINT_H
#define RULES_PRINT_H

#include "rules/review.h"

#define PRINT_HEX 20 /* digits of a print */

/* To be freed. Of warnings all that one patch adds are one finding. */
char *print_finding(const struct finding *f);
/* Of one line of a compiler, and what kind of finding it is of; to be freed. */
char *print_diagnostic(const struct finding *f, size_t at);
/* Of what is no finding: "does not apply", and of which file; to be freed. */
char *print_words(const char *kind, const char *what);
/* Of all that was found, in whatever order, and the verdict; to be freed. */
char *print_review(const struct review *r);

#endif
