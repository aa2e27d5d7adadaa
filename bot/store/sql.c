/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/sql.h"

#include <assert.h>
#include <string.h>

#include "bot/base/mem.h"

static enum err_kind kind_of(int code)
{
	switch (code & 0xff) { /* the upper bits say more about the same */
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_RETRY;
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_NOTADB:
		return ERR_CONFIG;
	case SQLITE_CONSTRAINT:
		return ERR_INPUT;
	default:
		return ERR_SYSTEM;
	}
}

/* SQLite's own words, unless they would leave the operator guessing. */
static const char *reason_of(int code, sqlite3 *db)
{
	int number = sqlite3_system_errno(db);
	const char *why = number ? strerrordesc_np(number) : NULL;

	if (code == SQLITE_CONSTRAINT_FOREIGNKEY)
		return "what the row belongs to is gone";
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return "another collider is writing to it";
	case SQLITE_READONLY:
		return "it may not be written";
	case SQLITE_FULL:
		return "no space left on its disk";
	case SQLITE_CORRUPT:
		return "it is damaged; restore it, or move it away to begin "
		       "anew";
	case SQLITE_NOTADB:
		return "it is not a database";
	case SQLITE_CANTOPEN:
	case SQLITE_IOERR:
		return why ? why : sqlite3_errmsg(db);
	default:
		return sqlite3_errmsg(db);
	}
}

int sql_fail(struct store *st, struct err *err)
{
	int code = sqlite3_extended_errcode(st->db);

	return err_set(err, kind_of(code), "database '%s': %s", st->path,
		       reason_of(code, st->db));
}

int sql_prepare(sqlite3_stmt **out, struct store *st, const char *text,
		struct err *err)
{
	if (sqlite3_prepare_v2(st->db, text, -1, out, NULL) != SQLITE_OK)
		return sql_fail(st, err);
	return 0;
}

int sql_keep(sqlite3_stmt **out, struct store *st, const char *text,
	     struct err *err)
{
	sqlite3_stmt *q;

	for (size_t i = 0; i < st->n_kept; i++) {
		if (st->kept[i].text != text)
			continue;
		assert(!sqlite3_stmt_busy(st->kept[i].q));
		*out = st->kept[i].q;
		return 0;
	}
	if (sqlite3_prepare_v3(st->db, text, -1, SQLITE_PREPARE_PERSISTENT, &q,
			       NULL) != SQLITE_OK)
		return sql_fail(st, err);
	st->kept = xreallocarray(st->kept, st->n_kept + 1, sizeof(*st->kept));
	st->kept[st->n_kept++] = (struct sql_kept){ text, q };
	*out = q;
	return 0;
}

void sql_bind_text(sqlite3_stmt *q, int at, const char *text)
{
	int code = sqlite3_bind_text(q, at, text, -1, SQLITE_STATIC);

	assert(code == SQLITE_OK);
}

void sql_bind_int(sqlite3_stmt *q, int at, int64_t value)
{
	int code = sqlite3_bind_int64(q, at, value);

	assert(code == SQLITE_OK);
}

int sql_step(bool *row, struct store *st, sqlite3_stmt *q, struct err *err)
{
	int code = sqlite3_step(q);

	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return sql_fail(st, err);
	*row = code == SQLITE_ROW;
	return 0;
}

int sql_each(struct store *st, sqlite3_stmt *q,
	     void (*take)(void *out, sqlite3_stmt *q), void *out,
	     struct err *err)
{
	bool row;

	for (;;) {
		if (sql_step(&row, st, q, err) < 0)
			return -1;
		if (!row)
			return 0;
		take(out, q);
	}
}

int sql_run(struct store *st, sqlite3_stmt *q, struct err *err)
{
	bool row;

	if (sql_step(&row, st, q, err) < 0)
		return -1;
	assert(!row);
	sqlite3_reset(q);
	return 0;
}

int sql_move(bool *moved, struct store *st, sqlite3_stmt *q, struct err *err)
{
	if (sql_run(st, q, err) < 0)
		return -1;
	*moved = sqlite3_changes(st->db) > 0;
	return 0;
}

char *sql_dup_text(sqlite3_stmt *q, int column)
{
	const unsigned char *text = sqlite3_column_text(q, column);

	return text ? xstrdup((const char *)text) : NULL;
}

int sql_check_text(const char *text, const char *what, struct err *err)
{
	if (text && strlen(text) > STORE_MAX_TEXT)
		return err_set(err, ERR_LIMIT, "a %s of more than %d bytes",
			       what, STORE_MAX_TEXT);
	return 0;
}

int sql_exec(struct store *st, const char *text, struct err *err)
{
	if (sqlite3_exec(st->db, text, NULL, NULL, NULL) != SQLITE_OK)
		return sql_fail(st, err);
	return 0;
}
