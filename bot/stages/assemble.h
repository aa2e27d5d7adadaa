/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * assemble.h - some mails become the revisions of series that are in them
 *
 * Touches nothing. sets.h finds what was sent together, versions.h what is
 * newer than what, together.h what belongs beside what. n log n in the number
 * of mails. Callers: bot/review.c, bot/stages/sort.c
 */
#ifndef STAGES_ASSEMBLE_H
#define STAGES_ASSEMBLE_H

#include <stddef.h>

#include "bot/base/err.h"
#include "bot/stages/sent.h"
#include "parsers/mail.h"
#include "parsers/revision.h"

#define ASSEMBLE_MAX_LEFT \
	1000 /* mails named as left out; the rest is counted */

/* A mail with a diff, or without a name, that is in no revision. */
struct assemble_left {
	char *message_id;
	const char *why; /* our own words */
};

struct assembled {
	struct sent_list sent; /* in the order of their first mails */
	struct assemble_left *left;
	size_t n_left;
	size_t n_unnamed; /* more of them, past ASSEMBLE_MAX_LEFT */
};

void assembled_release(struct assembled *a);
DEFINE_AUTO_VALUE(struct assembled, assembled_release)

/*
 * Every revision that is in @mails, whole or with holes, and every pull
 * request. The mails may be in any order and of more than one thread, slots may
 * be NULL; they are borrowed. A sending whose first mail has no usable
 * Message-ID is left out.
 */
void assemble_all(struct assembled *out, struct mail *const *mails, size_t n);
/*
 * The newest version that is in @mails, which may be in any order. A version
 * with holes is an answer: revision->missing names them. Mails that became part
 * of it are moved out: their slots in @mails are NULL; the rest stay the
 * caller's, as do all on failure.
 * -1: ERR_INPUT, there is no patch: "no patch in 3 mails".
 */
int assemble_run(struct revision **out, struct mail **mails, size_t n,
		 struct err *err) MUST_CHECK;
/*
 * The same of the series that a mail belongs to or answers: a thread may have
 * several. When it belongs to none, or @message_id is NULL, assemble_run.
 */
int assemble_run_of(struct revision **out, struct mail **mails, size_t n,
		    const char *message_id, struct err *err) MUST_CHECK;

#endif
