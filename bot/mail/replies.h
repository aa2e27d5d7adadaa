/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replies.h - the words of our mails, as an operator has them
 *
 * Reads files: <dir>/report.txt and the others of config/replies/, whose
 * syntax is in parsers/template.h. What a folder of the operator's own lacks
 * is taken from the one that is part of the program. Read at start-up, so that
 * what cannot be filled is not found out by a mail.
 * Callers: bot/wording.c; the writers of bot/mail and tests fill.
 */
#ifndef MAIL_REPLIES_H
#define MAIL_REPLIES_H

#include "parsers/template.h"

enum reply {
	REPLY_REPORT,
	REPLY_DOES_NOT_BUILD,
	REPLY_DOES_NOT_APPLY,
	REPLY_INCOMPLETE,
	REPLY_MODERATOR,
	REPLY_CORRECTION,
	REPLY_ANSWER,
	REPLY_PROBE,
	REPLY_SINCE, /* {changes} of those above */
	/* What is said of a finding of that kind, in all of these. */
	REPLY_REGRESSION,
	REPLY_UNCOVERED,
	REPLY_CHANGED,
	REPLY_WARNING,
	REPLY_BUILD,
	REPLY_REPAIRED,
	REPLY_QUESTION,
	REPLY_LISTED, /* of all that are FINDING_CHANGED at once */
	REPLY_ORDER,  /* of each that failed: {orders} of answer */
	/* {because} of correction */
	REPLY_BECAUSE_BASE,
	REPLY_BECAUSE_TOOL,
	REPLY_BECAUSE_PERSON,
	REPLIES
};

/* Of report and does-not-build. */
enum report_field {
	REPORT_GONE,
	REPORT_CHANGES,
	REPORT_SENTENCE,
	REPORT_DIAGNOSTICS,
	REPORT_HUNK,
	REPORT_QUESTION,
	REPORT_TABLE,
	REPORT_SIDES,
	REPORT_COUNTS,
	REPORT_PROMISE,
	REPORT_FURTHER,
	REPORT_MORE,
	REPORT_COMMAND,
	REPORT_BASE,
	REPORT_RUN,
	REPORT_SAME,
	REPORT_UNDONE,
	REPORT_NEEDS,
	REPORT_REPORTER,
	REPORT_ID,
	REPORT_FIELDS
};

/* Of does-not-apply. */
enum conflict_field {
	CONFLICT_GONE,
	CONFLICT_CHANGES,
	CONFLICT_PATCH,
	CONFLICT_NUMBER,
	CONFLICT_FILE,
	CONFLICT_WHY,
	CONFLICT_HUNK,
	CONFLICT_TRIED,
	CONFLICT_NEAREST,
	CONFLICT_FIELDS
};

/* Of incomplete. */
enum incomplete_field {
	INCOMPLETE_GONE,
	INCOMPLETE_CHANGES,
	INCOMPLETE_MISSING,
	INCOMPLETE_FIELDS
};

/* Of moderator. */
enum moderator_field {
	MODERATOR_REASONS,
	MODERATOR_ID,
	MODERATOR_MAIL,
	MODERATOR_FIELDS
};

/* Of correction. */
enum correction_field {
	CORRECTION_TOLD,
	CORRECTION_MORE,
	CORRECTION_WHY,
	CORRECTION_BECAUSE,
	CORRECTION_FIELDS
};

/* Of answer. */
enum answer_field { ANSWER_ORDERS, ANSWER_FIELDS };

/* Of what is said of an order that failed. */
enum failed_field { FAILED_ORDER, FAILED_OUTCOME, FAILED_FIELDS };

/* Of probe. */
enum probe_field { PROBE_VERDICT, PROBE_REPORT, PROBE_FIELDS };

/* Of since. */
enum since_field {
	SINCE_AGAIN,
	SINCE_SINCE,
	SINCE_ANSWER,
	SINCE_LINES,
	SINCE_FIELDS
};

/* Of what is said of a finding. */
enum saying_field { SAYING_PATCH, SAYING_SAYS, SAYING_MENDER, SAYING_FIELDS };

/* Of what is said of many. */
enum listed_field { LISTED_WHERE, LISTED_SAYS, LISTED_FIELDS };

struct replies {
	struct template *v[REPLIES];
};

/*
 * @own may be NULL. -1: ERR_CONFIG, "<file>:<line>: <what>"; a .txt file in
 * @own that is no template of ours is such an error, too.
 */
int replies_read(struct replies **out, const char *standard, const char *own,
		 struct err *err) MUST_CHECK;
void replies_free(struct replies *r); /* NULL is fine */
DEFINE_AUTO(struct replies *, replies_free)

#endif
