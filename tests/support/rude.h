/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rude.h - an SMTP server that does what Postfix cannot be made to do
 *
 * It refuses where it is told to, hangs up, or says nothing any more. What it
 * is not told to do it does as a server should, without TLS and with any
 * password. For everything else there is tests/support/postfix.h.
 */
#ifndef TESTS_RUDE_H
#define TESTS_RUDE_H

#include <sys/types.h>

enum rude_manner {
	RUDE_REPLIES,
	RUDE_HANGS_UP, /* without a word */
	RUDE_IS_SILENT,
};

struct rude_deed {
	const char *at;	   /* "greeting", "EHLO", "RCPT", "DATA", ".", "QUIT" */
	const char *whose; /* a piece of that line; NULL: any */
	enum rude_manner manner;
	const char *reply; /* "550 5.1.1 no such user" */
};

struct rude {
	char *url; /* "smtp://127.0.0.1:12345" */
	pid_t pid;
	char *dir; /* a file for each mail that it has taken: "1", "2" */
};

/* Ends with this process. @deeds end with .at NULL and outlive it. */
void rude_start(struct rude *r, const char *dir, const struct rude_deed *deeds);
void rude_release(struct rude *r);
/* Until it is done with who called before. */
void rude_wait(const struct rude *r);
/* How many mails it has taken. */
unsigned rude_count(const struct rude *r);
/* The nth, from 1, as it came over the wire but for the last dot; free it. */
char *rude_mail(const struct rude *r, unsigned n);
/* What its client had said to it until then, a command a line; free it. */
char *rude_said(const struct rude *r, unsigned n);

#endif
