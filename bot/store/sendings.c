/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/sendings.h"

#include <assert.h>
#include <string.h>

#include "bot/store/outbox.h"
#include "bot/store/sql.h"

static int check_sending(const struct sending *s, struct err *err)
{
	assert(s->state == REVISIONS_WAITING ||
	       s->state == REVISIONS_INCOMPLETE ||
	       s->state == REVISIONS_READY || s->state == REVISIONS_ASIDE);
	if (sql_check_text(s->title, "title", err) < 0 ||
	    sql_check_text(s->first_title, "title", err) < 0 ||
	    sql_check_text(s->author, "sender", err) < 0 ||
	    sql_check_text(s->reason, "reason", err) < 0 ||
	    sql_check_text(s->change_id, "change-id", err) < 0)
		return -1;
	if (strlen(s->facts) > STORE_MAX_VALUE)
		return err_set(err, ERR_LIMIT,
			       "what was assembled is larger than %d bytes",
			       STORE_MAX_VALUE);
	return 0;
}

/* The first of its rows that has a number; else *out stays. */
static int read_id(int64_t *out, struct store *st, sqlite3_stmt *q,
		   struct err *err)
{
	bool row;

	if (sql_step(&row, st, q, err) < 0)
		return -1;
	if (row)
		*out = sqlite3_column_int64(q, 0);
	return 0;
}

static int find_change(int64_t *series, struct store *st, const char *change_id,
		       struct err *err)
{
	static const char sql[] =
		"SELECT id FROM series WHERE change_id = ?1 ORDER BY id";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, change_id);
	return read_id(series, st, q, err);
}

/* @sql looks for author ?1 and a name ?2, of no other change-id than ?3. */
static int find_known(int64_t *series, struct store *st, const char *sql,
		      const struct sending *s, const char *name,
		      struct err *err)
{
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, s->author);
	sql_bind_text(q, 2, name);
	sql_bind_text(q, 3, s->change_id);
	return read_id(series, st, q, err);
}

static int find_series(int64_t *series, struct store *st,
		       const struct sending *s, struct err *err)
{
#define OF_CHANGE                                                  \
	" AND (?3 IS NULL OR change_id IS NULL OR change_id = ?3)" \
	" ORDER BY series.id DESC LIMIT 1"
	static const char by_key[] =
		"SELECT series.id FROM revision"
		" JOIN series ON series.id = revision.series"
		" WHERE ?1 IS NOT NULL AND key = ?2" OF_CHANGE;
	static const char by_title[] =
		"SELECT series.id FROM revision"
		" JOIN series ON series.id = revision.series"
		" WHERE author = ?1 AND title = ?2" OF_CHANGE;
	static const char by_first[] =
		"SELECT series.id FROM revision"
		" JOIN series ON series.id = revision.series"
		" WHERE author = ?1 AND first_title = ?2" OF_CHANGE;
#undef OF_CHANGE

	*series = 0;
	if (s->change_id && find_change(series, st, s->change_id, err) < 0)
		return -1;
	if (!*series && s->replaces &&
	    find_known(series, st, by_key, s, s->replaces, err) < 0)
		return -1;
	if (!*series && find_known(series, st, by_title, s, s->title, err) < 0)
		return -1;
	if (!*series && s->first_title &&
	    find_known(series, st, by_first, s, s->first_title, err) < 0)
		return -1;
	return 0;
}

static int add_series(int64_t *series, struct store *st, struct err *err)
{
	static const char sql[] = "INSERT INTO series DEFAULT VALUES";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0 || sql_run(st, q, err) < 0)
		return -1;
	*series = sqlite3_last_insert_rowid(st->db);
	return 0;
}

static int name_series(struct store *st, int64_t series, const char *change_id,
		       struct err *err)
{
	static const char sql[] = "UPDATE series SET change_id = ?2"
				  " WHERE id = ?1 AND change_id IS NULL";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (!change_id)
		return 0;
	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, series);
	sql_bind_text(q, 2, change_id);
	return sql_run(st, q, err);
}

/* The series of a sending, whose row, if it has one, is of @now. */
static int choose_series(int64_t *series, struct store *st,
			 const struct sending *s, int64_t now, struct err *err)
{
	if (find_series(series, st, s, err) < 0)
		return -1;
	if (!*series)
		*series = now;
	if (!*series && add_series(series, st, err) < 0)
		return -1;
	return name_series(st, *series, s->change_id, err);
}

static void bind_sending(sqlite3_stmt *q, int64_t thread, int64_t series,
			 const struct sending *s)
{
	sql_bind_int(q, 1, series);
	sql_bind_text(q, 2, s->key);
	sql_bind_int(q, 3, thread);
	sql_bind_text(q, 4, s->list);
	sql_bind_int(q, 5, s->version);
	sql_bind_int(q, 6, s->version_minor);
	sql_bind_int(q, 7, s->total);
	sql_bind_int(q, 8, s->found);
	sql_bind_text(q, 9, s->title);
	sql_bind_text(q, 10, s->first_title);
	sql_bind_text(q, 11, s->author);
	sql_bind_int(q, 12, s->date);
	sql_bind_int(q, 13, s->arrived);
	sql_bind_text(q, 14, s->facts);
	sql_bind_text(q, 15, s->print);
}

static int add_revision(struct store *st, int64_t thread, int64_t series,
			const struct sending *s, struct err *err)
{
	static const char sql[] =
		"INSERT INTO revision (series, key, thread, list, version,"
		" version_minor, total, found, title, first_title, author,"
		" date, arrived, facts, print, state, reason, until, turn,"
		" tries, changed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
		" ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, 0, 0,"
		" unixepoch())";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	bind_sending(q, thread, series, s);
	sql_bind_int(q, 16, s->state);
	sql_bind_text(q, 17, s->reason);
	sql_bind_int(q, 18, s->until);
	return sql_run(st, q, err);
}

/* What is said about it; a worker that has it may go on. */
static int write_revision(struct store *st, int64_t id, int64_t thread,
			  int64_t series, const struct sending *s,
			  struct err *err)
{
	static const char sql[] =
		"UPDATE revision SET series = ?1, key = ?2, thread = ?3,"
		" list = ?4, version = ?5, version_minor = ?6, total = ?7,"
		" found = ?8, title = ?9, first_title = ?10, author = ?11,"
		" date = ?12, arrived = ?13, facts = ?14, print = ?15"
		" WHERE id = ?16";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	bind_sending(q, thread, series, s);
	sql_bind_int(q, 16, id);
	return sql_run(st, q, err);
}

/* It is to be looked at anew; what a worker makes of it is dropped. */
static int reset_revision(struct store *st, int64_t id, const struct sending *s,
			  struct err *err)
{
	static const char sql[] =
		"UPDATE revision SET state = ?2, reason = ?3, until = ?4,"
		" tries = 0, placed = NULL, verdict = NULL, turn = turn + 1,"
		" changed = unixepoch() WHERE id = ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	sql_bind_int(q, 2, s->state);
	sql_bind_text(q, 3, s->reason);
	sql_bind_int(q, 4, s->until);
	return sql_run(st, q, err);
}

static bool is_to_reset(const struct revisions_row *row,
			const struct sending *s)
{
	switch (row->state) {
	case REVISIONS_SUPERSEDED:
		return false;
	case REVISIONS_WAITING:
	case REVISIONS_INCOMPLETE:
		if (s->state == REVISIONS_READY)
			return true;
		break;
	case REVISIONS_READY:
	case REVISIONS_PLACED:
	case REVISIONS_JUDGED:
	case REVISIONS_DONE:
	case REVISIONS_PARKED:
	case REVISIONS_ASIDE:
		break;
	}
	return strcmp(row->print, s->print) != 0;
}

/* A sending and the rows that its thread had, of which each is used once. */
struct work {
	const struct store_txn *txn;
	int64_t thread;
	const struct sending *v;
	size_t n;
	struct revisions_list old;
	bool *is_used; /* of each of old */
};

static void work_release(struct work *w)
{
	revisions_list_release(&w->old);
	free(w->is_used);
}
DEFINE_AUTO_VALUE(struct work, work_release)

static bool is_key(const struct work *w, const char *key)
{
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->v[i].key, key) == 0)
			return true;
	return false;
}

/*
 * The row that @s goes on, else NULL: its own, else that of one of its mails.
 */
static const struct revisions_row *find_old(struct work *w,
					    const struct sending *s)
{
	for (size_t i = 0; i < w->old.n; i++) {
		const char *key = w->old.v[i].key;
		bool is_own = strcmp(key, s->key) == 0;

		/* few have the key among their mails: ask that first */
		if (w->is_used[i] || (!is_own && (!strings_has(s->mails, key) ||
						  is_key(w, key))))
			continue;
		w->is_used[i] = true;
		return &w->old.v[i];
	}
	return NULL;
}

/* A row of another thread that has the key, else one of this thread. */
static int find_row(struct revisions_row *out, bool *found, struct work *w,
		    const struct sending *s, struct err *err)
{
	const struct revisions_row *old = find_old(w, s);

	if (!old)
		return revisions_find_key(found, out, w->txn->st, s->key, err);
	return revisions_find(found, out, w->txn->st, old->id, err);
}

static int put_sending(struct sendings_put *out, int64_t *series,
		       struct work *w, const struct sending *s, struct err *err)
{
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	struct store *st = w->txn->st;
	bool found;

	if (check_sending(s, err) < 0 ||
	    find_row(&row, &found, w, s, err) < 0 ||
	    choose_series(series, st, s, row.series, err) < 0)
		return -1;
	if (!found) {
		out->added++;
		return add_revision(st, w->thread, *series, s, err);
	}
	if (write_revision(st, row.id, w->thread, *series, s, err) < 0)
		return -1;
	if (!is_to_reset(&row, s))
		return 0;
	out->changed++;
	return reset_revision(st, row.id, s, err);
}

/* Nothing is known of its mails: whatever comes is a change. */
static int set_aside(struct store *st, int64_t id, struct err *err)
{
	static const char sql[] =
		"UPDATE revision SET state = 8, print = '', until = 0,"
		" reason = 'its mails are gone, or part of another revision',"
		" turn = turn + 1, changed = unixepoch()"
		" WHERE id = ?1 AND state NOT IN (5, 7, 8)"
		" AND id NOT IN (SELECT revision FROM probe)";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	return sql_run(st, q, err);
}

/* Of series ?1 the newest one that is whole. */
#define NEWER                                                    \
	" (SELECT version, version_minor, date FROM revision"    \
	"  WHERE series = ?1 AND state IN (2, 3, 4, 5, 6)"       \
	"  ORDER BY version DESC, version_minor DESC, date DESC" \
	"  LIMIT 1) AS newer"
#define IS_OLDER                                              \
	" (newer.version, newer.version_minor, newer.date) >" \
	" (revision.version, revision.version_minor, revision.date)"

/* The reports that wait to tell of what is older. */
struct stale {
	int64_t *v; /* revisions */
	size_t n;
	unsigned version; /* that is newer */
};

static void stale_release(struct stale *s)
{
	free(s->v);
}
DEFINE_AUTO_VALUE(struct stale, stale_release)

static void take_stale(void *out, sqlite3_stmt *q)
{
	struct stale *s = out;

	s->v = xreallocarray(s->v, s->n + 1, sizeof(*s->v));
	s->v[s->n++] = sqlite3_column_int64(q, 0);
	s->version = sql_unsigned(q, 1);
}

static int find_stale(struct stale *out, struct store *st, int64_t series,
		      struct err *err)
{
	static const char sql[] =
		"SELECT DISTINCT revision.id, newer.version FROM revision"
		" JOIN outbox ON outbox.revision = revision.id"
		" AND outbox.state IN (0, 1)," NEWER
		" WHERE series = ?1 AND" IS_OLDER;
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, series);
	return sql_each(st, q, take_stale, out, err);
}

static int drop_reports(const struct store_txn *txn, int64_t series,
			struct err *err)
{
	AUTO(stale_release) struct stale stale = { 0 };
	AUTO(mem_free) char *why = NULL;
	struct outbox_note note = { .who = "policy" };
	size_t n = 0;

	if (find_stale(&stale, txn->st, series, err) < 0)
		return -1;
	why = xasprintf("a newer version was posted meanwhile: v%u",
			stale.version);
	note.why = why;
	for (size_t i = 0; i < stale.n; i++)
		if (outbox_drop(&n, txn, stale.v[i], NULL, &note, err) < 0)
			return -1;
	return 0;
}

static int supersede(size_t *n, const struct store_txn *txn, int64_t series,
		     struct err *err)
{
	static const char sql[] =
		"UPDATE revision SET state = 7, until = 0, turn = turn + 1,"
		" changed = unixepoch(), reason = 'v' || newer.version ||"
		" ' was sent' FROM" NEWER " WHERE series = ?1 AND state IN (0, "
		"1, 2, 3, 4, 6) AND" IS_OLDER;
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, series);
	if (sql_run(txn->st, q, err) < 0)
		return -1;
	*n += (size_t)sqlite3_changes(txn->st->db);
	return drop_reports(txn, series, err);
}

int sendings_put(struct sendings_put *out, const struct store_txn *txn,
		 int64_t thread, const struct sending *v, size_t n,
		 struct err *err)
{
	AUTO(work_release) struct work w = { txn, thread, v, n };
	const struct revisions_which of_thread = { .thread = thread };
	int64_t series;

	*out = (struct sendings_put){ 0 };
	if (revisions_all(&w.old, txn->st, &of_thread, SIZE_MAX >> 1, err) < 0)
		return -1;
	w.is_used = xcalloc(w.old.n + 1, sizeof(*w.is_used));
	for (size_t i = 0; i < n; i++)
		if (put_sending(out, &series, &w, &v[i], err) < 0 ||
		    supersede(&out->superseded, txn, series, err) < 0)
			return -1;
	for (size_t i = 0; i < w.old.n; i++)
		if (!w.is_used[i] && set_aside(txn->st, w.old.v[i].id, err) < 0)
			return -1;
	return 0;
}

/* ---- probes ---- */

static int mark_probe(const struct store_txn *txn, int64_t id, int64_t of,
		      struct err *err)
{
	static const char sql[] = "INSERT INTO probe (revision, is_of)"
				  " VALUES (?1, ?2)";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	sql_bind_int(q, 2, of);
	return sql_run(txn->st, q, err);
}

int sendings_put_probe(int64_t *id, const struct store_txn *txn,
		       const struct revisions_row *of,
		       const struct sending *probe, struct err *err)
{
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	int64_t series;
	bool found;

	*id = 0;
	if (check_sending(probe, err) < 0 ||
	    revisions_find_key(&found, &row, txn->st, probe->key, err) < 0)
		return -1;
	if (found)
		return 0;
	if (add_series(&series, txn->st, err) < 0 ||
	    add_revision(txn->st, of->thread, series, probe, err) < 0)
		return -1;
	*id = sqlite3_last_insert_rowid(txn->st->db);
	return mark_probe(txn, *id, of->id, err);
}

int sendings_find_probed(int64_t *of, struct store *st, int64_t id,
			 struct err *err)
{
	static const char sql[] = "SELECT is_of FROM probe WHERE revision = ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	*of = 0;
	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	return read_id(of, st, q, err);
}
