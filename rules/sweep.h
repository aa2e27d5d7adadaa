/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep.h - a swept window: which outcomes there are, and at which steps
 *
 * Pure. The runs are those of one plan in which run k is the k-th step
 * (rules/collisions/sweep.c). Each distinct outcome is there once, with the
 * steps that saw it. Callers: bot/stages/sweep.c, bot/report/swept.c
 */
#ifndef RULES_SWEEP_H
#define RULES_SWEEP_H

#include "rules/contract.h"
#include "rules/outcome.h"

enum sweep_kernel { SWEEP_BASE, SWEEP_PATCHED, SWEEP_KERNELS };

/* Steps in a row that found the awaited actor in the same place. */
struct sweep_range {
	unsigned first, last;
	const char *met; /* sweep.met; "" when it is not told */
};

struct sweep_ranges {
	struct sweep_range *v;
	size_t n;
};

/* What steps saw that told the same; all borrowed from the runs. */
struct sweep_group {
	const struct outcome *outcome; /* the first of them, the base's first */
	struct sweep_ranges at[SWEEP_KERNELS];
};

enum sweep_verdict {
	SWEEP_NOT_SWEPT,
	SWEEP_SAME, /* or there is nothing to compare with */
	SWEEP_CHANGED,
	SWEEP_REGRESSION,
};

/* One scenario on one filesystem. */
struct sweep_pair {
	const char *filesystem; /* borrowed */
	const char *scenario;
	enum sweep_verdict verdict;
	const char *why;       /* of SWEEP_NOT_SWEPT; borrowed */
	struct sweep_group *v; /* by step, the base's first */
	size_t n;
	/* Of SWEEP_REGRESSION: what is broken, the first run, all steps. */
	const struct contract *contract;
	const struct outcome *breaks;
	struct sweep_ranges broken_at;
};

/*
 * Sort the runs of a pair. @patched is NULL when there is the base alone. What
 * a contract lets vary does not tell outcomes apart.
 *
 * A contract of all scenarios that no step of the base breaks and a step of
 * the patched kernel does is a regression: it holds at any moment. What the
 * others promise is about the moment that their scenario waits for, so an
 * outcome that no step of the base saw is a change, and no more than that. So
 * is nothing that was only seen at other steps.
 */
void sweep_fill(struct sweep_pair *p, const char *filesystem,
		const char *scenario, const struct outcomes *base,
		const struct outcomes *patched,
		const struct contracts *contracts);
void sweep_pair_release(struct sweep_pair *p);
DEFINE_AUTO_VALUE(struct sweep_pair, sweep_pair_release)

/* "steps 5-18 (folio_wait_writeback) and 22 (returned)" */
char *sweep_steps(const struct sweep_ranges *at);
/* All runs of @runs tell the same, where the awaited actor was included. */
bool sweep_is_steady(const struct outcomes *runs, const char *filesystem,
		     const char *scenario);

#endif
