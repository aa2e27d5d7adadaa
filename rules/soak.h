/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * soak.h - what free-running mixes say of a kernel, and of a series
 *
 * Pure. No two runs of a soak are the same, so its outcomes are not compared:
 * each is held against what must hold however threads meet (the contracts about
 * its scenario). What is broken after a series and was not on the base, in as
 * many runs of the same length, is a finding of its own kind: it is told with
 * its seed and its counts, and never as what the series does each time.
 *
 * A record owns all that it points to: it is kept with the review that it
 * follows, and goes where that goes. What a guest said is in it as it came.
 * Callers: bot/stages/soaked.c; bot/report/soak_text.c, soak_json.c
 */
#ifndef RULES_SOAK_H
#define RULES_SOAK_H

#include "rules/contract.h"
#include "rules/outcome.h"

enum soak_kernel { SOAK_BASE, SOAK_PATCHED, SOAK_KERNELS };

/* A promise that runs of one kernel broke. */
struct soak_broken {
	char *contract; /* "xfs/soak-returns" */
	char *promise;	/* its sentence */
	char *how;	/* the first of them broke it: "round 2: ..." */
	unsigned seed;	/* of that one; 0: it does not say */
	unsigned runs;	/* that did */
	bool is_new;	/* after the series, and in no run of the base */
};

/* What one kernel did in all runs of a pair. */
struct soak_side {
	unsigned runs;	   /* that were told */
	unsigned collided; /* of them: the others prove nothing */
	unsigned cannot;   /* of them: it would need a large folio */
	unsigned hung;	   /* of them: a call did not come back */
	/* In all runs; negative where the kernel does not tell. */
	int64_t invalidations; /* that failed, before a direct write */
	int64_t told;	       /* collisions after one, told by EIO */
	struct outcome last;   /* run; without its filesystem and scenario */
	char *refused;	       /* it could not even begin: why; or NULL */
	char *lost;	       /* its guest ended before it did: how; or NULL */
	struct soak_broken *v;
	size_t n;
};

enum soak_verdict {
	SOAK_NOT_RUN,
	SOAK_CANNOT_COLLIDE, /* not in this kernel: no pass, and no failure */
	SOAK_NEVER_COLLIDED, /* on one kernel; nothing broken: no pass */
	SOAK_HELD,
	SOAK_BROKEN_BEFORE, /* on the base, too: not the series' fault */
	SOAK_BROKEN,
};

/* One mix on one filesystem. */
struct soak_pair {
	char *filesystem;
	char *scenario;
	enum soak_verdict verdict;
	struct soak_side v[SOAK_KERNELS];
};

struct soak_record {
	unsigned seconds; /* of each kernel, as it was asked for; 0: no soak */
	unsigned seed;	  /* of the first run; the next one has the next */
	unsigned runs;	  /* of each pair */
	unsigned run_ms;  /* of each run */
	int64_t ms;	  /* of wall time, in guests */
	bool is_base_kernel; /* the patched one is: it was not run */
	bool has_patched;    /* it was run */
	char *why;	     /* the patched kernel was not run; or NULL */
	struct soak_pair *v;
	size_t n;
};

/* What the runs of one kernel told, and how its guest ended. */
struct soak_told {
	const struct outcomes *outcomes; /* NULL: this kernel was not run */
	const char
		*ended; /* the words of a guest that did not finish, or NULL */
};

/*
 * A pair whose runs are not all there is lost with its guest's @ended: the
 * first such pair of the plan, as a guest goes through it in order. *is_told:
 * an earlier one has been blamed for that already, kernel by kernel.
 */
void soak_fill(struct soak_pair *p, const char *filesystem,
	       const char *scenario, const struct soak_told told[SOAK_KERNELS],
	       unsigned runs, bool is_told[SOAK_KERNELS],
	       const struct contracts *contracts);
void soak_pair_release(struct soak_pair *p);
DEFINE_AUTO_VALUE(struct soak_pair, soak_pair_release)

/* A new one, zeroed, at the end; valid until the next one is added. */
struct soak_pair *soak_record_push(struct soak_record *r);
struct soak_broken *soak_side_push(struct soak_side *s);
/* Something is broken, that is not on the base when there is a series. */
bool soak_record_is_worse(const struct soak_record *r);
/* Each mix collided on each kernel that it can collide in, and one did. */
bool soak_record_is_whole(const struct soak_record *r);
void soak_record_release(struct soak_record *r);
DEFINE_AUTO_VALUE(struct soak_record, soak_record_release)

/* "did not collide", "broken", ... Never NULL. */
const char *soak_verdict_name(enum soak_verdict v);

#endif
