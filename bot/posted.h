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

/* @name is a Message-ID or the page of a mail, and no file has that name. */
bool posted_is(const char *name);
/*
 * The thread of the mail @name, as a mailbox: of the archive when the mail is
 * in it, else of the server. 0: *path_out is its file, which is not removed for
 * an hour; the name is the caller's to free. -1: ERR_INPUT when @name is wrong,
 * or when nobody has the mail: the message says who was asked; else as
 * lore_get.
 */
int posted_get(char **path_out, const struct config *c, struct store *store,
	       const char *name, struct err *err) MUST_CHECK;
/* The same under the configuration that --config names, or NULL. */
int posted_find(char **path_out, const char *config, const char *name,
		struct err *err) MUST_CHECK;

#endif
