/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attempts.h - which bases were tried for a revision, and what came of it
 *
 * Writes are steps of a transaction: see store.h, for errors too.
 */
#ifndef STORE_ATTEMPTS_H
#define STORE_ATTEMPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "bot/store/store.h"

/* Owned by its list; borrowed when it is put. */
struct attempt {
	int64_t at;	  /* seconds since the epoch */
	char *tree;	  /* of the configuration, or NULL */
	char *base;	  /* commit, or NULL */
	char *how;	  /* it was come by: "base-commit", "blobs", ... */
	unsigned matched; /* blobs that are what the patches expect */
	unsigned total;
	bool applies;
	char *why; /* it does not; or NULL */
};

struct attempts {
	struct attempt *v;
	size_t n;
};

void attempts_release(struct attempts *list);
DEFINE_AUTO_VALUE(struct attempts, attempts_release)

/* In place of those that are there. -1 also: ERR_LIMIT. */
int attempts_put(const struct store_txn *txn, int64_t revision,
		 const struct attempt *v, size_t n, struct err *err) MUST_CHECK;
/* As they were put. */
int attempts_get(struct attempts *out, struct store *st, int64_t revision,
		 struct err *err) MUST_CHECK;

#endif
