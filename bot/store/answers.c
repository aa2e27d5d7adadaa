/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/answers.h"

#include <string.h>

#include "bot/store/sql.h"

#define COLUMNS                                                            \
	" a.message_id, a.mail, a.came, a.is_read, a.tries, a.not_before," \
	" a.writer, a.why "

void answers_row_release(struct answers_row *row)
{
	free(row->message_id);
	free(row->writer);
	free(row->why);
	*row = (struct answers_row){ 0 };
}

void answers_list_release(struct answers_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		answers_row_release(&list->v[i]);
	free(list->v);
	*list = (struct answers_list){ 0 };
}

void answers_orders_release(struct answers_orders *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].message_id);
		free(list->v[i].writer);
		free(list->v[i].verb);
		free(list->v[i].words);
		free(list->v[i].outcome);
	}
	free(list->v);
	*list = (struct answers_orders){ 0 };
}

void answers_wishes_release(struct answers_wishes *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].kind);
		free(list->v[i].about);
		free(list->v[i].words);
		free(list->v[i].writer);
	}
	free(list->v);
	*list = (struct answers_wishes){ 0 };
}

static struct answers_row read_row(sqlite3_stmt *q)
{
	return (struct answers_row){
		.message_id = sql_dup_text(q, 0),
		.mail = sqlite3_column_int64(q, 1),
		.came = sqlite3_column_int64(q, 2),
		.is_read = sqlite3_column_int(q, 3),
		.tries = sql_unsigned(q, 4),
		.not_before = sqlite3_column_int64(q, 5),
		.writer = sql_dup_text(q, 6),
		.why = sql_dup_text(q, 7),
	};
}

/* ---- mails ---- */

/* *id is 0 when the outbox has no such mail. */
static int find_ours(int64_t *id, struct store *st, const char *message_id,
		     struct err *err)
{
	static const char sql[] = "SELECT id FROM outbox WHERE message_id = ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;
	bool row;

	*id = 0;
	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, message_id);
	if (sql_step(&row, st, q, err) < 0)
		return -1;
	if (row)
		*id = sqlite3_column_int64(q, 0);
	return 0;
}

static int add(const struct store_txn *txn, const char *message_id,
	       int64_t mail, struct err *err)
{
	static const char sql[] =
		"INSERT INTO answer (message_id, mail, came, is_read, tries,"
		" not_before) VALUES (?1, ?2, unixepoch(), 0, 0, 0)"
		" ON CONFLICT (message_id) DO NOTHING";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, message_id);
	sql_bind_int(q, 2, mail);
	return sql_run(txn->st, q, err);
}

int answers_note(bool *noted, const struct store_txn *txn,
		 const char *message_id, const struct strings *ancestors,
		 struct err *err)
{
	int64_t mail = 0, own = 0;

	*noted = false;
	for (size_t i = ancestors->n; i > 0 && !mail; i--)
		if (find_ours(&mail, txn->st, ancestors->v[i - 1], err) < 0)
			return -1;
	if (mail && find_ours(&own, txn->st, message_id, err) < 0)
		return -1;
	*noted = mail && !own;
	return *noted ? add(txn, message_id, mail, err) : 0;
}

/* WRITTEN and INDEXED: the archive has its file. */
#define DUE                                              \
	"FROM answer a JOIN mail m ON m.message_id ="    \
	" a.message_id WHERE NOT a.is_read AND m.state " \
	"IN (2, 3)"

int answers_next(bool *found, struct answers_row *out, struct store *st,
		 int64_t now, struct err *err)
{
	static const char sql[] = "SELECT" COLUMNS DUE " AND a.not_before <= ?1"
				  " ORDER BY a.came, a.message_id LIMIT 1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	*out = (struct answers_row){ 0 };
	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, now);
	if (sql_step(found, st, q, err) < 0)
		return -1;
	if (*found)
		*out = read_row(q);
	return 0;
}

int answers_next_due(int64_t *out, struct store *st, int64_t now,
		     struct err *err)
{
	static const char sql[] = "SELECT coalesce(min(a.not_before), 0) " DUE
				  " AND a.not_before > ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;
	bool row;

	*out = 0;
	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, now);
	if (sql_step(&row, st, q, err) < 0)
		return -1;
	if (row)
		*out = sqlite3_column_int64(q, 0);
	return 0;
}

int answers_end(bool *moved, const struct store_txn *txn,
		const char *message_id, const char *writer, const char *why,
		struct err *err)
{
	static const char sql[] =
		"UPDATE answer SET is_read = 1, writer = ?2, why = ?3"
		" WHERE message_id = ?1 AND NOT is_read";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_check_text(writer, "the writer", err) < 0 ||
	    sql_check_text(why, "the reason", err) < 0 ||
	    sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, message_id);
	sql_bind_text(q, 2, writer);
	sql_bind_text(q, 3, why);
	return sql_move(moved, txn->st, q, err);
}

int answers_wait(bool *moved, const struct store_txn *txn,
		 const char *message_id, int64_t until, struct err *err)
{
	static const char sql[] =
		"UPDATE answer SET not_before = ?2, tries = tries + 1"
		" WHERE message_id = ?1 AND NOT is_read";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, message_id);
	sql_bind_int(q, 2, until);
	return sql_move(moved, txn->st, q, err);
}

int answers_seal(bool *fresh, const struct store_txn *txn,
		 const char *message_id, const struct strings *seals,
		 struct err *err)
{
	static const char sql[] = "INSERT INTO seal (print, message_id)"
				  " VALUES (?1, ?2)"
				  " ON CONFLICT (print) DO NOTHING";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	*fresh = true;
	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	for (size_t i = 0; i < seals->n && *fresh; i++) {
		sql_bind_text(q, 1, seals->v[i]);
		sql_bind_text(q, 2, message_id);
		if (sql_move(fresh, txn->st, q, err) < 0)
			return -1;
	}
	return 0;
}

static void take_row(void *out, sqlite3_stmt *q)
{
	struct answers_list *list = out;

	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = read_row(q);
}

int answers_all(struct answers_list *out, struct store *st, size_t max,
		struct err *err)
{
	static const char sql[] =
		"SELECT" COLUMNS "FROM answer a"
		" WHERE a.is_read"
		" ORDER BY a.came DESC, a.message_id LIMIT ?1";
	AUTO(answers_list_release) struct answers_list list = { 0 };
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, (int64_t)max);
	if (sql_each(st, q, take_row, &list, err) < 0)
		return -1;
	*out = list;
	list = (struct answers_list){ 0 };
	return 0;
}

/* ---- orders ---- */

int answers_add_order(const struct store_txn *txn,
		      const struct answers_order *o, struct err *err)
{
	static const char sql[] =
		"INSERT INTO command (message_id, series, writer, verb, words,"
		" is_obeyed, outcome, at) VALUES (?1, nullif(?2, 0), ?3, ?4,"
		" ?5, ?6, ?7, unixepoch())";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_check_text(o->words, "the words", err) < 0 ||
	    sql_check_text(o->outcome, "the outcome", err) < 0 ||
	    sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, o->message_id);
	sql_bind_int(q, 2, o->series);
	sql_bind_text(q, 3, o->writer);
	sql_bind_text(q, 4, o->verb);
	sql_bind_text(q, 5, o->words);
	sql_bind_int(q, 6, o->is_obeyed);
	sql_bind_text(q, 7, o->outcome);
	return sql_run(txn->st, q, err);
}

static void take_order(void *out, sqlite3_stmt *q)
{
	struct answers_orders *list = out;

	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = (struct answers_order){
		.n = sqlite3_column_int64(q, 0),
		.message_id = sql_dup_text(q, 1),
		.series = sqlite3_column_int64(q, 2),
		.writer = sql_dup_text(q, 3),
		.verb = sql_dup_text(q, 4),
		.words = sql_dup_text(q, 5),
		.is_obeyed = sqlite3_column_int(q, 6),
		.outcome = sql_dup_text(q, 7),
		.at = sqlite3_column_int64(q, 8),
	};
}

int answers_get_orders(struct answers_orders *out, struct store *st,
		       int64_t series, size_t max, struct err *err)
{
	static const char sql[] =
		"SELECT n, message_id, series, writer, verb, words, is_obeyed,"
		" outcome, at FROM command WHERE ?1 = 0 OR series = ?1"
		" ORDER BY n DESC LIMIT ?2";
	AUTO(answers_orders_release) struct answers_orders list = { 0 };
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, series);
	sql_bind_int(q, 2, (int64_t)max);
	if (sql_each(st, q, take_order, &list, err) < 0)
		return -1;
	*out = list;
	list = (struct answers_orders){ 0 };
	return 0;
}

/* ---- wishes ---- */

int answers_put_wish(const struct store_txn *txn, const struct answers_wish *w,
		     struct err *err)
{
	static const char sql[] =
		"INSERT INTO wish (series, kind, about, words, writer, at)"
		" VALUES (?1, ?2, ?3, ?4, ?5, unixepoch())"
		" ON CONFLICT (series, kind, about) DO UPDATE SET"
		" words = excluded.words, writer = excluded.writer,"
		" at = excluded.at";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_check_text(w->words, "the words", err) < 0 ||
	    sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, w->series);
	sql_bind_text(q, 2, w->kind);
	sql_bind_text(q, 3, w->about);
	sql_bind_text(q, 4, w->words);
	sql_bind_text(q, 5, w->writer);
	return sql_run(txn->st, q, err);
}

int answers_drop_wish(const struct store_txn *txn, int64_t series,
		      const char *kind, const char *about, struct err *err)
{
	static const char sql[] = "DELETE FROM wish WHERE series = ?1 AND"
				  " kind = ?2 AND about = ?3";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, series);
	sql_bind_text(q, 2, kind);
	sql_bind_text(q, 3, about);
	return sql_run(txn->st, q, err);
}

static void take_wish(void *out, sqlite3_stmt *q)
{
	struct answers_wishes *list = out;

	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = (struct answers_wish){
		.series = sqlite3_column_int64(q, 0),
		.kind = sql_dup_text(q, 1),
		.about = sql_dup_text(q, 2),
		.words = sql_dup_text(q, 3),
		.writer = sql_dup_text(q, 4),
		.at = sqlite3_column_int64(q, 5),
	};
}

int answers_get_wishes(struct answers_wishes *out, struct store *st,
		       int64_t series, struct err *err)
{
	static const char sql[] = "SELECT series, kind, about, words, writer,"
				  " at FROM wish WHERE series = ?1"
				  " ORDER BY at, kind, about";
	AUTO(answers_wishes_release) struct answers_wishes list = { 0 };
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, series);
	if (sql_each(st, q, take_wish, &list, err) < 0)
		return -1;
	*out = list;
	list = (struct answers_wishes){ 0 };
	return 0;
}

const struct answers_wish *answers_find_wish(const struct answers_wishes *list,
					     const char *kind,
					     const char *about)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].kind, kind) == 0 &&
		    (!about || strcmp(list->v[i].about, about) == 0))
			return &list->v[i];
	return NULL;
}
