/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cause.h - findings that have one cause, and are told once
 *
 * Pure. A patch that breaks one line is seen in many collisions on many
 * filesystems, by writes of all sizes. Findings of one kind and patch that say
 * the same, or that the same became of a direct write, are one to a reader;
 * what was told of an older version of the series is apart.
 * Callers: rules/tell.c, rules/counts.c
 */
#ifndef RULES_CAUSE_H
#define RULES_CAUSE_H

#include "rules/review.h"

bool cause_is_same(const struct finding *a, const struct finding *b);
/* What all of one cause with @f say; to be freed. */
char *cause_says(const struct review *r, const struct finding *f);

#endif
