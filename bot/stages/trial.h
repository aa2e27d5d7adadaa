/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trial.h - the kernels of a series are built, booted and judged
 *
 * One lab job builds every patch in turn and runs the guest after each, or, in
 * a long series, after the last; further jobs halve the range until the patch
 * at fault is known. What the base did comes from the store, and is run once.
 * Caller: bot/session.c
 */
#ifndef STAGES_TRIAL_H
#define STAGES_TRIAL_H

#include "bot/base/err.h"
#include "bot/git/tree.h"
#include "bot/stages/job.h"
#include "bot/store/store.h"
#include "rules/contract.h"
#include "rules/review.h"
#include "rules/suites.h"

/* All borrowed. */
struct trial_spec {
	struct store *store;
	const struct tree *tree; /* has the commits of the review */
	const char *lane_key;
	const char *lane;      /* folder */
	const char *guest;     /* that boots its kernels: "uml" */
	const char *initramfs; /* its name is the hash of what is in it */
	const struct contracts *contracts;
	const struct suites *plan;
	unsigned repeat;
	unsigned each_patch; /* up to so many patches, a guest after each */
	unsigned build_s;
	unsigned guest_s;
	unsigned memory_mib; /* of one process of the build */
	unsigned guest_mib;
	const char *jobs;   /* folder of all job folders */
	const char *config; /* file given by --config; NULL: none */
	uid_t uid;	    /* whose the job folders are */
	gid_t gid;
	bool keep; /* the job folders stay, and their names are in @r */
	/*
	 * What can see the series best was run: verdict and findings of the
	 * review are the first ones, until trial_run replaces them. NULL:
	 * nobody asks. Not called when the base had to be run.
	 */
	void (*on_first)(void *arg, const struct review *r);
	void *arg;
};

/*
 * Of a review that is placed. Fills builds, pairs, findings and verdict of @r.
 * -1: ERR_SYSTEM, ERR_CONFIG: the machine could not do it; what a kernel did is
 * never an error.
 */
int trial_run(struct review *r, const struct trial_spec *spec, struct err *err)
	MUST_CHECK;

/* The parts of it that bot/stages/swept.c runs, too. */

/*
 * One lab job from row to removed folder; its times go into @r. 0: *out is the
 * caller's to release.
 */
int trial_job(struct job_result *out, struct review *r,
	      const struct trial_spec *spec, const struct job_step *steps,
	      size_t n, struct err *err) MUST_CHECK;
/* The lane's own kernel, or that with all that the series needs. */
void trial_base_step(struct job_step *step, const struct review *r,
		     const struct job_plan *plan);
/* From the kernel after patch @from, 0: the base, to that after @to. */
void trial_patch_step(struct job_step *step, const struct review *r,
		      unsigned from, unsigned to, const struct job_plan *plan);

#endif
