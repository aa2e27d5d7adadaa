/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * selection.h - the collisions that can see a series best
 *
 * Pure. From the files and functions that its hunks touch, by a table. Never
 * a complaint, and nothing is left out for it: what is selected runs first and
 * gives the first verdict, the rest runs after that. Caller:
 * bot/stages/trial.c
 */
#ifndef RULES_SELECTION_H
#define RULES_SELECTION_H

#include "rules/review.h"
#include "rules/suites.h"

/* Fill @out with some of @plan; perhaps none, perhaps all. */
void selection_run(struct suites *out, const struct review *r,
		   const struct suites *plan);

#endif
