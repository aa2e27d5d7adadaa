/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sql.h - what the tables share: statements, transactions, one kind of error
 *
 * Of this folder alone. Every write goes through a transaction of this file,
 * because the crash points of store.h are in its commit.
 *
 * Calling sequence of a write:
 *	AUTO(sql_end) struct sql_txn txn = { 0 };
 *	AUTO(sql_free) sqlite3_stmt *q = NULL;
 *
 *	if (sql_begin(&txn, st, err) < 0 ||
 *	    sql_prepare(&q, st, "UPDATE lane ... WHERE key = ?1", err) < 0)
 *		return -1;
 *	sql_bind_text(q, 1, key);
 *	if (sql_run(st, q, err) < 0)
 *		return -1;
 *	return sql_commit(&txn, err);
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "bot/store/store.h"

struct store {
	sqlite3 *db;
	char *path;	   /* for messages */
	unsigned commits;  /* done so far, for the crash points */
	unsigned crash_at; /* 0: never */
	bool crash_after;
};

/* -1 with the reason that SQLite has now, and the kind that it stands for. */
int sql_fail(struct store *st, struct err *err) __attribute__((cold));

int sql_prepare(sqlite3_stmt **out, struct store *st, const char *text,
		struct err *err) MUST_CHECK;
static inline void sql_free(sqlite3_stmt *q)
{
	sqlite3_finalize(q);
}
DEFINE_AUTO(sqlite3_stmt *, sql_free)

/*
 * @text, of at most STORE_MAX_VALUE bytes, must live until the statement has
 * run; NULL is NULL.
 */
void sql_bind_text(sqlite3_stmt *q, int at, const char *text);
void sql_bind_int(sqlite3_stmt *q, int at, int64_t value);
/* *row is false at the end. */
int sql_step(bool *row, struct store *st, sqlite3_stmt *q, struct err *err)
	MUST_CHECK;
/* A statement without rows; after it, it can be bound and run again. */
int sql_run(struct store *st, sqlite3_stmt *q, struct err *err) MUST_CHECK;
/* Text of the row, for the caller to free; NULL for NULL. */
char *sql_dup_text(sqlite3_stmt *q, int column);
/* Statements without parameters and rows, with ';' between. */
int sql_exec(struct store *st, const char *text, struct err *err) MUST_CHECK;

struct sql_txn {
	struct store *st; /* NULL: not open */
};

/* The file is ours to write from here to sql_commit; they do not nest. */
int sql_begin(struct sql_txn *txn, struct store *st, struct err *err)
	MUST_CHECK;
/* Everything since sql_begin is on disk when it returns 0. */
int sql_commit(struct sql_txn *txn, struct err *err) MUST_CHECK;
/* Takes back what was not committed. */
void sql_end(struct sql_txn *txn);
DEFINE_AUTO_VALUE(struct sql_txn, sql_end)

#endif
