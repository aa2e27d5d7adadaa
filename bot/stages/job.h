/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * job.h - a lab job seen from outside: write its folder, run it, read it
 *
 * The folder is all that passes between a review and what a stranger's patch
 * can influence: spec.json and the files in, result.json and logs out. What
 * comes back is hostile and is read under ceilings. The inside is bot/lab.c.
 *
 * Calling sequence:
 *	job_write(&spec, err);
 *	job_run(&spec, err);
 *	job_read(&result, &spec, err);
 */
#ifndef STAGES_JOB_H
#define STAGES_JOB_H

#include <stdint.h>
#include <sys/types.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "bot/git/tree.h"
#include "bot/stages/semantic.h"
#include "rules/review.h"
#include "rules/suites.h"

#define JOB_MAX_RESULT (64u << 20) /* bytes of result.json: OUTCOMES_MAX */
#define JOB_MAX_DIAGNOSTICS 1000   /* of one step */
#define JOB_MAX_TIME_S 86400
#define JOB_MAX_PROGRESS (4u << 20) /* bytes of progress lines */

/* What a guest is to run. */
struct job_plan {
	const struct suites *suites;
	const struct suites *first; /* some, to be told early; or NULL */
	unsigned repeat;	    /* of a sweep: so many steps */
	bool always;	   /* boot it, whatever kernel it turns out to be */
	unsigned sweep_us; /* 0: not swept; else as in bot/guest/guest.h */
	unsigned sweep_at;
	unsigned soak_ms; /* 0: no soaks; else the same */
	unsigned seed;
};

/* One kernel of the job; each is built on top of the one before. */
struct job_step {
	char name[16];		     /* "base", "1", "2" */
	const char *from;	     /* commits whose difference it is; both */
	const char *to;		     /* NULL: the lane's own kernel */
	const struct job_plan *plan; /* NULL: it is not booted */
};

struct job_spec {
	const char *dir;	 /* is made; must not be there */
	const char *lane;	 /* folder of the lane */
	const char *initramfs;	 /* file */
	const struct tree *tree; /* has the commits */
	const struct job_step *steps;
	size_t n_steps;
	unsigned build_s;
	unsigned guest_s;
	unsigned memory_mib; /* of one process of the build */
	unsigned guest_mib;  /* that the guest has */
	const char *config;  /* for `collider lab`; NULL: the default */
	uid_t uid;	     /* whose the folder is */
	gid_t gid;
	void (*on_progress)(void *arg); /* the lab has said something */
	void *arg;
};

/* How a guest ended: the words of bot/guest, as text. */
struct job_guest {
	char *end;  /* "finished", "panicked", ...; NULL: none was run */
	char *says; /* its last words, or NULL */
	char *same; /* the step whose kernel it is: no guest was run; or NULL */
	int64_t ms;
	struct outcomes outcomes;
};

struct job_step_result {
	enum review_build build;
	int64_t build_ms;
	struct review_diagnostics errors;
	struct review_diagnostics new_warnings;
	struct strings unbuilt; /* files that no object was made of */
	struct semantic_result semantic;
	struct job_guest guest;
};

struct job_result {
	struct job_step_result *v; /* one for each step of the spec */
	size_t n;
};

/* -1: ERR_SYSTEM (disk), or a commit that cannot be read. */
int job_write(const struct job_spec *spec, struct err *err) MUST_CHECK;
/*
 * `collider lab DIR` as a child; what it prints goes to our stderr. -1:
 * ERR_SYSTEM, it left no result.
 */
int job_run(const struct job_spec *spec, struct err *err) MUST_CHECK;
/* -1: ERR_INPUT, ERR_LIMIT: not what a lab writes; what the lab itself said. */
int job_read(struct job_result *out, const struct job_spec *spec,
	     struct err *err) MUST_CHECK;
/*
 * While the job runs: what the first round of a step told. *found is false
 * when it is not over, or there is none. -1: as job_read.
 */
int job_read_first(bool *found, struct job_guest *out,
		   const struct job_spec *spec, const char *step,
		   struct err *err) MUST_CHECK;
void job_guest_release(struct job_guest *g);
DEFINE_AUTO_VALUE(struct job_guest, job_guest_release)
void job_result_release(struct job_result *r);
DEFINE_AUTO_VALUE(struct job_result, job_result_release)

#endif
