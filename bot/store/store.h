/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store.h - the one SQLite file: lanes, lists, mails, revisions, drafts
 *
 * bot/store is the only folder with SQL. Its tables are lanes.h,
 * base_outcomes.h and jobs.h, whose every write is a transaction of its own;
 * and, of what comes in from the lists, lists.h, threads.h, mails.h,
 * sendings.h, revisions.h, attempts.h and outbox.h, whose writes are steps of a
 * transaction that the caller holds, so that what belongs together is there
 * together or not at all. A kill at any point leaves the rows before it or
 * after it. Several processes may have it open: a writer waits for another for
 * STORE_BUSY_MS.
 *
 * Calling sequence of a write in steps:
 *	AUTO(store_end) struct store_txn txn = { 0 };
 *
 *	if (store_begin(&txn, st, err) < 0 ||
 *	    mails_put(&put, &txn, &head, err) < 0 ||
 *	    lists_move_seen(&moved, &txn, "linux-xfs", 0, from, to, err) < 0)
 *		return -1;
 *	if (!moved)
 *		return 0;
 *	return store_commit(&txn, err);
 * Reads with @st in between see what was written so far. Nobody else can write
 * meanwhile: do nothing slow in there.
 *
 * Kinds of -1, here and in the tables: ERR_RETRY when somebody else holds the
 * file for longer; ERR_CONFIG when it is no database of ours, from a newer
 * collider, or may not be written; ERR_SYSTEM when it is damaged or the disk
 * is full. The file is never removed or made anew: a person decides that.
 *
 * For crash tests: with COLLIDER_CRASH_AT=n in the environment the process
 * ends with exit code STORE_CRASH_EXIT right before its nth commit, with "n+"
 * right after it. Commits of the migration count. With COLLIDER_CRASH_COUNT=
 * FILE beside it the count is kept in FILE, which is made when it is missing,
 * and goes on through all processes that have it in their environment: the nth
 * commit of a whole run.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "bot/base/err.h"

#define STORE_BUSY_MS 10000
#define STORE_MAX_VALUE (16 << 20) /* bytes of one value: 2000 outcomes */
#define STORE_CRASH_EXIT 86
#define STORE_MAX_TEXT (64 << 10) /* bytes of a title, a reason, an address */

struct store;

/* Open @path, make it when it is missing; its folder must be there. */
int store_open(struct store **out, const char *path, struct err *err)
	MUST_CHECK;
void store_free(struct store *st); /* NULL is fine */
DEFINE_AUTO(struct store *, store_free)

/* A transaction; { 0 } is none. */
struct store_txn {
	struct store *st; /* NULL: not open */
};

/* The file is ours to write from here to store_commit; they do not nest. */
int store_begin(struct store_txn *txn, struct store *st, struct err *err)
	MUST_CHECK;
/* Everything since store_begin is on disk when it returns 0. */
int store_commit(struct store_txn *txn, struct err *err) MUST_CHECK;
/* Takes back what was not committed. */
void store_end(struct store_txn *txn);
DEFINE_AUTO_VALUE(struct store_txn, store_end)

#endif
