/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * posting.h - from a judged revision to a mail in the outbox, by the policy
 *
 * Gathers what rules/policy.c decides by: which lists carry the series, who
 * maintains what it touches, what left before. The mail is a file of the
 * Maildir outbox/ of the state folder, where any mail reader opens it, and a
 * row (bot/store/outbox.h). Callers: bot/draft.c, bot/probe.c and
 * bot/answering.c write, bot/clearance.c asks once more, `collider policy` shows.
 */
#ifndef BOT_POSTING_H
#define BOT_POSTING_H

#include "bot/base/buf.h"
#include "bot/config.h"
#include "bot/store/outbox.h"
#include "bot/store/revisions.h"
#include "rules/policy.h"
#include "rules/review.h"

#define POSTING_DAY (24 * 60 * 60) /* seconds that a daily ceiling is of */

/* All borrowed. */
struct posting {
	const struct config *config;
	struct store *store;
	const struct revisions_row *revision;
	const struct review *review;
	int64_t mail; /* that it is in the outbox already: not its like; 0 */
	const char *answers; /* whom a mail of kind "answer" is for; or NULL */
	const char *verdict; /* that it tells; NULL: posting_verdict */
	bool is_correction;  /* of a mail that was sent */
	int64_t now;
};

/* "<state>/results/12.json", where its review is; the caller frees it. */
char *posting_review_path(const struct config *config, int64_t revision);
/*
 * What the review of a revision came to. -1: ERR_INPUT, ERR_LIMIT as
 * record_parse; ERR_RETRY when the file cannot be read. It is of that revision
 * alone, never a reason to stop.
 */
int posting_review(struct review *out, const struct config *config,
		   int64_t revision, struct err *err) MUST_CHECK;
/*
 * What a reply tells: when all that was told of an older version is fixed, and
 * nothing else is to be said, that is "fixed" and not "same".
 */
enum verdict posting_verdict(const struct review *r);
/* Whom the policy lets be told, and why. -1: ERR_SYSTEM, as the store. */
int posting_decide(struct policy_decision *out, const struct posting *p,
		   struct err *err) MUST_CHECK;
/*
 * Who maintains what it touches, by the MAINTAINERS of its own base, or of the
 * first that was tried when it has none; nobody when that has no such file. -1:
 * ERR_SYSTEM, ERR_LIMIT.
 */
int posting_maintainers(struct strings *out, const struct posting *p,
			struct err *err) MUST_CHECK;
/* Whom a reply is addressed to; borrowed from @r, "" when it is not known. */
const char *posting_author(const struct review *r);
/* "linux-fsdevel,linux-xfs": the lists that carry it; the caller frees it. */
int posting_lists(char **out, const struct posting *p, struct err *err)
	MUST_CHECK;
/* "a@b" of "Name <a@b>", or of itself; the caller frees it. */
char *posting_address(const char *text);

/* The Maildir; the caller frees it. */
char *posting_dir(const struct config *config);
/* Put a mail there, or in its place. -1: ERR_SYSTEM. */
int posting_write(const struct config *config, const char *message_id,
		  const struct buf *mail, struct err *err) MUST_CHECK;
/* -1: ERR_INPUT when a person has removed it; ERR_LIMIT, ERR_SYSTEM. */
int posting_read(struct buf *out, const struct config *config,
		 const struct outbox_row *row, struct err *err) MUST_CHECK;

/*
 * The row of a mail of kind "answer", to p->answers, on the terms of @d. Its
 * file is there already. Of one with that id nothing is written.
 */
int posting_add_answer(const struct store_txn *txn, const struct posting *p,
		       const struct policy_decision *d, const char *message_id,
		       struct err *err) MUST_CHECK;

/*
 * Whether one kind of finding fills a day's reports: then the base is broken.
 */
int posting_is_broken(bool *out, char **why_out, const struct config *config,
		      struct store *st, int64_t now, struct err *err)
	MUST_CHECK;

#endif
