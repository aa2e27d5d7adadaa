/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk.h - the mails of one epoch of a public-inbox mirror, commit by commit
 *
 * Reads one bare repository and writes nothing. Each commit is one mail (LORE
 * 1): its tree has the one file 'm', a mail, or 'd', a mail that the list took
 * back. An empty 'm' was purged. Commit dates are the senders' clocks, so the
 * order is that of descent: parents first. Objects are not hashed again; they
 * were when they were fetched. Caller: bot/stages/intake.c
 *
 * Calling sequence:
 *	AUTO(walk_free) struct walk *w = NULL;
 *	walk_open(&w, "mirrors/linux-xfs/git/0.git", err)
 *	walk_start(w, seen, tip, err)
 *	while (walk_next(w, &mail)) ...
 *	walk_gone(&blobs, w)			when walk_is_rewritten(w)
 */
#ifndef GIT_WALK_H
#define GIT_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"

#define WALK_HEX_LEN 40
#define WALK_MAX_MAIL (8u << 20)  /* as MAIL_MAX_SIZE; larger: unreadable */
#define WALK_MAX_COMMITS 2000000u /* an epoch of 1 GiB has some 300,000 */

enum walk_what {
	WALK_MAIL,
	WALK_DELETED,	 /* the list took this mail back; its bytes are here */
	WALK_PURGED,	 /* a mail was here, and its bytes are gone */
	WALK_UNREADABLE, /* why.msg says why; the next may be fine */
};

struct walk_mail {
	enum walk_what what;
	char commit[WALK_HEX_LEN + 1]; /* "" from walk_read */
	char blob[WALK_HEX_LEN + 1];   /* "" when there is no file to name it */
	int64_t time;	   /* when the list got it, seconds; 0 from walk_read */
	const char *bytes; /* the walk's, until the next one is read */
	size_t len;
	struct err why; /* set when unreadable: ERR_INPUT, ERR_LIMIT */
};

struct walk;

/* -1: ERR_SYSTEM when @path is no bare repository. */
int walk_open(struct walk **out, const char *path, struct err *err) MUST_CHECK;
void walk_free(struct walk *w); /* NULL is fine */
DEFINE_AUTO(struct walk *, walk_free)

/*
 * Set out for the commits that @tip has and @seen has not; @seen "" is for all.
 * A @seen that is gone or no ancestor of @tip is no error: the history was
 * rewritten. -1: ERR_INPUT (no such tip, a parent is missing), ERR_LIMIT.
 */
int walk_start(struct walk *w, const char *seen, const char *tip,
	       struct err *err) MUST_CHECK;
/*
 * What was seen is no longer all there. @base_out, if not NULL, becomes the
 * newest commit that both histories have; "" when there is none, or when the
 * old one is not here any more to be compared.
 */
bool walk_is_rewritten(const struct walk *w, char base_out[WALK_HEX_LEN + 1]);
/* The next mail, oldest first; false after the last. */
bool walk_next(struct walk *w, struct walk_mail *out);
/*
 * The mails that the old history has and the new one has not, by blob, each
 * once. Nothing unless it was rewritten and the old one is still here.
 */
void walk_gone(struct strings *out, struct walk *w);
/* One mail by the id of its blob; WALK_UNREADABLE when there is no such. */
void walk_read(struct walk *w, const char *blob, struct walk_mail *out);

#endif
