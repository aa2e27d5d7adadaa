/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * smtp.h - hand one mail to a mail server, and know whether it was taken
 *
 * By libcurl. There are four things that can be known afterwards: it was taken,
 * it certainly was not (and may be tried again, or need not be), and that it
 * cannot be known, because the connection was lost after the last dot. Only who
 * knows that a mail was not taken may send it again. TLS is required and
 * checked unless the server is on this machine. Caller: bot/sender.c
 */
#ifndef MAIL_SMTP_H
#define MAIL_SMTP_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"

#define SMTP_CONNECT_S 30
#define SMTP_MAX_MAIL (1u << 20) /* bytes; a reply of ours has 40 KiB at most */
#define SMTP_MAX_RECIPIENTS 100	 /* RFC 5321 4.5.3.1.8: a server takes these */
#define SMTP_MAX_SECRET 1024	 /* bytes of a password */

/* All borrowed. */
struct smtp_server {
	const char *url;    /* "smtp://mail.example.org:587", "smtps://..." */
	const char *helo;   /* what we call ourselves; NULL: the host's name */
	const char *user;   /* NULL: no authentication */
	const char *secret; /* of the user */
	const char *ca; /* file of trusted certificates; NULL: the system's */
	bool must_encrypt;  /* a server on this machine, too */
	unsigned timeout_s; /* of all of it */
};

struct smtp_mail {
	const char *from;	  /* of the envelope: an address */
	const struct strings *to; /* of the envelope */
	const char *bytes;	  /* headers and body; LF or CRLF */
	size_t len;
};

enum smtp_outcome {
	SMTP_SENT,     /* taken, for all recipients that are not in refused */
	SMTP_LATER,    /* not taken: busy, away, or it says 4xx */
	SMTP_REFUSED,  /* not taken, and never will be: 5xx to this mail */
	SMTP_OPERATOR, /* not taken: TLS or authentication; somebody must act */
	SMTP_UNKNOWN,  /* perhaps taken */
};

struct smtp_result {
	enum smtp_outcome outcome;
	char *says;		/* the server's words, or what went wrong */
	struct strings refused; /* "address: 550 no such user" */
};

/*
 * 0: *out says what became of it and is the caller's. -1: nothing was sent;
 * ERR_CONFIG when the URL is none of smtp, ERR_INPUT for a mail that cannot be
 * sent (no recipient, an address with a blank or a line's end, a line of more
 * than 998 bytes, a NUL), ERR_LIMIT, ERR_SYSTEM.
 */
int smtp_send(struct smtp_result *out, const struct smtp_server *server,
	      const struct smtp_mail *mail, struct err *err) MUST_CHECK;
void smtp_result_release(struct smtp_result *r);
DEFINE_AUTO_VALUE(struct smtp_result, smtp_result_release)

/* "sent", "later", ... Never NULL. */
const char *smtp_outcome_name(enum smtp_outcome outcome);
/* The host of @url is this machine: 127.0.0.0/8, [::1], localhost. */
bool smtp_is_here(const char *url);

#endif
