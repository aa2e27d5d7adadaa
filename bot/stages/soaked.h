/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * soaked.h - mixes run free for a time, on the base and after a series
 *
 * One lab job, with a plan whose scenarios run free. The base is run for as long
 * as the series, by the same seed, and what it did is not kept: what a soak
 * finds is a matter of luck, so the two are compared with the same chances.
 * Caller: bot/session.c
 */
#ifndef STAGES_SOAKED_H
#define STAGES_SOAKED_H

#include "bot/base/buf.h"
#include "bot/stages/trial.h"
#include "rules/soak.h"

#define SOAKED_SECONDS 60
#define SOAKED_MIN_MS 1000 /* of a run: two rounds */
#define SOAKED_MAX_S 1200  /* with what comes around it: SPEC_MAX_GUEST_S */

struct soaked_wish {
	unsigned seconds; /* of each kernel, all runs together */
	unsigned runs;	  /* of each mix on each filesystem; 0: one */
	uint32_t seed;	  /* of the first run; the next one has the next seed */
};

/* What one kernel did. */
struct soaked_kernel {
	bool was_run;
	char *ended; /* the words of a guest that did not finish; or NULL */
	struct outcomes outcomes;
};

struct soaked {
	struct soaked_kernel v[SOAK_KERNELS];
	struct suites plan; /* what the pairs borrow their names from */
	struct soak_pair *pairs;
	size_t n_pairs;
	unsigned runs;	 /* of each pair */
	unsigned run_ms; /* of each run */
	uint32_t seed;
	int64_t ms;	     /* of wall time, in guests */
	bool is_base_kernel; /* the patched one is: it was not run */
	char *why;	     /* the patched kernel was not run; or NULL */
};

/*
 * spec->plan has the mixes. 0: *out is the caller's to release; @r gets the
 * times. -1: as trial_run, and ERR_INPUT for a wish that cannot be.
 */
int soaked_run(struct soaked *out, struct review *r,
	       const struct trial_spec *spec, const struct soaked_wish *wish,
	       struct err *err) MUST_CHECK;
/* Another one each time: of the clock. */
uint32_t soaked_seed(void);
/* All of it as text. */
void soaked_tell(struct buf *out, const struct soaked *s);
/* Something is broken, that is not on the base when there is a series. */
bool soaked_is_worse(const struct soaked *s);
/* Each mix collided on each kernel that it can collide in, and one did. */
bool soaked_is_whole(const struct soaked *s);
void soaked_release(struct soaked *s);
DEFINE_AUTO_VALUE(struct soaked, soaked_release)

#endif
