/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ahead.h - a walk in a thread of its own, some mails ahead of who reads them
 *
 * Unpacking a mail takes as long as reading it does, so the two are done side
 * by side. What was read ahead is bounded, in mails and in bytes.
 *
 * Calling sequence:
 *	AUTO(ahead_free) struct ahead *a = NULL;
 *	walk_start(w, ...)
 *	ahead_start(&a, w, err)		w is the thread's until ahead_free
 *	while (ahead_next(a, &mail)) ...
 *
 * Caller: bot/stages/intake.c
 */
#ifndef GIT_AHEAD_H
#define GIT_AHEAD_H

#include "bot/git/walk.h"

#define AHEAD_MAX_MAILS 256
#define AHEAD_MAX_BYTES (8u << 20) /* and one mail more */

struct ahead;

/* -1: ERR_SYSTEM when there is no thread to be had. */
int ahead_start(struct ahead **out, struct walk *w, struct err *err) MUST_CHECK;
/* As walk_next; the bytes are the reader's until the next one is taken. */
bool ahead_next(struct ahead *a, struct walk_mail *out);
/* Stop the thread, wherever it is, and wait for it. NULL is fine. */
void ahead_free(struct ahead *a);
DEFINE_AUTO(struct ahead *, ahead_free)

#endif
