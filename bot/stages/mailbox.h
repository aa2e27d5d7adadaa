/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailbox.h - the mails that are in letters
 *
 * Pure; runs in the box that places a series. Caller: bot/stages/place.c
 */
#ifndef STAGES_MAILBOX_H
#define STAGES_MAILBOX_H

#include <stddef.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "bot/stages/letters.h"
#include "parsers/mail.h"

struct mailbox {
	struct mail **v; /* NULL: moved out by assemble_run */
	size_t n;	 /* at least 1 */
	struct strings
		skipped; /* one line each: a mail that could not be read */
};

/*
 * All mails of @letters. One that cannot be parsed is left out and named, as
 * long as there is another. -1: ERR_INPUT, ERR_LIMIT: no mail at all, or a
 * ceiling of parsers/mbox.h.
 */
int mailbox_parse(struct mailbox *out, const struct letters *letters,
		  struct err *err) MUST_CHECK;
/* The same of what letters_read reads, for who needs no box. */
int mailbox_read(struct mailbox *out, const char *path, struct err *err)
	MUST_CHECK;
void mailbox_release(struct mailbox *box);
DEFINE_AUTO_VALUE(struct mailbox, mailbox_release)

#endif
