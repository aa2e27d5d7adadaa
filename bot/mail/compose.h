/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compose.h - the reply to a series, as a mail in a file (RFC 5322)
 *
 * Touches nothing; sends nothing. The mail answers the patch at fault, or the
 * cover when that is several or none. Unless a policy says otherwise it goes to
 * the author alone. Its Message-ID is made from what is reported,
 * so that the same report is the same mail. Lines end in LF.
 *
 * Calling sequence:
 *	if (compose_is_wanted(&review) &&
 *	    compose_run(&mail, &(struct compose_spec){ ... }, err) < 0)
 *		return -1;
 */
#ifndef MAIL_COMPOSE_H
#define MAIL_COMPOSE_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/buf.h"
#include "bot/base/err.h"
#include "bot/mail/replies.h"
#include "parsers/mail.h"
#include "rules/review.h"

struct compose_spec {
	const struct review *review;
	const struct replies *replies; /* the words */
	const char *from;   /* config mail.from: "collider <bot@example.org>" */
	const char *domain; /* config mail.domain, of the Message-ID */
	int64_t now;	    /* of the Date header, seconds */
	/* Addresses; NULL: the author alone. */
	const struct strings *to;
	const struct strings *cc;
};

/*
 * There is something that the author wants to know. False when all is as on the
 * base, or better, and when the trouble is ours.
 */
bool compose_is_wanted(const struct review *r);
/*
 * 0: *out, which must be empty or released, holds the mail. -1: ERR_CONFIG when
 * from or domain cannot be in a mail, ERR_INPUT when the review is of no mail,
 * ERR_LIMIT, ERR_SYSTEM.
 */
int compose_run(struct buf *out, const struct compose_spec *spec,
		struct err *err) MUST_CHECK;

/* What a moderator is shown of a mail that is held. All borrowed. */
struct compose_copy {
	const struct replies *replies; /* the words */
	const struct buf *mail;	       /* as it would be sent */
	const char *message_id;	       /* of that, without <> */
	const struct strings *reasons;
	const char *from; /* as in struct compose_spec */
	const char *to;	  /* the moderator: "Name <user@host>" */
	int64_t now;
};

/* A short answer to who gave us an order. All borrowed. */
struct compose_answer {
	const char *from; /* as in struct compose_spec */
	const char *to;	  /* an address */
	const char *message_id;
	const char *subject;	 /* of what is answered, as it came */
	const char *in_reply_to; /* its id */
	const char *before;	 /* the id of our mail that it answered */
	const char *text;	 /* ASCII or UTF-8, LF ends */
	int64_t now;
};

/* As compose_run. */
int compose_answer(struct buf *out, const struct compose_answer *spec,
		   struct err *err) MUST_CHECK;

/* As compose_run; its Message-ID is "copy." and that of the mail. */
int compose_copy(struct buf *out, const struct compose_copy *spec,
		 struct err *err) MUST_CHECK;

/* A mail that takes back another of ours. All borrowed. */
struct compose_correction {
	const struct mail *report; /* as it was sent */
	const struct strings *to;  /* addresses, of those that it went to */
	const struct strings *cc;
	const struct buf *text;
	const char *message_id;
	const char *from; /* as in struct compose_spec */
	int64_t now;
};

/* As compose_run; it answers that mail. */
int compose_correction(struct buf *out, const struct compose_correction *spec,
		       struct err *err) MUST_CHECK;
/* The text of a reply to @r alone, with nothing around it; as compose_run. */
int compose_text(struct buf *out, const struct compose_spec *spec,
		 struct err *err) MUST_CHECK;

#endif
