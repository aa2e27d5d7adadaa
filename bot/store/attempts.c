/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/attempts.h"

#include "bot/base/mem.h"
#include "bot/store/sql.h"

void attempts_release(struct attempts *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].tree);
		free(list->v[i].base);
		free(list->v[i].how);
		free(list->v[i].why);
	}
	free(list->v);
	*list = (struct attempts){ 0 };
}

static int add_attempt(struct store *st, int64_t revision, size_t n,
		       const struct attempt *a, struct err *err)
{
	static const char sql[] =
		"INSERT INTO attempt (revision, n, at, tree, base, how,"
		" matched, total, applies, why)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_check_text(a->why, "reason", err) < 0 ||
	    sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, revision);
	sql_bind_int(q, 2, (int64_t)n);
	sql_bind_int(q, 3, a->at);
	sql_bind_text(q, 4, a->tree);
	sql_bind_text(q, 5, a->base);
	sql_bind_text(q, 6, a->how);
	sql_bind_int(q, 7, a->matched);
	sql_bind_int(q, 8, a->total);
	sql_bind_int(q, 9, a->applies);
	sql_bind_text(q, 10, a->why);
	return sql_run(st, q, err);
}

int attempts_put(const struct store_txn *txn, int64_t revision,
		 const struct attempt *v, size_t n, struct err *err)
{
	static const char sql[] = "DELETE FROM attempt WHERE revision = ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, revision);
	if (sql_run(txn->st, q, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (add_attempt(txn->st, revision, i, &v[i], err) < 0)
			return -1;
	return 0;
}

static void take_attempt(void *out, sqlite3_stmt *q)
{
	struct attempts *list = out;

	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = (struct attempt){
		.at = sqlite3_column_int64(q, 0),
		.tree = sql_dup_text(q, 1),
		.base = sql_dup_text(q, 2),
		.how = sql_dup_text(q, 3),
		.matched = sql_unsigned(q, 4),
		.total = sql_unsigned(q, 5),
		.applies = sqlite3_column_int(q, 6) != 0,
		.why = sql_dup_text(q, 7),
	};
}

int attempts_get(struct attempts *out, struct store *st, int64_t revision,
		 struct err *err)
{
	static const char sql[] =
		"SELECT at, tree, base, how, matched, total, applies, why"
		" FROM attempt WHERE revision = ?1 ORDER BY n";
	AUTO(attempts_release) struct attempts list = { 0 };
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, revision);
	if (sql_each(st, q, take_attempt, &list, err) < 0)
		return -1;
	*out = list;
	list = (struct attempts){ 0 };
	return 0;
}
