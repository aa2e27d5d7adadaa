/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base.h - which commit a series is for
 *
 * In this order, until one applies: what the user says (--base; then nothing
 * else is tried), the series' base-commit, the newest commit whose files have
 * the blob ids of the series' index lines, the tip (of the tree's branch, as is
 * where the search for blobs begins); each in every tree, in the
 * order configured. What was tried is kept, so that a report can say why
 * nothing fits and which base comes nearest.
 */
#ifndef GIT_BASE_H
#define GIT_BASE_H

#include "bot/git/apply.h"

#define BASE_MAX_WALK 5000 /* commits looked at for blobs: a week of Linux */

struct base_attempt {
	char *tree;		       /* its name */
	char commit[TREE_HEX_LEN + 1]; /* "" when there is no such commit */
	char *how;		/* "--base", "base-commit", "blobs", "tip" */
	unsigned blobs_matched; /* files as the series' index lines have them */
	unsigned blobs_total;
	bool applies;
	size_t before;	/* what failed: a group of the hints, from 1; 0: not */
	char *why;	/* the first failure, or NULL */
	unsigned patch; /* as in struct apply_result */
	char *file;
	unsigned hunk;
};

/* What became of a group that is applied first. */
struct base_step {
	bool is_merged;		       /* the base has it already */
	char commit[TREE_HEX_LEN + 1]; /* of its last patch; "" when merged */
};

struct base {
	char commit[TREE_HEX_LEN + 1]; /* "" when nothing fits */
	char *tree;		       /* NULL then */
	char *how;
	size_t tree_at; /* of that tree in the array given */
	/* What the series stands on: @commit, and the groups of the hints. */
	char parent[TREE_HEX_LEN + 1];
	struct base_step *before; /* one for each group; none: nothing fits */
	size_t n_before;
	struct base_attempt *attempts;
	size_t n;
};

/* Patches that the series needs; left out where they are merged already. */
struct base_group {
	const struct apply_patch *v;
	size_t n;
};

/* What is known beforehand; each may be NULL. */
struct base_hints {
	const char *base;		 /* --base: any revision */
	const char *base_commit;	 /* of the series: 40 hex digits */
	const struct base_group *before; /* are applied first, in this order */
	size_t n_before;
};

/*
 * Find the base of @patches among @n_trees. 0: *out says so, and is the
 * caller's to release; a series that is already merged has a base, too.
 * -1: ERR_SYSTEM, ERR_LIMIT, ERR_INPUT; *out is empty.
 */
int base_find(struct base *out, struct tree *const *trees, size_t n_trees,
	      const struct base_hints *hints, const struct apply_patch *patches,
	      size_t n, struct err *err) MUST_CHECK;
/* The attempt that comes nearest by blobs, NULL when there was none. */
const struct base_attempt *base_nearest(const struct base *b);
void base_release(struct base *b);
DEFINE_AUTO_VALUE(struct base, base_release)

#endif
