/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/lists.h"

#include "bot/base/mem.h"
#include "bot/store/sql.h"

#define COLUMNS " name, checked, failures, not_before, error "

void lists_row_release(struct lists_row *row)
{
	free(row->name);
	free(row->error);
	*row = (struct lists_row){ 0 };
}

void lists_list_release(struct lists_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		lists_row_release(&list->v[i]);
	free(list->v);
	*list = (struct lists_list){ 0 };
}

static struct lists_row read_row(sqlite3_stmt *q)
{
	return (struct lists_row){
		.name = sql_dup_text(q, 0),
		.checked = sqlite3_column_int64(q, 1),
		.failures = sql_unsigned(q, 2),
		.not_before = sqlite3_column_int64(q, 3),
		.error = sql_dup_text(q, 4),
	};
}

int lists_find(bool *found, struct lists_row *out, struct store *st,
	       const char *name, struct err *err)
{
	static const char sql[] = "SELECT" COLUMNS "FROM list WHERE name = ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	*out = (struct lists_row){ 0 };
	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, name);
	if (sql_step(found, st, q, err) < 0)
		return -1;
	if (*found)
		*out = read_row(q);
	return 0;
}

static void take_row(void *out, sqlite3_stmt *q)
{
	struct lists_list *list = out;

	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = read_row(q);
}

int lists_all(struct lists_list *out, struct store *st, struct err *err)
{
	static const char sql[] = "SELECT" COLUMNS "FROM list ORDER BY name";
	AUTO(lists_list_release) struct lists_list list = { 0 };
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0 ||
	    sql_each(st, q, take_row, &list, err) < 0)
		return -1;
	*out = list;
	list = (struct lists_list){ 0 };
	return 0;
}

int lists_put(const struct store_txn *txn, const struct lists_row *row,
	      struct err *err)
{
	static const char sql[] = "INSERT OR REPLACE INTO list (" COLUMNS
				  ") VALUES (?1, ?2, ?3, ?4, ?5)";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_check_text(row->error, "reason", err) < 0 ||
	    sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, row->name);
	sql_bind_int(q, 2, row->checked);
	sql_bind_int(q, 3, row->failures);
	sql_bind_int(q, 4, row->not_before);
	sql_bind_text(q, 5, row->error);
	return sql_run(txn->st, q, err);
}

void lists_epochs_release(struct lists_epochs *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].fingerprint);
		free(list->v[i].tip);
		free(list->v[i].seen);
	}
	free(list->v);
	*list = (struct lists_epochs){ 0 };
}

static void take_epoch(void *out, sqlite3_stmt *q)
{
	struct lists_epochs *list = out;

	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = (struct lists_epoch){
		.n = sql_unsigned(q, 0),
		.fingerprint = sql_dup_text(q, 1),
		.modified = sqlite3_column_int64(q, 2),
		.tip = sql_dup_text(q, 3),
		.seen = sql_dup_text(q, 4),
	};
}

int lists_get_epochs(struct lists_epochs *out, struct store *st,
		     const char *list, struct err *err)
{
	static const char sql[] =
		"SELECT n, fingerprint, modified, tip, seen FROM epoch"
		" WHERE list = ?1 ORDER BY n";
	AUTO(lists_epochs_release) struct lists_epochs epochs = { 0 };
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, list);
	if (sql_each(st, q, take_epoch, &epochs, err) < 0)
		return -1;
	*out = epochs;
	epochs = (struct lists_epochs){ 0 };
	return 0;
}

int lists_put_epoch(const struct store_txn *txn, const char *list,
		    const struct lists_epoch *epoch, struct err *err)
{
	static const char sql[] =
		"INSERT INTO epoch (list, n, fingerprint, modified, tip)"
		" VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (list, n) DO UPDATE"
		" SET fingerprint = excluded.fingerprint,"
		" modified = excluded.modified, tip = excluded.tip";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, list);
	sql_bind_int(q, 2, epoch->n);
	sql_bind_text(q, 3, epoch->fingerprint);
	sql_bind_int(q, 4, epoch->modified);
	sql_bind_text(q, 5, epoch->tip);
	return sql_run(txn->st, q, err);
}

int lists_move_seen(bool *moved, const struct store_txn *txn, const char *list,
		    unsigned n, const char *from, const char *to,
		    struct err *err)
{
	static const char sql[] = "UPDATE epoch SET seen = ?4"
				  " WHERE list = ?1 AND n = ?2 AND seen IS ?3";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, list);
	sql_bind_int(q, 2, n);
	sql_bind_text(q, 3, from);
	sql_bind_text(q, 4, to);
	return sql_move(moved, txn->st, q, err);
}

void lists_rejects_release(struct lists_rejects *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].list);
		free(list->v[i].blob);
		free(list->v[i].why);
	}
	free(list->v);
	*list = (struct lists_rejects){ 0 };
}

int lists_add_reject(const struct store_txn *txn,
		     const struct lists_reject *reject, struct err *err)
{
	static const char sql[] =
		"INSERT OR IGNORE INTO reject (list, epoch, blob, why, arrived)"
		" VALUES (?1, ?2, ?3, ?4, ?5)";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_check_text(reject->why, "reason", err) < 0 ||
	    sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, reject->list);
	sql_bind_int(q, 2, reject->epoch);
	sql_bind_text(q, 3, reject->blob);
	sql_bind_text(q, 4, reject->why);
	sql_bind_int(q, 5, reject->arrived);
	return sql_run(txn->st, q, err);
}

static void take_reject(void *out, sqlite3_stmt *q)
{
	struct lists_rejects *list = out;

	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = (struct lists_reject){
		.list = sql_dup_text(q, 0),
		.epoch = sql_unsigned(q, 1),
		.blob = sql_dup_text(q, 2),
		.why = sql_dup_text(q, 3),
		.arrived = sqlite3_column_int64(q, 4),
	};
}

int lists_get_rejects(struct lists_rejects *out, struct store *st,
		      const char *list, size_t max, struct err *err)
{
	static const char sql[] =
		"SELECT list, epoch, blob, why, arrived FROM reject"
		" WHERE ?1 IS NULL OR list = ?1"
		" ORDER BY arrived DESC, list, epoch, blob LIMIT ?2";
	AUTO(lists_rejects_release) struct lists_rejects rejects = { 0 };
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, list);
	sql_bind_int(q, 2, (int64_t)max);
	if (sql_each(st, q, take_reject, &rejects, err) < 0)
		return -1;
	*out = rejects;
	rejects = (struct lists_rejects){ 0 };
	return 0;
}

int lists_count(struct lists_count *out, struct store *st, const char *list,
		struct err *err)
{
	/* states: bot/store/mails.h */
	static const char sql[] =
		"SELECT count(*), coalesce(sum(state BETWEEN 1 AND 3), 0),"
		" coalesce(sum(state IN (1, 2)), 0),"
		" (SELECT count(*) FROM reject WHERE list = ?1)"
		" FROM (SELECT state FROM mail WHERE list = ?1 UNION ALL"
		"  SELECT mail.state FROM mail_copy JOIN mail"
		"  ON mail.id = mail_copy.mail WHERE mail_copy.list = ?1"
		"  AND mail.list != ?1)";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;
	bool row;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, list);
	if (sql_step(&row, st, q, err) < 0)
		return -1;
	*out = (struct lists_count){
		.seen = (uint64_t)sqlite3_column_int64(q, 0),
		.kept = (uint64_t)sqlite3_column_int64(q, 1),
		.waiting = (uint64_t)sqlite3_column_int64(q, 2),
		.rejected = (uint64_t)sqlite3_column_int64(q, 3),
	};
	return 0;
}
