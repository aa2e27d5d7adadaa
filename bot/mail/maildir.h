/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * maildir.h - the files of the archive: one for each Message-ID
 *
 * Any mail reader opens it. The name of a file is made from the Message-ID, so
 * that a mail that is written again after a crash is the same file. Mails are
 * never parsed here. A person may have the folder open in a mail reader, which
 * gives a mail other flags by renaming it: maildir_find. One writer at a time.
 *
 * Calling sequence; nothing is in the archive before maildir_end returns 0:
 *	AUTO(maildir_release) struct maildir box = { 0 };
 *
 *	if (maildir_begin(&box, dir, err) < 0 ||
 *	    maildir_write(&box, message_id, false, bytes, len, err) < 0 ||
 *	    maildir_end(&box, err) < 0)
 *		return -1;
 */
#ifndef MAIL_MAILDIR_H
#define MAIL_MAILDIR_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"

struct maildir {
	char *dir;
	struct strings names; /* where what is in tmp/ goes: "cur/..." */
};

/* Make the folders that are missing. -1: ERR_SYSTEM. */
int maildir_make(const char *dir, struct err *err) MUST_CHECK;
/* Begin a batch; what an earlier one left in tmp/ is removed. */
int maildir_begin(struct maildir *box, const char *dir, struct err *err)
	MUST_CHECK;
/*
 * One mail. @is_there: one of this Message-ID is in the archive, perhaps under
 * other flags, and is replaced. -1: ERR_SYSTEM.
 */
int maildir_write(struct maildir *box, const char *message_id, bool is_there,
		  const char *bytes, size_t len, struct err *err) MUST_CHECK;
/* Put the batch into cur/, all of it on disk before any is seen there. */
int maildir_end(struct maildir *box, struct err *err) MUST_CHECK;
void maildir_release(struct maildir *box);
DEFINE_AUTO_VALUE(struct maildir, maildir_release)

/* "cur/<hash>:2,S", as we name it; the caller frees it. */
char *maildir_name(const char *message_id);
/* The same as it is named now, below @dir; NULL when it is not there. */
char *maildir_find(const char *dir, const char *message_id);
/* No error when it is not there. -1: ERR_SYSTEM. */
int maildir_remove(const char *dir, const char *message_id, struct err *err)
	MUST_CHECK;

#endif
