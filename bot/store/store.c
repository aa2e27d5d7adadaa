/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/store.h"

#include <assert.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "bot/base/clock.h"
#include "bot/base/mem.h"
#include "bot/base/span.h"
#include "bot/store/sql.h"

#define BUSY_LOOK_NS 5000000 /* between two looks whether others are done */
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

	"CREATE TABLE list ("
	"  name TEXT NOT NULL PRIMARY KEY,"
	"  checked INTEGER NOT NULL,"
	"  failures INTEGER NOT NULL CHECK (failures >= 0),"
	"  not_before INTEGER NOT NULL,"
	"  error TEXT"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE epoch ("
	"  list TEXT NOT NULL,"
	"  n INTEGER NOT NULL CHECK (n >= 0),"
	"  fingerprint TEXT,"
	"  modified INTEGER NOT NULL,"
	"  tip TEXT,"
	"  seen TEXT,"
	"  PRIMARY KEY (list, n)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE reject ("
	"  list TEXT NOT NULL,"
	"  epoch INTEGER NOT NULL,"
	"  blob TEXT NOT NULL,"
	"  why TEXT NOT NULL,"
	"  arrived INTEGER NOT NULL,"
	"  PRIMARY KEY (list, epoch, blob)"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE thread ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  root TEXT NOT NULL UNIQUE,"
	"  kept INTEGER NOT NULL CHECK (kept IN (0, 1)),"
	"  changes INTEGER NOT NULL,"	/* counts up; never set back */
	"  assembled INTEGER NOT NULL," /* what it was then */
	"  arrived INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX thread_dirty ON thread (arrived)"
	"  WHERE kept AND changes > assembled;"
	/* ids that mails refer to and that did not come in (yet) */
	"CREATE TABLE ghost ("
	"  message_id TEXT NOT NULL PRIMARY KEY,"
	"  thread INTEGER NOT NULL REFERENCES thread (id)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX ghost_by_thread ON ghost (thread);"
	"CREATE TABLE mail ("
	"  id INTEGER PRIMARY KEY,"
	"  message_id TEXT NOT NULL UNIQUE,"
	"  thread INTEGER NOT NULL REFERENCES thread (id),"
	"  list TEXT NOT NULL,"
	"  epoch INTEGER NOT NULL,"
	"  blob TEXT NOT NULL,"
	"  rank INTEGER NOT NULL,"
	"  date INTEGER NOT NULL,"
	"  arrived INTEGER NOT NULL,"
	"  sender TEXT NOT NULL,"
	"  title TEXT NOT NULL,"
	"  version INTEGER NOT NULL,"
	"  idx INTEGER NOT NULL,"
	"  total INTEGER NOT NULL,"
	"  flags INTEGER NOT NULL,"
	"  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 5),"
	"  filed INTEGER NOT NULL" /* the archive has some copy of it */
	") STRICT;"
	"CREATE INDEX mail_by_thread ON mail (thread);"
	"CREATE INDEX mail_by_blob ON mail (blob);"
	"CREATE INDEX mail_by_marks ON mail (sender, total, date)"
	"  WHERE total > 1;"
	"CREATE INDEX mail_to_do ON mail (state) WHERE state IN (1, 2, 4);"
	/* the other copies of a mail: cross-posts, and ids used twice */
	"CREATE TABLE mail_copy ("
	"  blob TEXT NOT NULL,"
	"  list TEXT NOT NULL,"
	"  epoch INTEGER NOT NULL,"
	"  rank INTEGER NOT NULL,"
	"  mail INTEGER NOT NULL REFERENCES mail (id),"
	"  PRIMARY KEY (blob, list)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX mail_copy_by_mail ON mail_copy (mail);"

	"CREATE TABLE series ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  change_id TEXT"
	") STRICT;"
	"CREATE INDEX series_by_change ON series (change_id)"
	"  WHERE change_id IS NOT NULL;"
	"CREATE TABLE revision ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  series INTEGER NOT NULL REFERENCES series (id),"
	"  key TEXT NOT NULL UNIQUE,"
	"  thread INTEGER NOT NULL REFERENCES thread (id),"
	"  list TEXT NOT NULL,"
	"  version INTEGER NOT NULL,"
	"  version_minor INTEGER NOT NULL,"
	"  total INTEGER NOT NULL,"
	"  found INTEGER NOT NULL,"
	"  title TEXT NOT NULL,"
	"  first_title TEXT,"
	"  author TEXT NOT NULL,"
	"  date INTEGER NOT NULL,"
	"  arrived INTEGER NOT NULL,"
	"  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 8),"
	"  turn INTEGER NOT NULL," /* counts the writes of the row */
	"  reason TEXT,"
	"  until INTEGER NOT NULL,"
	"  tries INTEGER NOT NULL,"
	"  print TEXT NOT NULL,"
	"  verdict TEXT,"
	"  changed INTEGER NOT NULL,"
	"  facts TEXT NOT NULL," /* what is large is last: all else is */
	"  placed TEXT"		 /* read without it */
	") STRICT;"
	"CREATE INDEX revision_by_state ON revision (state, arrived);"
	"CREATE INDEX revision_by_thread ON revision (thread);"
	"CREATE INDEX revision_by_series ON revision (series);"
	"CREATE INDEX revision_by_title ON revision (author, title);"
	"CREATE INDEX revision_by_first ON revision (author, first_title)"
	"  WHERE first_title IS NOT NULL;"
	"CREATE TABLE attempt ("
	"  revision INTEGER NOT NULL REFERENCES revision (id),"
	"  n INTEGER NOT NULL,"
	"  at INTEGER NOT NULL,"
	"  tree TEXT,"
	"  base TEXT,"
	"  how TEXT NOT NULL,"
	"  matched INTEGER NOT NULL,"
	"  total INTEGER NOT NULL,"
	"  applies INTEGER NOT NULL,"
	"  why TEXT,"
	"  PRIMARY KEY (revision, n)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE draft ("
	"  revision INTEGER NOT NULL PRIMARY KEY REFERENCES revision (id),"
	"  message_id TEXT NOT NULL,"
	"  file TEXT NOT NULL,"
	"  created INTEGER NOT NULL"
	") STRICT;",

	"CREATE TABLE host ("
	"  name TEXT NOT NULL PRIMARY KEY,"
	"  not_before INTEGER NOT NULL,"
	"  why TEXT"
	") STRICT, WITHOUT ROWID;",

	"DROP TABLE draft;" /* its files stay in drafts/ */
	"CREATE TABLE outbox ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  message_id TEXT NOT NULL UNIQUE,"
	"  revision INTEGER REFERENCES revision (id),"
	"  kind TEXT NOT NULL,"
	"  lists TEXT NOT NULL,"
	"  verdict TEXT NOT NULL,"
	"  print TEXT NOT NULL,"
	"  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 6),"
	"  not_before INTEGER NOT NULL,"
	"  tries INTEGER NOT NULL CHECK (tries >= 0),"
	"  recipients TEXT NOT NULL,"
	"  why TEXT,"
	"  created INTEGER NOT NULL,"
	"  changed INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX outbox_by_state ON outbox (state, not_before);"
	"CREATE INDEX outbox_by_revision ON outbox (revision);"
	"CREATE TABLE outbox_event (" /* who moved it, when and why */
	"  n INTEGER PRIMARY KEY,"
	"  mail INTEGER NOT NULL REFERENCES outbox (id),"
	"  at INTEGER NOT NULL,"
	"  was INTEGER NOT NULL,"
	"  is_now INTEGER NOT NULL,"
	"  who TEXT NOT NULL,"
	"  why TEXT"
	") STRICT;"
	"CREATE INDEX outbox_event_by_mail ON outbox_event (mail, n);",

	/* the mail that this one corrects, or goes on from; what it tells */
	"ALTER TABLE outbox ADD COLUMN about INTEGER REFERENCES outbox (id);"
	"ALTER TABLE outbox ADD COLUMN told TEXT NOT NULL DEFAULT '';"
	"CREATE INDEX outbox_by_about ON outbox (about)"
	"  WHERE about IS NOT NULL;",

	/* mails that refer to one of the outbox */
	"CREATE TABLE answer ("
	"  message_id TEXT NOT NULL PRIMARY KEY,"
	"  mail INTEGER NOT NULL REFERENCES outbox (id),"
	"  came INTEGER NOT NULL,"
	"  is_read INTEGER NOT NULL CHECK (is_read IN (0, 1)),"
	"  tries INTEGER NOT NULL CHECK (tries >= 0),"
	"  not_before INTEGER NOT NULL,"
	"  writer TEXT,"
	"  why TEXT"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX answer_to_read ON answer (came) WHERE NOT is_read;"
	"CREATE TABLE seal (" /* signatures of mails that were read */
	"  print TEXT NOT NULL PRIMARY KEY,"
	"  message_id TEXT NOT NULL REFERENCES answer (message_id)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE command ("
	"  n INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  message_id TEXT NOT NULL REFERENCES answer (message_id),"
	"  series INTEGER REFERENCES series (id),"
	"  writer TEXT NOT NULL,"
	"  verb TEXT NOT NULL,"
	"  words TEXT NOT NULL,"
	"  is_obeyed INTEGER NOT NULL CHECK (is_obeyed IN (0, 1)),"
	"  outcome TEXT NOT NULL,"
	"  at INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX command_by_series ON command (series);"
	"CREATE TABLE wish ("
	"  series INTEGER NOT NULL REFERENCES series (id),"
	"  kind TEXT NOT NULL,"
	"  about TEXT NOT NULL,"
	"  words TEXT NOT NULL,"
	"  writer TEXT NOT NULL,"
	"  at INTEGER NOT NULL,"
	"  PRIMARY KEY (series, kind, about)"
	") STRICT, WITHOUT ROWID;",

	/* patches to be tried on top of a revision */
	"CREATE TABLE probe ("
	"  revision INTEGER NOT NULL PRIMARY KEY REFERENCES revision (id),"
	"  is_of INTEGER NOT NULL REFERENCES revision (id)"
	") STRICT;",
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

/* The count of all processes: one number, in a file that each maps. */
static int share_count(struct store *st, struct err *err)
{
	const char *path = getenv("COLLIDER_CRASH_COUNT");
	AUTO(fd_close) int fd = -1;
	void *shared;

	st->all_commits = &st->commits;
	if (!path)
		return 0;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0 || ftruncate(fd, sizeof(*st->all_commits)) < 0)
		return err_sys(err, ERR_CONFIG, "cannot count in '%s'", path);
	shared = mmap(NULL, sizeof(*st->all_commits), PROT_READ | PROT_WRITE,
		      MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED)
		return err_sys(err, ERR_CONFIG, "cannot count in '%s'", path);
	st->all_commits = shared;
	return 0;
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

/*
 * Of several that make the database at once each has read it before it asks for
 * the right to write. SQLite tells all but one of them that it is busy, and
 * calls no busy handler: two that wait for each other would wait for ever.
 */
static int step_patiently(bool *row, struct store *st, sqlite3_stmt *q,
			  struct err *err)
{
	const int64_t end = clock_ms() + STORE_BUSY_MS;

	while (sql_step(row, st, q, err) < 0) {
		if (err->kind != ERR_RETRY || clock_ms() >= end)
			return -1;
		*err = (struct err)ERR_INIT;
		sqlite3_reset(q); /* lets the others by */
		nanosleep(&(struct timespec){ .tv_nsec = BUSY_LOOK_NS }, NULL);
	}
	return 0;
}

static int set_modes(struct store *st, struct err *err)
{
	AUTO(sql_free) sqlite3_stmt *q = NULL;
	bool row;

	if (sql_exec(st,
		     "PRAGMA synchronous = FULL;"
		     "PRAGMA foreign_keys = ON;"
		     "PRAGMA cache_size = -16384;" /* KiB */
		     "PRAGMA cell_size_check = ON",
		     err) < 0 ||
	    sql_prepare(&q, st, "PRAGMA journal_mode = WAL", err) < 0 ||
	    step_patiently(&row, st, q, err) < 0)
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
	AUTO(store_end) struct store_txn txn = { 0 };
	AUTO(mem_free) char *mark = NULL;
	int64_t version;

	if (read_int(&version, st, "PRAGMA user_version", err) < 0)
		return -1;
	if (version == VERSION)
		return 0;
	/* somebody else may have done it since */
	if (store_begin(&txn, st, err) < 0 ||
	    read_int(&version, st, "PRAGMA user_version", err) < 0)
		return -1;
	for (; version < VERSION; version++)
		if (sql_exec(st, migrations[version], err) < 0)
			return -1;
	mark = xasprintf("PRAGMA application_id = %d; PRAGMA user_version = %d",
			 APPLICATION_ID, (int)VERSION);
	if (sql_exec(st, mark, err) < 0)
		return -1;
	return store_commit(&txn, err);
}

int store_open(struct store **out, const char *path, struct err *err)
{
	AUTO(store_free) struct store *st = xcalloc(1, sizeof(*st));

	st->path = xstrdup(path);
	read_crash_point(st);
	if (share_count(st, err) < 0 || open_file(st, err) < 0 ||
	    check_owner(st, err) < 0 || set_modes(st, err) < 0 ||
	    migrate(st, err) < 0)
		return -1;
	*out = TAKE(st);
	return 0;
}

void store_free(struct store *st)
{
	if (!st)
		return;
	for (size_t i = 0; i < st->n_kept; i++)
		sqlite3_finalize(st->kept[i].q);
	free(st->kept);
	sqlite3_close(st->db);
	if (st->all_commits && st->all_commits != &st->commits)
		munmap(st->all_commits, sizeof(*st->all_commits));
	free(st->path);
	free(st);
}

int store_begin(struct store_txn *txn, struct store *st, struct err *err)
{
	assert(!st->is_writing);
	/* IMMEDIATE: two that read first and write later would both fail */
	if (sql_exec(st, "BEGIN IMMEDIATE", err) < 0)
		return -1;
	st->is_writing = true;
	txn->st = st;
	return 0;
}

static void crash_point(const struct store *st, unsigned commit, bool after)
{
	if (st->crash_at == commit && st->crash_after == after)
		_exit(STORE_CRASH_EXIT);
}

int store_commit(struct store_txn *txn, struct err *err)
{
	struct store *st = txn->st;
	unsigned commit = atomic_fetch_add(st->all_commits, 1) + 1;

	crash_point(st, commit, false);
	if (sql_exec(st, "COMMIT", err) < 0)
		return -1;
	crash_point(st, commit, true);
	st->is_writing = false;
	txn->st = NULL;
	return 0;
}

void store_end(struct store_txn *txn)
{
	if (!txn->st)
		return;
	/* a full disk has rolled back already; there is nothing to report */
	if (!sqlite3_get_autocommit(txn->st->db))
		sqlite3_exec(txn->st->db, "ROLLBACK", NULL, NULL, NULL);
	txn->st->is_writing = false;
	txn->st = NULL;
}
