/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump.h - all that a database says, as text, but for when it was said
 */
#ifndef TESTS_STORE_DUMP_H
#define TESTS_STORE_DUMP_H

#include <sqlite3.h>

#include "bot/base/mem.h"
#include "tests/support/support.h"

/* Columns that have our clock, and how often a row was written. */
static inline bool dump_is_time(const char *column)
{
	static const char *const times[] = {
		"arrived",    "at",	 "changed",  "changes",
		"checked",    "created", "finished", "last_used",
		"not_before", "turn",	 "until",
	};

	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		if (strcmp(times[i], column) == 0)
			return true;
	return false;
}

static inline void dump_row(struct buf *out, sqlite3_stmt *q)
{
	for (int i = 0; i < sqlite3_column_count(q); i++) {
		const char *name = sqlite3_column_name(q, i);

		if (!dump_is_time(name))
			buf_addf(out, " %s=%s", name,
				 (const char *)sqlite3_column_text(q, i));
	}
	buf_addc(out, '\n');
}

static inline void dump_table(struct buf *out, sqlite3 *db, const char *table)
{
	AUTO(mem_free)
	char *sql = xasprintf("SELECT * FROM \"%s\" ORDER BY 1, 2", table);
	sqlite3_stmt *q = NULL;

	ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
	while (sqlite3_step(q) == SQLITE_ROW) {
		buf_adds(out, table);
		dump_row(out, q);
	}
	sqlite3_finalize(q);
}

/* Every table of the database at @path; @out is initialised. */
static inline void dump_database(struct buf *out, const char *path)
{
	static const char tables[] =
		"SELECT name FROM sqlite_schema WHERE type = 'table'"
		" AND name NOT LIKE 'sqlite_%' ORDER BY name";
	sqlite3 *db = NULL;
	sqlite3_stmt *q = NULL;

	ck_assert_int_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL),
			 SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(db, tables, -1, &q, NULL),
			 SQLITE_OK);
	while (sqlite3_step(q) == SQLITE_ROW)
		dump_table(out, db, (const char *)sqlite3_column_text(q, 0));
	sqlite3_finalize(q);
	sqlite3_close(db);
}

#endif
