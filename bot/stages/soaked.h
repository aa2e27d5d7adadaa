/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * soaked.h - mixes run free for a time, on the base and after a series
 *
 * One lab job, with a plan whose scenarios run free. The base is run for as
 * long as the series, by the same seed, and what it did is not kept: what a
 * soak finds is a matter of luck, so the two are compared with the same
 * chances. Caller: bot/session.c
 */
#ifndef STAGES_SOAKED_H
#define STAGES_SOAKED_H

#include "bot/stages/trial.h"

#define SOAKED_SECONDS 60
#define SOAKED_MIN_MS 1000 /* of a run: two rounds */
#define SOAKED_MAX_S 1200  /* with what comes around it: SPEC_MAX_GUEST_S */

struct soaked_wish {
	unsigned seconds; /* of each kernel, all runs together */
	unsigned runs;	  /* of each mix on each filesystem; 0: one */
	uint32_t seed;	  /* of the first run; the next one has the next seed */
};

/*
 * spec->plan has the mixes. 0: r->soak, which must be empty, has what they came
 * to, and @r gets the times. -1: as trial_run, and ERR_INPUT for a wish that
 * cannot be; r->soak is empty.
 */
int soaked_run(struct review *r, const struct trial_spec *spec,
	       const struct soaked_wish *wish, struct err *err) MUST_CHECK;
/* Another one each time: of the clock. */
uint32_t soaked_seed(void);

#endif
