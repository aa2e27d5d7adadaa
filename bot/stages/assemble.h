/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * assemble.h - one thread's mails become one revision of a series
 *
 * Touches nothing. Callers: bot/review.c
 */
#ifndef STAGES_ASSEMBLE_H
#define STAGES_ASSEMBLE_H

#include <stddef.h>

#include "bot/base/err.h"
#include "parsers/mail.h"
#include "parsers/revision.h"

/*
 * The newest version that is in @mails, which may be in any order. A version
 * with holes is an answer: revision->missing names them. Mails that became part
 * of it are moved out: their slots in @mails are NULL; the rest stay the
 * caller's, as do all on failure.
 * -1: ERR_INPUT, there is no patch: "no patch in 3 mails".
 */
int assemble_run(struct revision **out, struct mail **mails, size_t n,
		 struct err *err) MUST_CHECK;

#endif
