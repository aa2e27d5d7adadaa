/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * swept.h - the windows of a plan are swept, on the base and after a series
 *
 * Lab jobs like those of a trial, with a plan whose runs are steps. What the
 * base did is not kept: a step is worth nothing without its like of the same
 * guest program. Caller: bot/session.c
 */
#ifndef STAGES_SWEPT_H
#define STAGES_SWEPT_H

#include "bot/base/buf.h"
#include "bot/stages/trial.h"
#include "rules/sweep.h"

#define SWEPT_LEAD_MS 20   /* LEAD_MS of rules/collisions/sweep.c */
#define SWEPT_STEPS 64	   /* 320 ms: four waits of 70 ms each, and a rest */
#define SWEPT_STEP_US 5000 /* half a tick: all waits of a window end on ticks */
#define SWEPT_MAX_RUNS 2048 /* of one guest: 64 steps of 32 pairs, 2 MiB */

struct swept_wish {
	unsigned steps;	  /* 1 .. GUEST_MAX_REPEAT */
	unsigned step_us; /* 1 .. GUEST_MAX_STEP_US */
	unsigned at;	  /* > 0: that step alone, @steps times */
};

/* What one kernel did in all steps. */
struct swept_kernel {
	bool was_run;
	char *ended; /* the first end of a guest that did not finish; or NULL */
	struct outcomes outcomes;
};

struct swept {
	struct swept_kernel v[SWEEP_KERNELS];
	struct sweep_pair *pairs; /* in the order of the plan */
	size_t n_pairs;
	size_t runs;	     /* of all kernels */
	int64_t ms;	     /* of wall time, in guests */
	bool is_base_kernel; /* the patched one is: it was not run */
	char *why;	     /* the patched kernel was not run; or NULL */
};

/*
 * 0: *out is the caller's to release; @r gets the times. -1: as trial_run, and
 * ERR_INPUT, ERR_LIMIT for a wish that cannot be.
 */
int swept_run(struct swept *out, struct review *r,
	      const struct trial_spec *spec, const struct swept_wish *wish,
	      struct err *err) MUST_CHECK;
/* All of it as text: what ended early, the pairs, what was not swept. */
void swept_tell(struct buf *out, const struct swept *s,
		const struct swept_wish *wish);
/* Something got worse: a broken contract, a guest that ended early. */
bool swept_is_worse(const struct swept *s);
/* Each kernel was run, and each guest finished. */
bool swept_is_whole(const struct swept *s);
void swept_release(struct swept *s);
DEFINE_AUTO_VALUE(struct swept, swept_release)

#endif
