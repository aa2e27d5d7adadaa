/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sql.h - what the tables share: statements and one kind of error
 *
 * Of this folder alone. Every write goes through a transaction of store.h,
 * because the crash points are in its commit.
 *
 * Calling sequence of a write:
 *	AUTO(store_end) struct store_txn txn = { 0 };
 *	AUTO(sql_free) sqlite3_stmt *q = NULL;
 *
 *	if (store_begin(&txn, st, err) < 0 ||
 *	    sql_prepare(&q, st, "UPDATE lane ... WHERE key = ?1", err) < 0)
 *		return -1;
 *	sql_bind_text(q, 1, key);
 *	if (sql_run(st, q, err) < 0)
 *		return -1;
 *	return store_commit(&txn, err);
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "bot/store/store.h"

/* A statement that is prepared once; see sql_keep. */
struct sql_kept {
	const char *text;
	sqlite3_stmt *q;
};

struct store {
	sqlite3 *db;
	char *path;		  /* for messages */
	atomic_uint commits;	  /* begun so far, for the crash points */
	atomic_uint *all_commits; /* of every process, or &commits */
	unsigned crash_at;	  /* 0: never */
	bool crash_after;
	bool is_writing; /* in a transaction */
	struct sql_kept *kept;
	size_t n_kept;
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
 * The statement of @text, which lives as long as the program and is compared
 * by its address; the store prepares it once and keeps it. Borrowed until the
 * end of the scope, by one at a time:
 *	AUTO(sql_rest) sqlite3_stmt *q = NULL;
 */
int sql_keep(sqlite3_stmt **out, struct store *st, const char *text,
	     struct err *err) MUST_CHECK;
static inline void sql_rest(sqlite3_stmt *q)
{
	sqlite3_reset(q);
	sqlite3_clear_bindings(q);
}
static inline void sql_rest_auto(sqlite3_stmt **q)
{
	if (*q)
		sql_rest(*q);
}

/*
 * @text, of at most STORE_MAX_VALUE bytes, must live until the statement has
 * run; NULL is NULL.
 */
void sql_bind_text(sqlite3_stmt *q, int at, const char *text);
void sql_bind_int(sqlite3_stmt *q, int at, int64_t value);
/* *row is false at the end. */
int sql_step(bool *row, struct store *st, sqlite3_stmt *q, struct err *err)
	MUST_CHECK;
/* Each row that is left, with @out for whoever takes it. */
int sql_each(struct store *st, sqlite3_stmt *q,
	     void (*take)(void *out, sqlite3_stmt *q), void *out,
	     struct err *err) MUST_CHECK;
/* A statement without rows; after it, it can be bound and run again. */
int sql_run(struct store *st, sqlite3_stmt *q, struct err *err) MUST_CHECK;
/* As sql_run; *moved is false when there was no row to write. */
int sql_move(bool *moved, struct store *st, sqlite3_stmt *q, struct err *err)
	MUST_CHECK;
/* Text of the row, for the caller to free; NULL for NULL. */
char *sql_dup_text(sqlite3_stmt *q, int column);
static inline unsigned sql_unsigned(sqlite3_stmt *q, int column)
{
	return (unsigned)sqlite3_column_int64(q, column);
}
/* -1, ERR_LIMIT, unless @text, which may be NULL, is of STORE_MAX_TEXT. */
int sql_check_text(const char *text, const char *what, struct err *err)
	MUST_CHECK;
/* Statements without parameters and rows, with ';' between. */
int sql_exec(struct store *st, const char *text, struct err *err) MUST_CHECK;

#endif
