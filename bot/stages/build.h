/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * build.h - build one step of a job in its view of the lane
 *
 * Runs make in the sandbox "build" on a tree that already holds the step's
 * files, and says what came of it. A build that breaks, hangs or floods is an
 * answer, not an error. Caller: bot/lab.c, which is not root by then.
 */
#ifndef STAGES_BUILD_H
#define STAGES_BUILD_H

#include "bot/base/json.h"
#include "bot/base/progress.h"
#include "bot/git/lane.h"
#include "bot/run/overlay.h"
#include "bot/run/profile.h"
#include "parsers/buildlog.h"

#define BUILD_MAX_LOG (16u << 20) /* bytes; a lane's whole log has 90 KiB */
#define BUILD_MAX_TOLD 200 /* objects named in a result; the log has all */

enum build_outcome { BUILD_OK, BUILD_BROKEN, BUILD_TIMED_OUT };

struct build_spec {
	const struct overlay *view;
	const struct profile *profile;
	const struct lane_arch *arch;
	const struct strings *changed; /* files that the step has put */
	bool only_objects; /* each is a .c file that was there before */
	bool link;	   /* a kernel is wanted, not only objects */
	unsigned jobs;
	unsigned timeout_s;
	unsigned memory_mib; /* of one process */
	const char *log;     /* file to keep the output in */
	struct progress *progress;
};

struct build_result {
	enum build_outcome outcome;
	int64_t ms;
	struct buildlog fresh;	/* diagnostics that were not known */
	struct strings built;	/* objects, at most BUILD_MAX_TOLD */
	struct strings unbuilt; /* changed sources that went into no object */
};

/*
 * Build. @known has what was printed before for the same files; what is new
 * is added to it, so that a later step is not blamed for it. 0: *out is the
 * caller's to release. -1: ERR_CONFIG, ERR_SYSTEM as sandbox_run.
 */
int build_run(struct build_result *out, const struct build_spec *spec,
	      struct buildlog *known, struct err *err) MUST_CHECK;
void build_result_release(struct build_result *r);
DEFINE_AUTO_VALUE(struct build_result, build_result_release)

/* "ok", "broken", "timed-out". */
const char *build_outcome_name(enum build_outcome outcome);
/* The "build" object of result.json; @log is the log's name there. */
json_t *build_to_json(const struct build_result *r, const char *log);

#endif
