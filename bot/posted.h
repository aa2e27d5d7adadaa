/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * posted.h - a posted series, wherever it is: a file, the archive, or lore
 *
 * Reads the archive's files and asks a server; parses no mail.
 * Caller: bot/review.c
 */
#ifndef BOT_POSTED_H
#define BOT_POSTED_H

#include "bot/config.h"
#include "bot/store/store.h"

struct posted {
	char *path;	  /* of a mailbox: the thread, kept for an hour */
	char *message_id; /* of the mail that was named */
};

void posted_release(struct posted *p); /* zeroed is fine */
DEFINE_AUTO_VALUE(struct posted, posted_release)

/* @name is a Message-ID or the page of a mail, and no file has that name. */
bool posted_is(const char *name);
/*
 * The thread of the mail @name: of the archive when the mail is in it, else of
 * the server. 0: *out is the caller's. -1: *out is zeroed; ERR_INPUT when @name
 * is wrong, or when nobody has the mail: the message says who was asked; else
 * as lore_get.
 */
int posted_get(struct posted *out, const struct config *c, struct store *store,
	       const char *name, struct err *err) MUST_CHECK;
/* The same under the configuration that --config names, or NULL. */
int posted_find(struct posted *out, const char *config, const char *name,
		struct err *err) MUST_CHECK;

#endif
