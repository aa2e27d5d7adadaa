/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * soak.h - what free-running mixes say of a kernel, and of a series
 *
 * Pure. No two runs of a soak are the same, so its outcomes are not compared:
 * each is held against what must hold however threads meet (the contracts about
 * its scenario). What is broken after a series and was not on the base, in as
 * many runs of the same length, is a finding of its own kind: it is told with
 * its seed and its counts, and never as what the series does each time.
 * Callers: bot/stages/soaked.c, bot/report/soak_text.c
 */
#ifndef RULES_SOAK_H
#define RULES_SOAK_H

#include "rules/contract.h"
#include "rules/outcome.h"

enum soak_kernel { SOAK_BASE, SOAK_PATCHED, SOAK_KERNELS };

/* A promise that runs of one kernel broke. */
struct soak_broken {
	const struct contract *contract;
	const struct outcome *first; /* that broke it */
	unsigned runs;		     /* that did */
};

/* What one kernel did in all runs of a pair; all borrowed. */
struct soak_side {
	unsigned runs;	   /* that were told */
	unsigned collided; /* of them: the others prove nothing */
	unsigned cannot;   /* of them: it would need a large folio */
	const struct outcome *last;
	const char *refused; /* it could not even begin: why; or NULL */
	const char *lost;    /* its guest ended before it did: how; or NULL */
	struct soak_broken *v;
	size_t n;
};

enum soak_verdict {
	SOAK_NOT_RUN,
	SOAK_CANNOT_COLLIDE, /* not in this kernel: no pass, and no failure */
	SOAK_NEVER_COLLIDED, /* on one kernel, and nothing was broken: no pass */
	SOAK_HELD,
	SOAK_BROKEN_BEFORE, /* on the base, too: not the series' fault */
	SOAK_BROKEN,
};

/* One mix on one filesystem. */
struct soak_pair {
	const char *filesystem; /* borrowed */
	const char *scenario;
	enum soak_verdict verdict;
	struct soak_side v[SOAK_KERNELS];
};

/* What the runs of one kernel told, and how its guest ended. */
struct soak_told {
	const struct outcomes *outcomes; /* NULL: this kernel was not run */
	const char
		*ended; /* the words of a guest that did not finish, or NULL */
};

/*
 * A pair whose runs are not all there is lost with its guest's @ended: the first
 * such pair of the plan, as a guest goes through it in order. *is_told: an
 * earlier one has been blamed for that already, kernel by kernel.
 */
void soak_fill(struct soak_pair *p, const char *filesystem,
	       const char *scenario, const struct soak_told told[SOAK_KERNELS],
	       unsigned runs, bool is_told[SOAK_KERNELS],
	       const struct contracts *contracts);
/* Broken on the patched kernel, and not on the base. */
bool soak_is_new(const struct soak_pair *p, const struct soak_broken *b);
void soak_pair_release(struct soak_pair *p);
DEFINE_AUTO_VALUE(struct soak_pair, soak_pair_release)

#endif
