/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * judge.h - outcomes of the base and of the patched kernels become a verdict
 *
 * Pure: facts in, pairs and findings of struct review out. What a kernel did
 * is compared with what the base did, under the contracts: what was broken
 * before is never reported. Caller: bot/stages/trial.c
 */
#ifndef RULES_JUDGE_H
#define RULES_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/mem.h"
#include "rules/contract.h"
#include "rules/outcome.h"
#include "rules/review.h"
#include "rules/suites.h"

/* How a guest ended; only END_FINISHED says that its outcomes are complete. */
enum judge_end {
	END_NOT_RUN,
	END_FINISHED,
	END_PANICKED,
	END_HUNG,
	END_SILENT,  /* not one line of ours */
	END_FLOODED, /* it wrote more than it may */
	END_DIED,    /* it ended before it said that it was done */
};

/* One kernel of the series that was run. All borrowed. */
struct judge_step {
	unsigned patch; /* the last one in it; 0: the base */
	enum judge_end end;
	const char *says; /* its last words; or NULL */
	bool is_base; /* it is the base's kernel, byte for byte, in memory */
	const struct outcomes *outcomes;
};

struct judge_evidence {
	const struct suites *plan;	/* what was asked for, in order */
	const struct judge_step *steps; /* the base first, then ascending */
	size_t n_steps;
	/*
	 * Threads race in this guest, so what not each run shows may be luck:
	 * it is told in r->skipped, and is no finding.
	 */
	bool is_racy;
};

/*
 * Fill pairs, findings and verdict of @r from @ev and from the builds of its
 * patches. Called again with more steps, it replaces what it filled before. A
 * verdict is about the whole series: without a step after the last patch there
 * is none, unless a build is broken.
 */
void judge_run(struct review *r, const struct judge_evidence *ev,
	       const struct contracts *contracts);

/*
 * After which patch to run a guest next, so that the patch at fault of each
 * finding becomes known; halves the first open range, and never names one that
 * was run. 0: nothing is open, or nothing would help.
 */
unsigned judge_next_patch(const struct review *r);

/* "finished", "panicked", ... END_NOT_RUN for any other word. */
enum judge_end judge_read_end(const char *word);

#endif
