/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/drafts.h"

#include "bot/base/mem.h"
#include "bot/store/sql.h"

#define COLUMNS " revision, message_id, file, created "

void drafts_row_release(struct drafts_row *row)
{
	free(row->message_id);
	free(row->file);
	*row = (struct drafts_row){ 0 };
}

void drafts_list_release(struct drafts_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		drafts_row_release(&list->v[i]);
	free(list->v);
	*list = (struct drafts_list){ 0 };
}

static struct drafts_row read_row(sqlite3_stmt *q)
{
	return (struct drafts_row){
		.revision = sqlite3_column_int64(q, 0),
		.message_id = sql_dup_text(q, 1),
		.file = sql_dup_text(q, 2),
		.created = sqlite3_column_int64(q, 3),
	};
}

int drafts_put(const struct store_txn *txn, int64_t revision,
	       const char *message_id, const char *file, struct err *err)
{
	static const char sql[] = "INSERT OR REPLACE INTO draft (" COLUMNS ")"
				  " VALUES (?1, ?2, ?3, unixepoch())";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, revision);
	sql_bind_text(q, 2, message_id);
	sql_bind_text(q, 3, file);
	return sql_run(txn->st, q, err);
}

int drafts_find(bool *found, struct drafts_row *out, struct store *st,
		int64_t revision, struct err *err)
{
	static const char sql[] =
		"SELECT" COLUMNS "FROM draft WHERE revision = ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	*out = (struct drafts_row){ 0 };
	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, revision);
	if (sql_step(found, st, q, err) < 0)
		return -1;
	if (*found)
		*out = read_row(q);
	return 0;
}

static void take_row(void *out, sqlite3_stmt *q)
{
	struct drafts_list *list = out;

	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = read_row(q);
}

int drafts_all(struct drafts_list *out, struct store *st, struct err *err)
{
	static const char sql[] =
		"SELECT" COLUMNS "FROM draft ORDER BY revision";
	AUTO(drafts_list_release) struct drafts_list list = { 0 };
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0 ||
	    sql_each(st, q, take_row, &list, err) < 0)
		return -1;
	*out = list;
	list = (struct drafts_list){ 0 };
	return 0;
}
