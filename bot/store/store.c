/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/store.h"

#include <errno.h>

#include "bot/base/mem.h"
#include "bot/base/span.h"
#include "bot/store/sql.h"

#define APPLICATION_ID 0x636c6472 /* "cldr": the file is ours */

/*
 * What makes version n + 1 of version n. One that has been released is never
 * changed: there are files that it has made.
 */
static const char *const migrations[] = {
	"CREATE TABLE lane ("
	"  key TEXT NOT NULL PRIMARY KEY,"
	"  path TEXT NOT NULL,"
	"  tree TEXT NOT NULL,"
	"  commit_id TEXT NOT NULL,"
	"  arch TEXT NOT NULL,"
	"  config_hash TEXT NOT NULL,"
	"  compiler TEXT NOT NULL,"
	"  created INTEGER NOT NULL,"
	"  last_used INTEGER NOT NULL,"
	"  turn INTEGER NOT NULL," /* order of use; clocks jump */
	"  bytes INTEGER NOT NULL CHECK (bytes >= 0)"
	") STRICT;"
	"CREATE TABLE base_outcome ("
	"  lane TEXT NOT NULL REFERENCES lane (key) ON DELETE CASCADE,"
	"  program TEXT NOT NULL,"
	"  filesystem TEXT NOT NULL,"
	"  scenario TEXT NOT NULL,"
	"  repeat INTEGER NOT NULL CHECK (repeat > 0),"
	"  outcomes TEXT NOT NULL,"
	"  PRIMARY KEY (lane, program, filesystem, scenario, repeat)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE job ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  created INTEGER NOT NULL,"
	"  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),"
	"  subject TEXT NOT NULL,"
	"  message_id TEXT NOT NULL,"
	"  folder TEXT NOT NULL,"
	"  verdict TEXT,"
	"  finished INTEGER,"
	"  CHECK ((verdict IS NULL) = (finished IS NULL)),"
	"  CHECK ((verdict IS NULL) = (state < 2))"
	") STRICT;"
	"CREATE INDEX job_by_state ON job (state, id);",
};

#define VERSION ((int64_t)ARRAY_LEN(migrations))

/* What a statement with one row of one number says. */
static int read_int(int64_t *out, struct store *st, const char *text,
		    struct err *err)
{
	AUTO(sql_free) sqlite3_stmt *q = NULL;
	bool row;

	if (sql_prepare(&q, st, text, err) < 0 ||
	    sql_step(&row, st, q, err) < 0)
		return -1;
	*out = row ? sqlite3_column_int64(q, 0) : 0;
	return 0;
}

/* "n" or "n+"; anything else is as good as nothing. */
static void read_crash_point(struct store *st)
{
	const char *text = getenv("COLLIDER_CRASH_AT");
	struct span s = span_cstr(text ? text : "");
	uint64_t n;

	if (!span_uint(&s, UINT32_MAX, &n))
		return;
	st->crash_at = (unsigned)n;
	st->crash_after = span_is(s, "+");
}

static int open_file(struct store *st, struct err *err)
{
	static const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
				 SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

	if (sqlite3_open_v2(st->path, &st->db, flags, NULL) != SQLITE_OK)
		return sql_fail(st, err);
	if (sqlite3_db_readonly(st->db, "main") != 0)
		return err_set(err, ERR_CONFIG,
			       "database '%s': it may not be written",
			       st->path);
	sqlite3_busy_timeout(st->db, STORE_BUSY_MS);
	sqlite3_limit(st->db, SQLITE_LIMIT_LENGTH, 2 * STORE_MAX_VALUE);
	/* a schema that somebody else wrote has no more power than data */
	sqlite3_db_config(st->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(st->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return 0;
}

/*
 * Before the first write, so that somebody else's file stays as it is. The
 * three are read as one: another collider may be making the database just now.
 */
static int check_owner(struct store *st, struct err *err)
{
	int64_t id;
	int64_t version;
	int64_t tables;

	if (sql_exec(st, "BEGIN", err) < 0 ||
	    read_int(&id, st, "PRAGMA application_id", err) < 0 ||
	    read_int(&version, st, "PRAGMA user_version", err) < 0 ||
	    read_int(&tables, st, "SELECT count(*) FROM sqlite_schema", err) <
		    0 ||
	    sql_exec(st, "COMMIT", err) < 0)
		return -1;
	if (id != APPLICATION_ID && (id || version || tables))
		return err_set(err, ERR_CONFIG,
			       "database '%s': it belongs to another program",
			       st->path);
	if (version > VERSION)
		return err_set(err, ERR_CONFIG,
			       "database '%s': it is of a newer collider "
			       "(version %lld, this one knows up to %lld)",
			       st->path, (long long)version,
			       (long long)VERSION);
	return 0;
}

static int set_modes(struct store *st, struct err *err)
{
	AUTO(sql_free) sqlite3_stmt *q = NULL;
	bool row;

	if (sql_exec(st,
		     "PRAGMA synchronous = FULL;"
		     "PRAGMA foreign_keys = ON;"
		     "PRAGMA cell_size_check = ON",
		     err) < 0 ||
	    sql_prepare(&q, st, "PRAGMA journal_mode = WAL", err) < 0 ||
	    sql_step(&row, st, q, err) < 0)
		return -1;
	if (!row || strcmp((const char *)sqlite3_column_text(q, 0), "wal") != 0)
		return err_set(err, ERR_CONFIG,
			       "database '%s': its file system has no shared "
			       "memory",
			       st->path);
	return 0;
}

static int migrate(struct store *st, struct err *err)
{
	AUTO(sql_end) struct sql_txn txn = { 0 };
	AUTO(mem_free) char *mark = NULL;
	int64_t version;

	if (read_int(&version, st, "PRAGMA user_version", err) < 0)
		return -1;
	if (version == VERSION)
		return 0;
	/* somebody else may have done it since */
	if (sql_begin(&txn, st, err) < 0 ||
	    read_int(&version, st, "PRAGMA user_version", err) < 0)
		return -1;
	for (; version < VERSION; version++)
		if (sql_exec(st, migrations[version], err) < 0)
			return -1;
	mark = xasprintf("PRAGMA application_id = %d; PRAGMA user_version = %d",
			 APPLICATION_ID, (int)VERSION);
	if (sql_exec(st, mark, err) < 0)
		return -1;
	return sql_commit(&txn, err);
}

int store_open(struct store **out, const char *path, struct err *err)
{
	AUTO(store_free) struct store *st = xcalloc(1, sizeof(*st));

	st->path = xstrdup(path);
	read_crash_point(st);
	if (open_file(st, err) < 0 || check_owner(st, err) < 0 ||
	    set_modes(st, err) < 0 || migrate(st, err) < 0)
		return -1;
	*out = TAKE(st);
	return 0;
}

void store_free(struct store *st)
{
	if (!st)
		return;
	sqlite3_close(st->db);
	free(st->path);
	free(st);
}
