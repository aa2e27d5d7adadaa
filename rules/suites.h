/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * suites.h - what is to be run: filesystem by filesystem, its scenarios
 *
 * Pure. A scenario is not on each filesystem (what it needs of a file, some
 * cannot), so a plan is no rectangle. Callers: bot/session.c makes one of the
 * catalogue; jobs, guests and the judge follow it.
 */
#ifndef RULES_SUITES_H
#define RULES_SUITES_H

#include <stdbool.h>

#include "bot/base/err.h"
#include "bot/base/json.h"
#include "bot/base/mem.h"

#define SUITES_MAX 64		 /* filesystems; there are 13 */
#define SUITES_MAX_SCENARIOS 128 /* of one; PLAN_MAX_SCENARIOS of the guest */

struct suite {
	char *filesystem;
	struct strings scenarios;
};

/* Each filesystem once, and each scenario once in it. */
struct suites {
	struct suite *v;
	size_t n;
};

/* An empty one at the end; the list's. */
struct suite *suites_add(struct suites *list, const char *filesystem);
/* A scenario at the end of the suite of @filesystem, which may be new. */
void suites_add_pair(struct suites *list, const char *filesystem,
		     const char *scenario);
/* The suite of @filesystem, or NULL. */
const struct suite *suites_find(const struct suites *list,
				const char *filesystem);
bool suites_has(const struct suites *list, const char *filesystem,
		const char *scenario);
/* All pairs. */
size_t suites_count(const struct suites *list);
struct suites suites_dup(const struct suites *list);
/* A copy of @from at the end. */
void suites_push(struct suites *list, const struct suite *from);
/* A copy of what is in @list and not in @other. */
struct suites suites_without(const struct suites *list,
			     const struct suites *other);
void suites_release(struct suites *list);
DEFINE_AUTO_VALUE(struct suites, suites_release)

/* [{"filesystem":"xfs","scenarios":["C01"]}] */
json_t *suites_to_json(const struct suites *list);
/* -1: ERR_INPUT, ERR_LIMIT, and *out is empty. An empty list is none. */
int suites_from_json(struct suites *out, const json_t *array, struct err *err)
	MUST_CHECK;

#endif
