/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * known.h - what a base did before, so that it is not run for that again
 *
 * The outcomes of a plan's pairs from the store (bot/store/base_outcomes.h),
 * and back into it. Caller: bot/stages/trial.c
 *
 * Calling sequence, of a struct known with its first four fields set:
 *	known_find(&k, plan, err);
 *	... run the base for k.unknown ...
 *	known_keep(&k, &outcomes, err);
 */
#ifndef STAGES_KNOWN_H
#define STAGES_KNOWN_H

#include "bot/base/err.h"
#include "bot/store/store.h"
#include "rules/outcome.h"
#include "rules/suites.h"

struct known {
	struct store *store; /* borrowed, as is the lane's key */
	const char *lane;
	char *program; /* what else an outcome depends on */
	unsigned repeat;
	struct suites unknown;	  /* pairs that were never run so */
	struct outcomes outcomes; /* of the others */
};

/* -1: ERR_SYSTEM of the store, ERR_INPUT: what it has is not outcomes. */
int known_find(struct known *k, const struct suites *plan, struct err *err)
	MUST_CHECK;
/* @ran are all outcomes of k->unknown. -1: as base_outcomes_put. */
int known_keep(const struct known *k, const struct outcomes *ran,
	       struct err *err) MUST_CHECK;
void known_release(struct known *k);
DEFINE_AUTO_VALUE(struct known, known_release)

#endif
