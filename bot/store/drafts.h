/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * drafts.h - the replies that wait for a person
 *
 * A row is written when its file is on disk. Writes are steps of a
 * transaction: see store.h, for errors too.
 */
#ifndef STORE_DRAFTS_H
#define STORE_DRAFTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "bot/store/store.h"

struct drafts_row {
	int64_t revision;
	char *message_id; /* of the reply */
	char *file;	  /* absolute */
	int64_t created;  /* seconds since the epoch */
};

void drafts_row_release(struct drafts_row *row);
DEFINE_AUTO_VALUE(struct drafts_row, drafts_row_release)

struct drafts_list {
	struct drafts_row *v;
	size_t n;
};

void drafts_list_release(struct drafts_list *list);
DEFINE_AUTO_VALUE(struct drafts_list, drafts_list_release)

/* Add the draft of a revision, or replace it; it was created now. */
int drafts_put(const struct store_txn *txn, int64_t revision,
	       const char *message_id, const char *file, struct err *err)
	MUST_CHECK;
/* *found is false when there is none; *out is zeroed then. */
int drafts_find(bool *found, struct drafts_row *out, struct store *st,
		int64_t revision, struct err *err) MUST_CHECK;
/* By revision. */
int drafts_all(struct drafts_list *out, struct store *st, struct err *err)
	MUST_CHECK;

#endif
