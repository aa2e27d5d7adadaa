/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.h - a revision is put on the commit it is for, in a box
 *
 * The mails are read, the base is found and the series applied where nothing
 * else can be seen: the trees, read-only, our objects over them, and the mails.
 * What was tried and where it stopped is in the record that comes out, as are
 * the hunks that may be quoted and the mails as far as a reply needs them.
 * Callers: bot/session.c; bot/boxed.c of place_box
 */
#ifndef STAGES_PLACE_H
#define STAGES_PLACE_H

#include "bot/git/tree.h"
#include "bot/stages/letters.h"
#include "bot/stages/sent.h"
#include "rules/review.h"

#define PLACE_PROFILE "tree"

/* Something that the series needs; see bot/stages/fit.h. All borrowed. */
struct place_need {
	const char *kind;
	const char *value;
	const char *subject; /* NULL: nothing was found */
	const char *why;     /* or NULL */
	size_t n;	     /* letters of it, in order */
};

/* All borrowed. */
struct place_spec {
	const struct letters *letters; /* those of the needs are the last */
	/*
	 * NULL: the newest revision that is in the letters. Else the record of
	 * assemble of it: the letters are its mails, the cover
	 * first when there is one, then the patches in order.
	 */
	const struct sent *sent;
	const char *message_id; /* without sent: of the series that is meant */
	struct tree *const *trees; /* none: the series is read, no more */
	size_t n_trees;
	const char *base; /* --base; NULL: it is looked for */
	/*
	 * False: nobody knows yet what the series needs. A record of one that
	 * needs something then names that, and is neither placed nor ended.
	 */
	bool has_needs;
	const struct place_need *needs;
	size_t n_needs;
	const char *user; /* whom the box runs as when we are root */
};

/*
 * 0: *out is the caller's; it is placed (review_is_placed), or it is ended and
 * says why: it has holes, it does not apply, a diff of it cannot be read. -1:
 * ERR_INPUT when there is no series in the letters, and as boxed_run.
 */
int place_run(struct review *out, const struct place_spec *spec,
	      struct err *err) MUST_CHECK;
/* The task "place". */
int place_box(const json_t *request, int out, struct err *err) MUST_CHECK;

#endif
