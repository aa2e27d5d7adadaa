/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compose.h - the reply to a series, as a mail in a file (RFC 5322)
 *
 * Touches nothing; sends nothing. The mail answers the patch at fault, or the
 * cover when that is several or none. It goes to the author alone: who else
 * gets it is a policy's to say. Its Message-ID is made from what is reported,
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
#include "rules/review.h"

#define COMPOSE_MAX_BYTES (100u << 10) /* encoded; what lists take */

struct compose_spec {
	const struct review *review;
	const char *from;   /* config mail.from: "collider <bot@example.org>" */
	const char *domain; /* config mail.domain, of the Message-ID */
	int64_t now;	    /* of the Date header, seconds */
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

#endif
