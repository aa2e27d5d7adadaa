/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * patch.h - what a unified diff says it changes
 *
 * Pure: bytes in, struct out. The bytes are hostile. Reads git's diffs (modes,
 * renames, copies, quoted paths, empty files) and plain `diff -u` or quilt
 * ones, several in one text, with whatever stands before, between and after
 * them: a log, a "-- " signature, a list footer. What git apply calls corrupt
 * is refused, with the line. Whether it applies is bot/git/apply.c's to say.
 *
 * Caller: bot/stages/assemble.c, bot/git/apply.c, bot/mail/compose.c (quotes)
 */
#ifndef PARSERS_PATCH_H
#define PARSERS_PATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/auto.h"
#include "bot/base/err.h"

#define PATCH_MAX_BYTES (16u << 20) /* 100 times the largest mail lists take */
#define PATCH_MAX_FILES 5000	    /* a tree-wide rename touches that many */
#define PATCH_MAX_HUNKS 20000	    /* of all files together */
#define PATCH_MAX_LINES 400000	    /* of all hunks together */
#define PATCH_MAX_START 100000000   /* a line number in a hunk header */
#define PATCH_MAX_ID 40		    /* hex digits of a SHA-1 */

enum patch_op {
	PATCH_CHANGE, /* content, mode, or both, in place */
	PATCH_ADD,
	PATCH_DELETE,
	PATCH_RENAME, /* and perhaps changed */
	PATCH_COPY,   /* and perhaps changed */
};

struct patch_line {
	char origin;	 /* ' ' in both, '-' in the old, '+' in the new */
	bool no_newline; /* the file ends here, without a newline */
	const char
		*text; /* borrowed from the patch; the newline is not in it */
	size_t len;
};

struct patch_hunk {
	unsigned old_start, old_n; /* "@@ -start,n" */
	unsigned new_start, new_n;
	char *func; /* what stands after the second "@@"; "" when nothing */
	struct patch_line *lines;
	size_t n_lines;
	unsigned leading;  /* context lines before the first change */
	unsigned trailing; /* context lines after the last change */
	unsigned line;	   /* of its "@@", in the text, from 1 */
	size_t at;	   /* byte offset of its "@@" in the text */
	size_t len;	   /* bytes from there to its end */
};

struct patch_file {
	enum patch_op op;
	char *old_path;		       /* NULL for PATCH_ADD */
	char *new_path;		       /* NULL for PATCH_DELETE */
	unsigned old_mode;	       /* octal, as in a tree; 0: not said */
	unsigned new_mode;	       /* 0: not said */
	char old_id[PATCH_MAX_ID + 1]; /* lower-case hex, perhaps cut; or "" */
	char new_id[PATCH_MAX_ID + 1];
	unsigned similarity; /* percent, of a rename or copy */
	bool is_binary;	     /* its content is not among the hunks */
	bool is_plain; /* no "diff --git": only names and hunks are known */
	struct patch_hunk *hunks;
	size_t n_hunks;
	unsigned line; /* of its first line, in the text, from 1 */
	size_t at;     /* byte offset of that line */
};

struct patch {
	char *text; /* an own copy of what was parsed */
	size_t len;
	struct patch_file *files; /* in the text's order; a path may recur */
	size_t n_files;
};

/*
 * Read every diff in @text. 0: *out has one file or more and is the caller's.
 * -1: *out is untouched; ERR_INPUT "line 12: ..." or ERR_LIMIT.
 */
int patch_parse(struct patch **out, const char *text, size_t len,
		struct err *err) MUST_CHECK;
/*
 * The patch that undoes @p: files in reverse order, old and new exchanged, a
 * copy undone by a deletion. It borrows the text of @p, which has to outlive
 * it.
 */
struct patch *patch_reversed(const struct patch *p);
void patch_free(struct patch *p); /* NULL is fine */
DEFINE_AUTO(struct patch *, patch_free)

/* The path that messages call the file by: the new one, else the old. */
const char *patch_file_name(const struct patch_file *f);

#endif
