/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session.h - the stages of a review, and what they have in common
 *
 * A review is data (rules/review.h, as bytes: bot/report/record.h); each of
 * the three stages takes it further. `collider review` runs them one after the
 * other, the workers of the daemon each in a process of its own:
 *
 *	session_open(&s, config, store, err);
 *	session_place(&review, s, &wish, err);	in a sandbox; base and commits
 *	session_try(&review, s, err);		lane, builds, guests, verdict
 *	session_draft(&mail, &wanted, &review, s, now, err);
 *
 * Each one may be the last: a review that is not placed (review_is_placed) is
 * ended, session_try leaves it as it is, and it is reported all the same.
 * Errors: of the kinds that bot/pipeline.c has a fate for; what a patch or a
 * kernel does is none.
 */
#ifndef BOT_SESSION_H
#define BOT_SESSION_H

#include <stdio.h>

#include "bot/bases.h"
#include "bot/mail/replies.h"
#include "bot/stages/catalogue.h"
#include "bot/stages/letters.h"
#include "bot/stages/soaked.h"
#include "bot/stages/swept.h"
#include "bot/store/revisions.h"
#include "rules/contract.h"
#include "rules/review.h"
#include "rules/suites.h"

struct session {
	const struct config *config; /* borrowed, as is the next */
	struct store *store;
	/* To be set after session_open: */
	const char *config_path; /* of --config, for lab jobs; NULL: none */
	FILE *progress;		 /* where work is shown; NULL: nowhere */
	bool keep;		 /* job folders stay, and are named */

	char *program; /* the guest's, beside ours */
	struct catalogue catalogue;
	struct strings scenarios; /* of the configuration; "all" is spelt out */
	struct suites plan;	  /* where each of them can be */
	struct contracts contracts;
	struct replies *replies; /* the words of our mails */
};

/*
 * Read what a review needs besides its series; fills nothing on disk. @st may
 * be NULL up to session_try. -1: ERR_CONFIG, ERR_SYSTEM.
 */
int session_open(struct session **out, const struct config *config,
		 struct store *st, struct err *err) MUST_CHECK;
void session_free(struct session *s); /* NULL is fine */
DEFINE_AUTO(struct session *, session_free)

/* Which series of a mailbox is placed on what; all borrowed. */
struct session_wish {
	/* The newest revision in there; what it needs is added. */
	struct letters *letters;
	const char *message_id; /* of the series that is meant; NULL: any */
	const char *tree;	/* --tree; NULL: all of the configuration */
	const char *base;	/* --base; NULL: it is looked for */
};

/*
 * Read the series, find its base and apply it, in a box; trees that are missing
 * are imported for a series that has no holes. 0: *out is placed, or ended. -1:
 * ERR_INPUT when there is no series; ERR_CONFIG, ERR_SYSTEM, ERR_RETRY.
 */
int session_place(struct review *out, struct session *s,
		  const struct session_wish *wish, struct err *err) MUST_CHECK;
/* Where a revision is placed; all borrowed. */
struct session_place_spec {
	const struct config_list *list; /* on its trees; NULL: on all */
	const char *tree;		/* on this one alone; NULL: any */
	const char *base;		/* on that commit of it; or NULL */
};

/*
 * The same of a revision that is in the store, from the files of the archive.
 * -1 also: ERR_RETRY when the archive has not got one of its mails.
 */
int session_place_revision(struct review *out, struct session *s,
			   const struct revisions_row *revision,
			   const struct session_place_spec *where,
			   struct err *err) MUST_CHECK;
/*
 * Prepare guest and lane, build and run every kernel of @r, judge and quote:
 * builds, pairs, findings, verdict, environment. One that is not placed stays
 * as it is. -1: ERR_SYSTEM, ERR_CONFIG: the machine could not do it.
 */
int session_try(struct review *r, struct session *s, struct err *err)
	MUST_CHECK;
/*
 * Sweep the windows of the session's plan, on the base of @r and, when it has
 * patches, after the last of them. Of @r only the timing is filled. 0: *out is
 * the caller's to release. -1: as session_try.
 */
int session_sweep(struct swept *out, struct review *r, struct session *s,
		  const struct swept_wish *wish, struct err *err) MUST_CHECK;
/*
 * Let the mixes named by @mixes, or all there are, run free in QEMU, on the
 * session's filesystems. 0: r->soak, which must be empty, has what they came
 * to, and @r gets the times. -1: as session_try, ERR_CONFIG for a mix that is
 * none or can be on none of them, ERR_INPUT for a wish that cannot be.
 */
int session_soak(struct review *r, struct session *s,
		 const struct strings *mixes, const struct soaked_wish *wish,
		 struct err *err) MUST_CHECK;
/*
 * The reply as a mail, dated @now, to @to and @cc, which are addresses; @to
 * NULL: to the author. *wanted is false, and @out untouched, when
 * there is nothing that its author would want to know. -1: ERR_CONFIG when
 * mail.from or mail.domain cannot be in a mail; ERR_LIMIT, ERR_INPUT.
 */
int session_draft(struct buf *out, bool *wanted, const struct review *r,
		  const struct session *s, int64_t now,
		  const struct strings *to, const struct strings *cc,
		  struct err *err) MUST_CHECK;

#endif
