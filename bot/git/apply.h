/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply.h - a series of patches on a commit, one commit a patch
 *
 * Hunks are placed as git apply places them, without fuzz, then by a three-way
 * merge over the blob that the index line names. Stricter than git apply: a
 * hunk that has to move never lands in another function than the one that its
 * "@@" line names. Only the touched files and folders are read and written, all
 * of it in the tree's scratch repository; no reference is made.
 */
#ifndef GIT_APPLY_H
#define GIT_APPLY_H

#include <stdint.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "bot/git/tree.h"
#include "parsers/patch.h"

#define APPLY_MAX_PATCHES 1000 /* of one series */

/* One patch of a series; all is borrowed. */
struct apply_patch {
	const struct patch *diff;
	const char *author_name;
	const char *author_email;
	int64_t author_time; /* seconds */
	int author_tz;	     /* minutes east of UTC */
	const char *message;
};

enum apply_outcome {
	APPLY_OK,
	APPLY_ALREADY_MERGED, /* the whole series is in the base */
	APPLY_CONFLICT,	      /* one patch does not apply, or may not */
};

enum apply_how {
	APPLY_STRICT,	 /* each hunk where it says */
	APPLY_OFFSET,	 /* at least one hunk had to move */
	APPLY_THREE_WAY, /* at least one file was merged */
};

struct apply_step {
	char commit[TREE_HEX_LEN + 1];
	enum apply_how how;
	struct strings notes; /* "hunk 2 of fs/a.c moved by 12 lines", ... */
};

struct apply_result {
	enum apply_outcome outcome;
	struct apply_step *steps; /* a patch that was applied each, in order */
	size_t n;
	/* Of APPLY_CONFLICT: */
	unsigned patch; /* from 1 */
	char *file;	/* NULL when no one file is at fault */
	unsigned hunk;	/* from 1; 0: the file as a whole */
	unsigned line;	/* of the hunk's "@@" in its diff; 0: no hunk */
	char *why;	/* one line: "hunk 2 of fs/a.c does not apply at ..." */
};

/*
 * Apply @patches in order, the first on @base. 0: *out says how it went, and
 * has to be released. -1: ERR_SYSTEM, ERR_LIMIT (a file too large, or a hunk
 * that takes too long to place); *out is empty.
 */
int apply_run(struct apply_result *out, const struct tree *t, const char *base,
	      const struct apply_patch *patches, size_t n, struct err *err)
	MUST_CHECK;
/* The files that a series' index lines name, and how many @base has just so. */
struct apply_blobs {
	unsigned matched;
	unsigned total;
};
int apply_count_blobs(struct apply_blobs *out, const struct tree *t,
		      const char *base, const struct apply_patch *patches,
		      size_t n, struct err *err) MUST_CHECK;
void apply_result_release(struct apply_result *r);
DEFINE_AUTO_VALUE(struct apply_result, apply_result_release)

#endif
