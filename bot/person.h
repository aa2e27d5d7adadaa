/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * person.h - who is at the terminal, and which mail is meant
 *
 * Callers: bot/outbox.c, bot/retract.c
 */
#ifndef BOT_PERSON_H
#define BOT_PERSON_H

#include "bot/store/outbox.h"

/* "root (uid 0)", for the record; the caller frees it. */
char *person_name(void);
/*
 * @word is the number of a mail of the outbox, or its Message-ID. -1: ERR_INPUT
 * when there is none; else as the store.
 */
int person_find_mail(struct outbox_row *out, struct store *st, const char *word,
		     struct err *err) MUST_CHECK;
/*
 * A decision of who is at the terminal. @row has the state that it was decided
 * on, and has @to after. @why may be NULL. -1: ERR_INPUT when no mail goes that
 * way; ERR_RETRY when somebody else was quicker; else as the store.
 */
int person_move_mail(struct outbox_row *row, struct store *st,
		     enum outbox_state to, const char *why, struct err *err)
	MUST_CHECK;

#endif
