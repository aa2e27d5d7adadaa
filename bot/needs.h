/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * needs.h - what a series needs: from the words of its mails to mails
 *
 * Prerequisites are named by Message-ID (of any mail of the series that is
 * meant), by change-id, by patch-id, or implied by the order of a set
 * ([PATCHSET 2/3]: the one before it). They are looked for in the store, and
 * what they need in turn goes before them. Parses nothing but records. Caller:
 * bot/session.c
 */
#ifndef BOT_NEEDS_H
#define BOT_NEEDS_H

#include "bot/config.h"
#include "bot/stages/place.h"
#include "bot/store/store.h"

#define NEEDS_MAX 100	   /* series under a series */
#define NEEDS_MAX_DEPTH 10 /* of one that needs one that needs one */

struct needs {
	struct place_need *v; /* in the order that they are applied in */
	size_t n;
	struct strings words; /* what v borrows */
	struct strings seen;  /* keys of the revisions among them */
};

void needs_release(struct needs *needs);
DEFINE_AUTO_VALUE(struct needs, needs_release)

/*
 * Those of a revision that assemble has told of. The letters of what is found
 * are added to @letters. One that is not found is among them, and says why.
 * -1: ERR_LIMIT, ERR_RETRY when the archive has not got a mail, ERR_SYSTEM.
 */
int needs_of_sent(struct needs *out, struct letters *letters,
		  const struct config *config, struct store *st,
		  const struct sent *sent, const char *list, struct err *err)
	MUST_CHECK;
/* Those that a record names: base.prerequisites. */
int needs_of_review(struct needs *out, struct letters *letters,
		    const struct config *config, struct store *st,
		    const struct review *r, struct err *err) MUST_CHECK;
/* Every mail of @sent, from the archive, in the order that place wants. */
int needs_read_mails(struct letters *out, const struct config *config,
		     const struct strings *ids, struct err *err) MUST_CHECK;

#endif
