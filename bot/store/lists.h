/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lists.h - how far each list was followed, and the mails nobody could read
 *
 * Writes are steps of a transaction: see store.h, for errors too. All text
 * that is given is borrowed.
 */
#ifndef STORE_LISTS_H
#define STORE_LISTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "bot/store/store.h"

/* Whether and when the server was asked. Times are seconds since the epoch. */
struct lists_row {
	char *name;
	int64_t checked;    /* when it last answered; 0: never */
	unsigned failures;  /* in a row, since then */
	int64_t not_before; /* leave the server alone until then; 0: no wait */
	char *error;	    /* of the last failure, else NULL */
};

void lists_row_release(struct lists_row *row);
DEFINE_AUTO_VALUE(struct lists_row, lists_row_release)

struct lists_list {
	struct lists_row *v;
	size_t n;
};

void lists_list_release(struct lists_list *list);
DEFINE_AUTO_VALUE(struct lists_list, lists_list_release)

/* *found is false when it was never polled; *out is zeroed then. */
int lists_find(bool *found, struct lists_row *out, struct store *st,
	       const char *name, struct err *err) MUST_CHECK;
/* By name. */
int lists_all(struct lists_list *out, struct store *st, struct err *err)
	MUST_CHECK;
/* Add the row, or replace that of the name. -1 also: ERR_LIMIT. */
int lists_put(const struct store_txn *txn, const struct lists_row *row,
	      struct err *err) MUST_CHECK;

/* One git repository of a list's mirror. */
struct lists_epoch {
	unsigned n;
	char *fingerprint; /* of the manifest; NULL when it has none */
	int64_t modified;  /* of the manifest; 0 when it has none */
	char *tip;	   /* commit that was fetched; NULL: none yet */
	char *seen; /* commit up to which mails were taken in; NULL: none yet */
};

struct lists_epochs {
	struct lists_epoch *v;
	size_t n;
};

void lists_epochs_release(struct lists_epochs *list);
DEFINE_AUTO_VALUE(struct lists_epochs, lists_epochs_release)

/* Of one list, by number. */
int lists_get_epochs(struct lists_epochs *out, struct store *st,
		     const char *list, struct err *err) MUST_CHECK;
/* Add or replace what was fetched; @epoch->seen is not looked at. */
int lists_put_epoch(const struct store_txn *txn, const char *list,
		    const struct lists_epoch *epoch, struct err *err)
	MUST_CHECK;
/*
 * Mails up to commit @to were taken in; @from, which was seen before, may be
 * NULL. *moved is false when it was another: somebody else took them in, and
 * the transaction is to be dropped.
 */
int lists_move_seen(bool *moved, const struct store_txn *txn, const char *list,
		    unsigned n, const char *from, const char *to,
		    struct err *err) MUST_CHECK;

/* A mail that could not be read. */
struct lists_reject {
	char *list;
	unsigned epoch;
	char *blob;
	char *why; /* hostile bytes may be in it */
	int64_t arrived;
};

struct lists_rejects {
	struct lists_reject *v;
	size_t n;
};

void lists_rejects_release(struct lists_rejects *list);
DEFINE_AUTO_VALUE(struct lists_rejects, lists_rejects_release)

/* Once a blob, however often it is said. -1 also: ERR_LIMIT. */
int lists_add_reject(const struct store_txn *txn,
		     const struct lists_reject *reject, struct err *err)
	MUST_CHECK;
/* Newest first, at most @max; of all lists when @list is NULL. */
int lists_get_rejects(struct lists_rejects *out, struct store *st,
		      const char *list, size_t max, struct err *err) MUST_CHECK;

/* How many mails of a list there are; a cross-post counts for each list. */
struct lists_count {
	uint64_t seen;	   /* of any kind */
	uint64_t kept;	   /* in scope: in the archive, or soon */
	uint64_t waiting;  /* of those, not yet in the archive's index */
	uint64_t rejected; /* could not be read; not in seen */
};

int lists_count(struct lists_count *out, struct store *st, const char *list,
		struct err *err) MUST_CHECK;

#endif
