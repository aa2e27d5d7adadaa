/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mbox.h - cut a mailbox into its mails
 *
 * Pure. mboxrd, which is what lore, git and mutt write: a mail begins at a line
 * "From <something> <time>" that a header follows, at the start, after a blank
 * line, or anywhere with the full time; ">From " in a body lost one '>'. Bytes
 * that do not begin with a From_ line are one mail.
 * Caller: bot/stages/mailbox.c
 */
#ifndef PARSERS_MBOX_H
#define PARSERS_MBOX_H

#include <stddef.h>

#include "bot/base/err.h"

#define MBOX_MAX_SIZE (64u << 20) /* 1,157 patches of 5.19.2-rc1: 9 MiB */
#define MBOX_MAX_MAILS 10000	  /* the longest thread of LKML had 2,300 */

struct mbox_mail {
	char *bytes; /* without From_ line, unquoted, NUL-terminated */
	size_t len;
};

struct mbox {
	struct mbox_mail *v;
	size_t n; /* at least 1 */
};

/*
 * 0: *out is the caller's to release. -1: *out is empty; ERR_INPUT when there
 * is nothing that could be a mail, ERR_LIMIT past a ceiling.
 */
int mbox_parse(struct mbox *out, const char *bytes, size_t len, struct err *err)
	MUST_CHECK;
void mbox_release(struct mbox *m); /* zeroed is fine */
DEFINE_AUTO_VALUE(struct mbox, mbox_release)

#endif
