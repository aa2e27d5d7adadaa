/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * order.h - series that belong together, but came in threads of their own
 *
 * together.h knows the sets of one thread. A patch bomb has a thread for each
 * of its series more often than not, and a test of fstests is mostly sent
 * beside the kernel's series. What came in one go is looked for among the other
 * threads of the batch, what came before it in the store. Caller:
 * bot/stages/series.c
 */
#ifndef STAGES_ORDER_H
#define STAGES_ORDER_H

#include "bot/stages/sort.h"
#include "bot/store/store.h"

#define ORDER_MAX_ROWS 200 /* revisions of one author, the newest, looked at */

#define ORDER_MAX_LOOKS 500 /* series of one batch that ask the store */

/*
 * [PATCHSET 3/5] needs 2/5 of its project, and userspace is paired with the
 * kernel's nearest. @threads is written. -1: as the store.
 */
int order_run(struct sorted_list *threads, struct store *st, struct err *err)
	MUST_CHECK;

#endif
