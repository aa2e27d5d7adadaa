/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lost.h - parts of a series that came in threads of their own
 *
 * Writes the store. Caller: bot/stages/series.c
 */
#ifndef STAGES_LOST_H
#define STAGES_LOST_H

#include <stdint.h>

#include "bot/store/mails.h"
#include "bot/store/store.h"

#define LOST_MAX_SEARCHES 20 /* of one thread: series with holes in it */

/*
 * @rows are the mails of @thread. Threads that have what is missing here, or
 * the version that a part was sent again of, are joined to it, and kept; *n is
 * how many. It is then to be assembled anew. -1: as the store.
 */
int lost_join(size_t *n, struct store *st, int64_t thread,
	      const struct mails_list *rows, struct err *err) MUST_CHECK;

#endif
