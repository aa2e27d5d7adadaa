/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trailers.h - what a mail's text says about its base and its fate
 *
 * Pure. The lines that git format-patch --base and b4 write below a cover or a
 * diff, Based-on: and Depends-on: with the Message-ID or the lore address of a
 * mail, and Fixes:. A line counts only if it begins in the first column, so
 * that neither quoted text nor a line of a diff can pass for one.
 * Caller: parsers/mail.c
 */
#ifndef PARSERS_TRAILERS_H
#define PARSERS_TRAILERS_H

#include <stddef.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"

#define TRAILERS_MAX 1000      /* of one mail; format-patch lists each parent */
#define TRAILERS_MAX_VALUE 998 /* bytes of a value: one line of RFC 5322 */
#define TRAILERS_MIN_FIXES 6   /* hex digits; git's own shortest is 7 or 8 */

struct trailers_fixes {
	char id[41]; /* lower-case hex, abbreviated as written */
	char *title; /* what stood in ("..."); "" when nothing did */
};

struct trailers {
	char *base_commit; /* 40 lower-case hex; NULL: not given */
	char *change_id;   /* b4's name of the series over versions; or NULL */
	struct strings prerequisite_patch_ids;	 /* 40 lower-case hex each */
	struct strings prerequisite_message_ids; /* without <> */
	struct strings prerequisite_change_ids;	 /* "id:v2", as written */
	struct trailers_fixes *fixes;
	size_t n_fixes;
};

/*
 * Read @text, all of a mail's. "base-commit:" counts only with exactly 40 hex
 * digits up to the line's end: "for-next" or a shorter id is no commit. The
 * first of several wins. 0: *out is the caller's. -1: ERR_LIMIT.
 */
int trailers_parse(struct trailers **out, const char *text, size_t len,
		   struct err *err) MUST_CHECK;
void trailers_free(struct trailers *t); /* NULL is fine */
DEFINE_AUTO(struct trailers *, trailers_free)

#endif
