/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view.h - the files of a commit, and changes to them that are in memory
 *
 * Only files that are asked for are read, each once. view_write stores what has
 * changed, and the folders above it, and nothing else.
 *
 * Caller: bot/git/change.c, bot/git/apply.c
 */
#ifndef GIT_VIEW_H
#define GIT_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/auto.h"
#include "bot/base/err.h"

#define VIEW_MAX_FILE (64u << 20)     /* the largest of Linux has 24 MB */
#define VIEW_MAX_BYTES (512ull << 20) /* of all files read or made */
#define VIEW_HEX_LEN 40

struct git_repository;
struct view;

struct view_file {
	char *path;
	char *data; /* NUL behind its end; NULL when there is no such file */
	size_t len;
	unsigned mode;	 /* 0100644, 0100755, 0120000, 0160000; 0: no file */
	bool is_changed; /* since the last view_write */
};

/* -1: ERR_SYSTEM. @repo is borrowed for as long as the view lives. */
int view_new(struct view **out, struct git_repository *repo, const char *commit,
	     struct err *err) MUST_CHECK;
void view_free(struct view *v);
DEFINE_AUTO(struct view *, view_free)

/*
 * The file of that path, borrowed until the next call; never NULL, mode 0 when
 * there is none (a folder is none). -1: ERR_SYSTEM, ERR_LIMIT.
 */
int view_get(const struct view_file **out, struct view *v, const char *path,
	     struct err *err) MUST_CHECK;
/* Consumes @data, which is from malloc. */
void view_put_take(struct view *v, const char *path, char *data, size_t len,
		   unsigned mode);
void view_remove(struct view *v, const char *path);

/*
 * Why no file may be made at @path, whose own entry is not looked at: a file or
 * link stands where a folder has to be, or a folder where the file would be.
 * NULL: it may. @text is where the words go.
 */
const char *view_fault(struct view *v, const char *path, char *text,
		       size_t size);
/* The id of the blob at @path in the commit begins with @prefix. */
bool view_has_blob(struct view *v, const char *path, const char *prefix);

/* Store what has changed; the id of the tree. -1: ERR_SYSTEM. */
int view_write(char hex[VIEW_HEX_LEN + 1], struct view *v, struct err *err)
	MUST_CHECK;

#endif
