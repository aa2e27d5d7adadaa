/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * join.h - two reviews of one series, each in a guest of its own, become one
 *
 * Pure. Callers: bot/stages/trial.c, bot/session.c
 */
#ifndef RULES_JOIN_H
#define RULES_JOIN_H

#include "rules/review.h"

/* All pairs and findings of @r were seen in @guest. */
void join_name_guest(struct review *r, const char *guest);
/*
 * Move what @other has found behind what @r has: pairs, findings, what was left
 * out, environment, time. The worse verdict stands, with its reason. What a
 * compiler said of a patch in both is told once.
 */
void join_run(struct review *r, struct review *other);

#endif
