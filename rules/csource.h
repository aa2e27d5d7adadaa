/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * csource.h - a C file of ours, cut into what stands at its top level
 *
 * Pure. Not a C parser: it knows the shape that .clang-format gives our own
 * files, and nothing of a stranger's ever comes here. Spans point into the text
 * that was given. Caller: rules/amalgam.c
 */
#ifndef RULES_CSOURCE_H
#define RULES_CSOURCE_H

#include "bot/base/span.h"

enum csource_kind {
	CSOURCE_SPACE, /* blanks and newlines */
	CSOURCE_COMMENT,
	CSOURCE_QUOTED, /* "..." or '.' */
	CSOURCE_WORD,	/* an identifier or keyword */
	CSOURCE_OTHER,	/* a number, or one character */
};

struct csource_token {
	enum csource_kind kind;
	struct span text;
	bool is_member; /* a word behind '.' or '->' */
};

/* Where a reader of tokens is. */
struct csource_reader {
	struct span rest;
	bool is_member; /* the next word is */
};

/* The next token; false at the end. All tokens together are the text. */
bool csource_next(struct csource_token *out, struct csource_reader *r);

/* A name that a piece defines or declares. */
struct csource_name {
	struct span text;
	bool is_local; /* static, or a macro, tag or enumerator of a .c file */
	bool is_fixed; /* means the same wherever it stands: never renamed */
};

/* A function, a variable, a type, a macro; or a comment of its own. */
struct csource_piece {
	struct span comment; /* right above it; or empty */
	struct span text;    /* empty: the comment stands alone */
	bool is_apart;	     /* a blank line stands before it */
	struct span listed;  /* of SCENARIO(x): x; else empty */
	struct csource_name *v;
	size_t n;
};

struct csource {
	const char *name; /* "gate.c"; borrowed */
	bool is_header;
	struct csource_piece *v;
	size_t n;
	struct span *includes; /* "<errno.h>" */
	size_t n_includes;
	struct span *ours; /* "run.h": headers of the same folder */
	size_t n_ours;
};

/* The licence line, include guards and the includes are no pieces. */
void csource_parse(struct csource *out, const char *name, const char *text);
void csource_release(struct csource *s);
DEFINE_AUTO_VALUE(struct csource, csource_release)

#endif
