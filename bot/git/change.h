/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * change.h - one patch onto the files of a view
 *
 * The meaning of several diffs in one patch is git apply's: a diff of a file
 * that an earlier one changed goes on top of it; a rename or copy takes its
 * source as it was before the patch, so that two files can change places.
 *
 * Caller: bot/git/apply.c
 */
#ifndef GIT_CHANGE_H
#define GIT_CHANGE_H

#include "bot/base/mem.h"
#include "bot/git/view.h"
#include "parsers/patch.h"

struct git_repository;

struct change {
	bool applies;
	bool is_moved;	      /* a hunk is not where it says */
	bool is_merged;	      /* a file was merged three ways */
	bool has_effect;      /* a file is other than before */
	struct strings notes; /* what a reader should know, one line each */
	/* When it does not apply: */
	char *file;
	unsigned hunk; /* from 1; 0: the file as a whole */
	unsigned line; /* of its "@@", in the patch's text */
	char *why;
};

/*
 * Apply @p to @v. That it does not apply is an answer; @v is of no use then.
 * @repo: where the blobs of the index lines are looked for, for a three-way
 * merge; NULL: none is tried. -1: ERR_SYSTEM, ERR_LIMIT; @out is empty.
 */
int change_run(struct change *out, struct view *v, const struct patch *p,
	       struct git_repository *repo, struct err *err) MUST_CHECK;
void change_release(struct change *c);
DEFINE_AUTO_VALUE(struct change, change_release)

#endif
