/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/threads.h"

#include "bot/base/mem.h"
#include "bot/store/mails.h"
#include "bot/store/sql.h"

#define COLUMNS " id, root, kept, changes, arrived "

void threads_row_release(struct threads_row *row)
{
	free(row->root);
	*row = (struct threads_row){ 0 };
}

void threads_list_release(struct threads_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		threads_row_release(&list->v[i]);
	free(list->v);
	*list = (struct threads_list){ 0 };
}

static struct threads_row read_row(sqlite3_stmt *q)
{
	return (struct threads_row){
		.id = sqlite3_column_int64(q, 0),
		.root = sql_dup_text(q, 1),
		.kept = sqlite3_column_int(q, 2) != 0,
		.changes = sqlite3_column_int64(q, 3),
		.arrived = sqlite3_column_int64(q, 4),
	};
}

int threads_find(bool *found, struct threads_row *out, struct store *st,
		 int64_t id, struct err *err)
{
	static const char sql[] = "SELECT" COLUMNS "FROM thread WHERE id = ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	*out = (struct threads_row){ 0 };
	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	if (sql_step(found, st, q, err) < 0)
		return -1;
	if (*found)
		*out = read_row(q);
	return 0;
}

int threads_keep(const struct store_txn *txn, int64_t id, struct err *err)
{
	static const char keep[] = "UPDATE thread SET kept = 1 WHERE id = ?1";
	static const char want[] = "UPDATE mail SET state = ?2"
				   " WHERE thread = ?1 AND state = ?3";
	AUTO(sql_rest) sqlite3_stmt *keeping = NULL;
	AUTO(sql_rest) sqlite3_stmt *wanting = NULL;

	if (sql_keep(&keeping, txn->st, keep, err) < 0 ||
	    sql_keep(&wanting, txn->st, want, err) < 0)
		return -1;
	sql_bind_int(keeping, 1, id);
	if (sql_run(txn->st, keeping, err) < 0)
		return -1;
	sql_bind_int(wanting, 1, id);
	sql_bind_int(wanting, 2, MAILS_WANTED);
	sql_bind_int(wanting, 3, MAILS_OUT);
	return sql_run(txn->st, wanting, err);
}

int threads_touch(const struct store_txn *txn, int64_t id, int64_t arrived,
		  struct err *err)
{
	static const char sql[] = "UPDATE thread SET changes = changes + 1,"
				  " arrived = max(arrived, ?2) WHERE id = ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	sql_bind_int(q, 2, arrived);
	return sql_run(txn->st, q, err);
}

/* A statement of two parameters: the thread to go to and that to go from. */
static int move_rows(struct store *st, const char *sql, int64_t into,
		     int64_t from, struct err *err)
{
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, into);
	sql_bind_int(q, 2, from);
	return sql_run(st, q, err);
}

int threads_join(const struct store_txn *txn, int64_t into, int64_t from,
		 struct err *err)
{
	static const char *const steps[] = {
		"UPDATE mail SET thread = ?1 WHERE thread = ?2",
		"UPDATE ghost SET thread = ?1 WHERE thread = ?2",
		"UPDATE revision SET thread = ?1 WHERE thread = ?2",
	};
	static const char gone[] = "DELETE FROM thread WHERE id = ?1";
	AUTO(threads_row_release) struct threads_row old = { 0 };
	AUTO(threads_row_release) struct threads_row row = { 0 };
	AUTO(sql_rest) sqlite3_stmt *q = NULL;
	bool found_old;
	bool found;

	if (into == from)
		return 0;
	if (threads_find(&found_old, &old, txn->st, from, err) < 0 ||
	    threads_find(&found, &row, txn->st, into, err) < 0)
		return -1;
	if (!found || !found_old)
		return err_set(err, ERR_INPUT, "thread %lld is gone",
			       (long long)(found ? from : into));
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		if (move_rows(txn->st, steps[i], into, from, err) < 0)
			return -1;
	if (sql_keep(&q, txn->st, gone, err) < 0)
		return -1;
	sql_bind_int(q, 1, from);
	if (sql_run(txn->st, q, err) < 0 ||
	    threads_touch(txn, into, old.arrived, err) < 0)
		return -1;
	return old.kept || row.kept ? threads_keep(txn, into, err) : 0;
}

static void take_row(void *out, sqlite3_stmt *q)
{
	struct threads_list *list = out;

	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = read_row(q);
}

int threads_dirty(struct threads_list *out, struct store *st, size_t max,
		  struct err *err)
{
	static const char sql[] = "SELECT" COLUMNS "FROM thread WHERE kept AND"
				  " changes > assembled"
				  " ORDER BY arrived DESC LIMIT ?1";
	AUTO(threads_list_release) struct threads_list list = { 0 };
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, (int64_t)max);
	if (sql_each(st, q, take_row, &list, err) < 0)
		return -1;
	*out = list;
	list = (struct threads_list){ 0 };
	return 0;
}

int threads_move(bool *moved, const struct store_txn *txn,
		 const struct threads_row *seen, struct err *err)
{
	static const char sql[] = "UPDATE thread SET assembled = ?2"
				  " WHERE id = ?1 AND assembled < ?2";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, seen->id);
	sql_bind_int(q, 2, seen->changes);
	return sql_move(moved, txn->st, q, err);
}
