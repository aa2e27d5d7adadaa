/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.h - a review as bytes, and back
 *
 * Pure. The bytes are the JSON of json.h; a review goes as such from a sandbox
 * to us, from stage to stage and to the disk. What comes from a sandbox is a
 * stranger's: it is read under the ceilings below, and what is read can be
 * used without further checks: a number of a patch is that of a patch, a
 * commit has 40 hex digits, the words are those that review.h knows. What was
 * read is written as the same bytes.
 */
#ifndef REPORT_RECORD_H
#define REPORT_RECORD_H

#include "bot/base/err.h"
#include "bot/base/json.h"
#include "parsers/mail.h"
#include "parsers/patch.h"
#include "rules/review.h"

#define RECORD_MAX_BYTES (64u << 20) /* OUTCOMES_MAX have some 20 MiB */
#define RECORD_MAX_PATCHES SUBJECT_MAX_TOTAL
#define RECORD_MAX_HUNKS PATCH_MAX_HUNKS /* of one patch */
#define RECORD_MAX_ATTEMPTS 1000	 /* some four a tree */
#define RECORD_MAX_PREREQUISITES TRAILERS_MAX
#define RECORD_MAX_SCENARIOS 1000 /* there are 46 */
#define RECORD_MAX_PAIRS OUTCOMES_MAX
#define RECORD_MAX_RUNS 1000000	 /* of one pair */
#define RECORD_MAX_VARIANTS 1000 /* no two runs of a pair are alike */
#define RECORD_MAX_FINDINGS (4 * OUTCOMES_MAX)
#define RECORD_MAX_DIAGNOSTICS 1000 /* in one list; JOB_MAX_DIAGNOSTICS */
#define RECORD_MAX_LINES 100000	    /* skipped: each file of a patch, say */
#define RECORD_MAX_TIMING 100
#define RECORD_MAX_MS (INT64_C(1) << 40) /* 34 years */

/* The text, on one line; never NULL, and the caller's. */
char *record_print(const struct review *r);
/*
 * 0: *out, which must be empty or released, is the caller's. -1: *out is
 * empty; ERR_INPUT with the place that is wrong, ERR_LIMIT past a ceiling.
 */
int record_parse(struct review *out, const char *text, size_t len,
		 struct err *err) MUST_CHECK;
/* As record_parse, of what is parsed. */
int record_read(struct review *out, const json_t *object, struct err *err)
	MUST_CHECK;

#endif
