/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailbox.h - the mails that a user named: an mbox, a Maildir or stdin
 *
 * Reads files; parses with parsers/. Caller: bot/review.c
 */
#ifndef BOT_MAILBOX_H
#define BOT_MAILBOX_H

#include <stddef.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "parsers/mail.h"

struct mailbox {
	struct mail **v; /* NULL: moved out by assemble_run */
	size_t n;	 /* at least 1 */
	struct strings
		skipped; /* one line each: a mail that could not be read */
};

/*
 * All mails of @path: "-" is an mbox on stdin, a folder is a Maildir (cur/ and
 * new/), else an mbox or a single mail. A mail that cannot be parsed is left
 * out and named, as long as there is another. -1: ERR_INPUT, ERR_LIMIT: no
 * mail at all, or a ceiling of parsers/mbox.h; ERR_SYSTEM.
 */
int mailbox_read(struct mailbox *out, const char *path, struct err *err)
	MUST_CHECK;
void mailbox_release(struct mailbox *box);
DEFINE_AUTO_VALUE(struct mailbox, mailbox_release)

#endif
