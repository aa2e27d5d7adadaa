/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * thread.h - who answers whom among some mails
 *
 * Touches nothing. The mails are borrowed. Callers: bot/stages/assemble.c,
 * bot/stages/take.c
 */
#ifndef STAGES_THREAD_H
#define STAGES_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/auto.h"
#include "parsers/mail.h"

#define THREAD_NONE SIZE_MAX /* no mail of these */

struct thread {
	struct mail *const *mails; /* borrowed */
	size_t n;
	size_t *parent; /* the mail that mail i answers, or THREAD_NONE */
	bool *is_copy;	/* a cleaner copy of mail i is here too */
};

/*
 * How clean the copy of a mail is that a list of this List-Id keeps: less is
 * better. Some list servers change bodies; those of kernel.org do not. The
 * order is b4's.
 */
unsigned thread_rank(const char *list_id);
/* Slots of @mails may be NULL; they are nobody's parent. */
void thread_init(struct thread *t, struct mail *const *mails, size_t n);
void thread_release(struct thread *t);
DEFINE_AUTO_VALUE(struct thread, thread_release)

#endif
