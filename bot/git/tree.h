/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree.h - one configured git repository, read and never written
 *
 * What we make (blobs, trees, commits of applied patches) goes to a scratch
 * repository of our own, whose alternates point at the configured one: so each
 * object of either can be read, and the user's repository stays as it is. (An
 * object that we would make and that it has already gets a new date, as git
 * does, so that its prune leaves what ours stand on.)
 *
 * A commit is named by its 40 hex digits here, except for tree_resolve, which
 * takes whatever git rev-parse takes.
 */
#ifndef GIT_TREE_H
#define GIT_TREE_H

#include <stdbool.h>
#include <stdio.h>

#include "bot/base/buf.h"
#include "bot/base/err.h"
#include "bot/base/mem.h"

#define TREE_HEX_LEN 40
#define TREE_MAX_FOLDERS 100	  /* git follows five alternates in turn */
#define TREE_MAX_FILE (64u << 20) /* the largest file of Linux has 24 MB */
#define TREE_MAX_FILES 1000000	  /* ten times Linux */
#define TREE_MAX_CHANGES 100000	  /* more than the whole of Linux */

struct tree;
struct git_repository;

/*
 * Open the repository (bare or not) at @path; make or mend the scratch
 * repository at @scratch. -1: ERR_CONFIG when @path is no repository,
 * ERR_SYSTEM when @scratch cannot be made.
 */
int tree_open(struct tree **out, const char *name, const char *path,
	      const char *scratch, struct err *err) MUST_CHECK;
void tree_free(struct tree *t); /* NULL is fine */
DEFINE_AUTO(struct tree *, tree_free)

/* Those that a series is tried on, open until the end. */
struct trees {
	struct tree **v;
	size_t n;
};

void trees_release(struct trees *t);
DEFINE_AUTO_VALUE(struct trees, trees_release)

const char *tree_name(const struct tree *t);
/* Whose tip is meant; "HEAD" until it is set. */
const char *tree_branch(const struct tree *t);
void tree_set_branch(struct tree *t, const char *branch);
/* Where tree_open finds the same again: the repository itself, and ours. */
const char *tree_path(const struct tree *t);
const char *tree_scratch(const struct tree *t);
/*
 * The folders that are read of it: the repository, that of a worktree's main
 * one, and where its alternates point to, in turn. -1: ERR_SYSTEM, ERR_LIMIT.
 */
int tree_folders(struct strings *out, const struct tree *t, struct err *err)
	MUST_CHECK;
/* The repository has @commit itself; it is none of those that we made. */
bool tree_has(const struct tree *t, const char *commit);
/* Borrowed; reads both repositories' objects, writes the scratch one. */
struct git_repository *tree_repository(const struct tree *t);

/*
 * The commit that @rev names, as git rev-parse would; "" when there is none,
 * which is an answer. -1: ERR_INPUT (ambiguous), ERR_SYSTEM.
 */
int tree_resolve(char hex[TREE_HEX_LEN + 1], const struct tree *t,
		 const char *rev, struct err *err) MUST_CHECK;
/* The id of the tree of @commit: equal for equal content. */
int tree_hash(char hex[TREE_HEX_LEN + 1], const struct tree *t,
	      const char *commit, struct err *err) MUST_CHECK;

/*
 * The files of @commit into the folder @dir, which is made and must be empty.
 * @progress is where it is shown, NULL nowhere. -1: ERR_SYSTEM, ERR_INPUT.
 */
int tree_export(const struct tree *t, const char *commit, const char *dir,
		FILE *progress, struct err *err) MUST_CHECK;

/*
 * One file of @commit. *found is false when there is no file of that path (a
 * folder is none), which is an answer. -1: ERR_LIMIT past @max, ERR_SYSTEM.
 */
int tree_read_file(struct buf *out, const struct tree *t, const char *commit,
		   const char *path, size_t max, bool *found, struct err *err)
	MUST_CHECK;

struct tree_change {
	char *path;
	unsigned mode; /* 0100644, 0100755, 0120000; 0 when deleted */
	bool is_deleted;
};

struct tree_changes {
	struct tree_change *v; /* by path */
	size_t n;
};

/* What differs in @to; a rename is a deletion and an addition. */
int tree_diff(struct tree_changes *out, const struct tree *t, const char *from,
	      const char *to, struct err *err) MUST_CHECK;
void tree_changes_release(struct tree_changes *c);
DEFINE_AUTO_VALUE(struct tree_changes, tree_changes_release)

#endif
