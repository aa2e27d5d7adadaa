/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * threads.h - which mails belong together, and what is to be assembled anew
 *
 * Threads are made, and joined, by mails_put (mails.h). A thread is kept when
 * something in it is in scope; all of its mails then are. Writes are steps of
 * a transaction: see store.h, for errors too.
 */
#ifndef STORE_THREADS_H
#define STORE_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "bot/store/store.h"

struct threads_row {
	int64_t id;
	char *root; /* Message-ID of the first mail, which may not be there */
	bool kept;
	int64_t changes; /* counts up with what became of its mails */
	int64_t arrived; /* seconds since the epoch: its newest mail, by us */
};

void threads_row_release(struct threads_row *row);
DEFINE_AUTO_VALUE(struct threads_row, threads_row_release)

struct threads_list {
	struct threads_row *v;
	size_t n;
};

void threads_list_release(struct threads_list *list);
DEFINE_AUTO_VALUE(struct threads_list, threads_list_release)

/* *found is false when there is none, or it was joined to another. */
int threads_find(bool *found, struct threads_row *out, struct store *st,
		 int64_t id, struct err *err) MUST_CHECK;
/* The mails of this thread are in scope: what is OUT becomes WANTED. */
int threads_keep(const struct store_txn *txn, int64_t id, struct err *err)
	MUST_CHECK;
/*
 * All that is of @from goes to @into, mails and revisions, and @from is gone.
 * For assemble, when a series was sent without threading; both must be there.
 */
int threads_join(const struct store_txn *txn, int64_t into, int64_t from,
		 struct err *err) MUST_CHECK;
/* Something about its mails changed: assemble it (again) when it is kept. */
int threads_touch(const struct store_txn *txn, int64_t id, int64_t arrived,
		  struct err *err) MUST_CHECK;
/* Kept, and changed since they were assembled; newest first, at most @max. */
int threads_dirty(struct threads_list *out, struct store *st, size_t max,
		  struct err *err) MUST_CHECK;
/*
 * What was made of the thread as it was when @seen was read is in this
 * transaction. *moved is false when somebody else was as far, or it is gone:
 * the transaction is to be dropped. What changed since @seen was read leaves it
 * dirty.
 */
int threads_move(bool *moved, const struct store_txn *txn,
		 const struct threads_row *seen, struct err *err) MUST_CHECK;

#endif
