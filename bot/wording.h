/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wording.h - the words of our mails, from where the configuration has them
 *
 * Callers: bot/session.c; bot/check.c and bot/daemon.c, which refuse to go on
 * with words that cannot be filled.
 */
#ifndef BOT_WORDING_H
#define BOT_WORDING_H

#include "bot/config.h"
#include "bot/mail/replies.h"

/* mail.replies, else config/replies of the data folder. -1: ERR_CONFIG. */
int wording_read(struct replies **out, const struct config *c, struct err *err)
	MUST_CHECK;
/* It can be read. */
int wording_check(const struct config *c, struct err *err) MUST_CHECK;

#endif
