/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * message.h - a mail of ours, by GMime: plain text in a thread (RFC 5322)
 *
 * Names, addresses, ids and subjects may be a stranger's: what cannot stand in
 * a header safely is left out or made harmless, and no header ends early.
 * Lines end in LF. Caller: bot/mail/compose.c
 *
 * Calling sequence:
 *	if (message_new(&m, from, err) < 0)
 *		return -1;
 *	message_to(m, name, address);
 *	message_cc(m, NULL, other);
 *	return message_write(out, m, &(struct message_head){ ... }, &text, err);
 */
#ifndef MAIL_MESSAGE_H
#define MAIL_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/buf.h"
#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "rules/review.h"

#define MESSAGE_MAX_BYTES (100u << 10) /* encoded; what lists take */

struct message;

/* @from: "Name <user@host>", ours. -1: ERR_CONFIG when it is no address. */
int message_new(struct message **out, const char *from, struct err *err)
	MUST_CHECK;
void message_free(struct message *m); /* NULL is fine */
DEFINE_AUTO(struct message *, message_free)

/* Left out when @address is none. @name may be NULL. */
void message_to(struct message *m, const char *name, const char *address);
void message_cc(struct message *m, const char *name, const char *address);
/* @text: as message_new takes it, of the operator. -1: ERR_CONFIG. */
int message_to_operator(struct message *m, const char *text, struct err *err)
	MUST_CHECK;

/* A word that can stand between '<' and '>', and be the domain of an id. */
bool message_is_id(const char *id);
bool message_is_address(const char *address);

/* Borrowed. */
struct message_head {
	const char *subject;		  /* message_answer_subject, or ours */
	const char *message_id;		  /* without <> */
	const struct review_mail *parent; /* that it answers; or NULL */
	const char
		*automatic; /* RFC 3834 5: "auto-generated", "auto-replied" */
	bool is_bulk;	    /* no vacation program answers it */
	int64_t now;	    /* of Date, seconds */
};

/* "Re: " and the parent's subject, on one harmless line; the caller frees. */
char *message_answer_subject(const char *subject);
/*
 * 0: *out, which must be empty or released, holds the mail. -1: ERR_LIMIT,
 * ERR_SYSTEM.
 */
int message_write(struct buf *out, struct message *m,
		  const struct message_head *head, const struct buf *text,
		  struct err *err) MUST_CHECK;

#endif
