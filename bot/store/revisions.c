/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/revisions.h"

#include <assert.h>
#include <string.h>

#include "bot/base/mem.h"
#include "bot/store/sql.h"

/* What lists of rows leave out is last, so that they can put NULL there. */
#define COLUMNS                                                             \
	" id, series, key, thread, list, version, version_minor, total,"    \
	" found, title, author, date, arrived, state, turn, reason, until," \
	" tries, print, verdict, changed"
#define ALL COLUMNS ", facts, placed "
#define FEW COLUMNS ", NULL, NULL "

void revisions_row_release(struct revisions_row *row)
{
	free(row->key);
	free(row->list);
	free(row->title);
	free(row->author);
	free(row->reason);
	free(row->facts);
	free(row->print);
	free(row->placed);
	free(row->verdict);
	*row = (struct revisions_row){ 0 };
}

void revisions_list_release(struct revisions_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		revisions_row_release(&list->v[i]);
	free(list->v);
	*list = (struct revisions_list){ 0 };
}

static struct revisions_row read_row(sqlite3_stmt *q)
{
	return (struct revisions_row){
		.id = sqlite3_column_int64(q, 0),
		.series = sqlite3_column_int64(q, 1),
		.key = sql_dup_text(q, 2),
		.thread = sqlite3_column_int64(q, 3),
		.list = sql_dup_text(q, 4),
		.version = sql_unsigned(q, 5),
		.version_minor = sql_unsigned(q, 6),
		.total = sql_unsigned(q, 7),
		.found = sql_unsigned(q, 8),
		.title = sql_dup_text(q, 9),
		.author = sql_dup_text(q, 10),
		.date = sqlite3_column_int64(q, 11),
		.arrived = sqlite3_column_int64(q, 12),
		.state = (enum revisions_state)sqlite3_column_int(q, 13),
		.turn = sqlite3_column_int64(q, 14),
		.reason = sql_dup_text(q, 15),
		.until = sqlite3_column_int64(q, 16),
		.tries = sql_unsigned(q, 17),
		.print = sql_dup_text(q, 18),
		.verdict = sql_dup_text(q, 19),
		.changed = sqlite3_column_int64(q, 20),
		.facts = sql_dup_text(q, 21),
		.placed = sql_dup_text(q, 22),
	};
}

static void take_row(void *out, sqlite3_stmt *q)
{
	struct revisions_list *list = out;

	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = read_row(q);
}

/* The rows of a statement whose parameters are bound. */
static int read_rows(struct revisions_list *out, struct store *st,
		     sqlite3_stmt *q, struct err *err)
{
	AUTO(revisions_list_release) struct revisions_list list = { 0 };

	if (sql_each(st, q, take_row, &list, err) < 0)
		return -1;
	*out = list;
	list = (struct revisions_list){ 0 };
	return 0;
}

static int read_one(bool *found, struct revisions_row *out, struct store *st,
		    sqlite3_stmt *q, struct err *err)
{
	*out = (struct revisions_row){ 0 };
	if (sql_step(found, st, q, err) < 0)
		return -1;
	if (*found)
		*out = read_row(q);
	return 0;
}

int revisions_find(bool *found, struct revisions_row *out, struct store *st,
		   int64_t id, struct err *err)
{
	static const char sql[] = "SELECT" ALL "FROM revision WHERE id = ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	return read_one(found, out, st, q, err);
}

int revisions_find_key(bool *found, struct revisions_row *out, struct store *st,
		       const char *key, struct err *err)
{
	static const char sql[] = "SELECT" ALL "FROM revision WHERE key = ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, key);
	return read_one(found, out, st, q, err);
}

int revisions_is_old(bool *out, struct store *st,
		     const struct revisions_row *row, struct err *err)
{
	static const char sql[] =
		"SELECT 1 FROM revision WHERE series = ?1"
		" AND state NOT IN (7, 8)"
		" AND (version, version_minor, date) > (?2, ?3, ?4) LIMIT 1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, row->series);
	sql_bind_int(q, 2, row->version);
	sql_bind_int(q, 3, row->version_minor);
	sql_bind_int(q, 4, row->date);
	return sql_step(out, st, q, err);
}

int revisions_due(struct revisions_list *out, struct store *st,
		  enum revisions_state state, int64_t now, size_t max,
		  struct err *err)
{
	static const char sql[] =
		"SELECT" FEW "FROM revision WHERE state = ?1 AND until <= ?2"
		" ORDER BY arrived DESC, id DESC LIMIT ?3";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, state);
	sql_bind_int(q, 2, now);
	sql_bind_int(q, 3, (int64_t)max);
	return read_rows(out, st, q, err);
}

int revisions_next_due(int64_t *out, struct store *st, int64_t now,
		       struct err *err)
{
	static const char sql[] = "SELECT coalesce(min(until), 0) FROM revision"
				  " WHERE state IN (0, 2, 3, 4) AND until > ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;
	bool row;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, now);
	if (sql_step(&row, st, q, err) < 0)
		return -1;
	*out = sqlite3_column_int64(q, 0);
	return 0;
}

/* A query of what is asked for alone, so that it can use the indexes. */
static char *compose_query(const struct revisions_which *which)
{
	return xasprintf(
		"SELECT" FEW "FROM revision WHERE 1%s%s%s%s%s%s%s"
		" ORDER BY arrived DESC, id DESC LIMIT :max",
		which->list ? " AND list = :list" : "",
		which->thread ? " AND thread = :thread" : "",
		which->series ? " AND series = :series" : "",
		which->words ? " AND instr(lower(title), lower(:words)) > 0"
			     : "",
		which->author ? " AND author = :author" : "",
		which->change_id ? " AND series IN (SELECT id FROM series"
				   " WHERE change_id = :change_id)"
				 : "",
		which->in_state ? " AND state = :state" : "");
}

/* What is not in the query has no number, and is left out. */
static void bind_int(sqlite3_stmt *q, const char *name, int64_t value)
{
	int at = sqlite3_bind_parameter_index(q, name);

	if (at)
		sql_bind_int(q, at, value);
}

static void bind_text(sqlite3_stmt *q, const char *name, const char *value)
{
	int at = sqlite3_bind_parameter_index(q, name);

	if (at)
		sql_bind_text(q, at, value);
}

int revisions_all(struct revisions_list *out, struct store *st,
		  const struct revisions_which *which, size_t max,
		  struct err *err)
{
	AUTO(mem_free) char *sql = compose_query(which);
	AUTO(sql_free) sqlite3_stmt *q = NULL;

	if (sql_prepare(&q, st, sql, err) < 0)
		return -1;
	bind_text(q, ":list", which->list);
	bind_int(q, ":thread", which->thread);
	bind_int(q, ":series", which->series);
	bind_text(q, ":words", which->words);
	bind_text(q, ":author", which->author);
	bind_text(q, ":change_id", which->change_id);
	bind_int(q, ":state", which->state);
	bind_int(q, ":max", (int64_t)max);
	return read_rows(out, st, q, err);
}

int revisions_count(uint64_t out[static REVISIONS_STATES], struct store *st,
		    struct err *err)
{
	static const char sql[] =
		"SELECT state, count(*) FROM revision GROUP BY state";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;
	bool row;

	memset(out, 0, REVISIONS_STATES * sizeof(*out));
	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	for (;;) {
		if (sql_step(&row, st, q, err) < 0)
			return -1;
		if (!row)
			return 0;
		out[sqlite3_column_int(q, 0)] =
			(uint64_t)sqlite3_column_int64(q, 1);
	}
}

bool revisions_may_move(enum revisions_state from, enum revisions_state to)
{
	/* one word: S is SUPERSEDED, A is ASIDE */
	static const char *const may[REVISIONS_STATES] = {
		/*			   W I R P J D K S A */
		[REVISIONS_WAITING] = "- x x - - - x x x",
		[REVISIONS_INCOMPLETE] = "x - x - - - x x x",
		[REVISIONS_READY] = "- - - x x x x x x",
		[REVISIONS_PLACED] = "- - x - x x x x x",
		[REVISIONS_JUDGED] = "- - x - - x x x x",
		[REVISIONS_DONE] = "- - x - - - - - -",
		[REVISIONS_PARKED] = "- - x - - - - x x",
		[REVISIONS_SUPERSEDED] = "- - x - - - - - -",
		[REVISIONS_ASIDE] = "- - x - - - - x -",
	};

	return may[from][2 * to] == 'x';
}

int revisions_move(bool *moved, const struct store_txn *txn,
		   const struct revisions_row *seen, enum revisions_state to,
		   const struct revisions_result *result, struct err *err)
{
	static const char sql[] =
		"UPDATE revision SET state = ?3, reason = ?4,"
		" placed = coalesce(?5, placed),"
		" verdict = coalesce(?6, verdict), until = 0, tries = 0,"
		" turn = turn + 1, changed = unixepoch()"
		" WHERE id = ?1 AND turn = ?2";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	assert(revisions_may_move(seen->state, to));
	if (sql_check_text(result->reason, "reason", err) < 0 ||
	    sql_check_text(result->verdict, "verdict", err) < 0)
		return -1;
	if (result->placed && strlen(result->placed) > STORE_MAX_VALUE)
		return err_set(err, ERR_LIMIT,
			       "what was placed is larger than %d bytes",
			       STORE_MAX_VALUE);
	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, seen->id);
	sql_bind_int(q, 2, seen->turn);
	sql_bind_int(q, 3, to);
	sql_bind_text(q, 4, result->reason);
	sql_bind_text(q, 5, result->placed);
	sql_bind_text(q, 6, result->verdict);
	return sql_move(moved, txn->st, q, err);
}

int revisions_retry(bool *moved, const struct store_txn *txn,
		    const struct revisions_row *seen, int64_t now,
		    const char *reason, struct err *err)
{
	static const char sql[] =
		"UPDATE revision SET tries = tries + 1, until = ?3,"
		" reason = ?4, turn = turn + 1, changed = unixepoch()"
		" WHERE id = ?1 AND turn = ?2";
	const struct revisions_result parked = { .reason = reason };
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (seen->tries >= REVISIONS_MAX_TRIES)
		return revisions_move(moved, txn, seen, REVISIONS_PARKED,
				      &parked, err);
	if (sql_check_text(reason, "reason", err) < 0 ||
	    sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, seen->id);
	sql_bind_int(q, 2, seen->turn);
	sql_bind_int(q, 3, now + (60LL << seen->tries));
	sql_bind_text(q, 4, reason);
	return sql_move(moved, txn->st, q, err);
}

const char *revisions_state_name(enum revisions_state state)
{
	switch (state) {
	case REVISIONS_WAITING:
		return "waiting";
	case REVISIONS_INCOMPLETE:
		return "incomplete";
	case REVISIONS_READY:
		return "ready";
	case REVISIONS_PLACED:
		return "placed";
	case REVISIONS_JUDGED:
		return "judged";
	case REVISIONS_DONE:
		return "done";
	case REVISIONS_PARKED:
		return "parked";
	case REVISIONS_SUPERSEDED:
		return "superseded";
	case REVISIONS_ASIDE:
		return "aside";
	}
	return "unknown";
}
