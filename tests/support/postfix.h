/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * postfix.h - Debian's Postfix on loopback, with a queue of its own
 *
 *	AUTO(postfix_release) struct postfix p = { 0 };
 *	postfix_start(&p, dir, POSTFIX_TLS | POSTFIX_AUTH);
 *	... a mail to p.url ...
 *	postfix_wait(&p, 1);
 *
 * Whatever it takes, for whomever, lies in one Maildir afterwards, a file for
 * each recipient. It needs root and ends with this process; the system's own
 * Postfix, its configuration and queue are left alone.
 */
#ifndef TESTS_POSTFIX_H
#define TESTS_POSTFIX_H

#include <stdbool.h>
#include <sys/types.h>

#include "bot/base/mem.h"

enum {
	POSTFIX_TLS = 1,  /* STARTTLS, with a certificate of p.authority */
	POSTFIX_AUTH = 2, /* only for POSTFIX_USER, and with TLS */
};
#define POSTFIX_USER "bot"
#define POSTFIX_SECRET "hunter2"

struct postfix {
	char *dir;
	char *url;	 /* "smtp://127.0.0.1:12345" */
	char *authority; /* a file; the certificate is there with POSTFIX_TLS */
	unsigned port;
	pid_t pid;
};

/* It is installed and we are root; else a line on stdout says what lacks. */
bool postfix_is_here(void);
/* Below @dir, which others may enter. */
void postfix_start(struct postfix *p, const char *dir, unsigned how);
void postfix_release(struct postfix *p); /* zeroed is fine */
DEFINE_AUTO_VALUE(struct postfix, postfix_release)

/* How many mails were delivered so far. */
size_t postfix_count(const struct postfix *p);
/* Until so many were, at least. */
void postfix_wait(const struct postfix *p, size_t n);
/* Until nobody is connected and all that it took was delivered. */
void postfix_drain(const struct postfix *p);
/* Each that was delivered, with the headers that Postfix adds, in no order. */
void postfix_read(struct strings *out, const struct postfix *p);

#endif
