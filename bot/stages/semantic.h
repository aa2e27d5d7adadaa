/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * semantic.h - the rules of rules/semantic/ over the files of one step of a job
 *
 * spatch runs in the sandbox "semantic" over the files as they were and as they
 * are, at the same time as make: a process of ours waits for it. What it could
 * not do is told, and never an error: a review without these rules is one.
 * Caller: bot/lab.c, which is not root by then.
 *
 * Calling sequence:
 *	AUTO(semantic_free) struct semantic *s = NULL;
 *
 *	semantic_open(&s, dir, err);		as whoever may read our data
 *	for each step, when its files are in the view:
 *		semantic_start(s, &spec);
 *		... build ...
 *		semantic_finish(s, &result);	tells of the step's files
 */
#ifndef STAGES_SEMANTIC_H
#define STAGES_SEMANTIC_H

#include "bot/base/json.h"
#include "rules/question.h"

#define SEMANTIC_PROFILE "semantic"
#define SEMANTIC_DIR "rules/semantic" /* below COLLIDER_DATA */
#define SEMANTIC_MAX_FILE (4u << 20)  /* bytes of a source file */
#define SEMANTIC_MAX_LOG (4u << 20)   /* of what spatch prints */
#define SEMANTIC_MAX_UNTOLD 100	      /* lines in one result */

struct semantic;

/* One step. All borrowed; the trees may not change until it is finished. */
struct semantic_spec {
	const char *base; /* folder of the tree before the first step */
	const char *tree; /* as it is now */
	int tree_fd;	  /* of that folder */
	const struct strings *changed; /* .c files that the step has put */
	const char *dir;	       /* where logs may be written */
	const char *name;	       /* of the step, for their names */
};

struct semantic_result {
	struct questions questions;
	struct strings untold; /* what was not looked at, and why */
};

/*
 * Read the rules of @dir. 0: *out is the caller's; a machine without spatch is
 * fine, each step will say so. -1: ERR_CONFIG.
 */
int semantic_open(struct semantic **out, const char *dir, struct err *err)
	MUST_CHECK;
void semantic_free(struct semantic *s); /* also ends what still runs */
DEFINE_AUTO(struct semantic *, semantic_free)

/* Begin; nothing is run when no rule is meant for any of the files. */
void semantic_start(struct semantic *s, const struct semantic_spec *spec);
/* Wait for it. *out is the caller's to release. */
void semantic_finish(struct semantic *s, struct semantic_result *out);
void semantic_result_release(struct semantic_result *r);
DEFINE_AUTO_VALUE(struct semantic_result, semantic_result_release)

/* {"questions":[...],"untold":["..."]}, the "semantic" of a step's result. */
json_t *semantic_to_json(const struct semantic_result *r);
/* Added to @out. -1: ERR_INPUT, ERR_LIMIT. */
int semantic_from_json(struct semantic_result *out, const json_t *object,
		       struct err *err) MUST_CHECK;

#endif
