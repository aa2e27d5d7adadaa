/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/lanes.h"

#include "bot/base/mem.h"
#include "bot/store/sql.h"

#define COLUMNS                                                     \
	" key, path, tree, commit_id, arch, config_hash, compiler," \
	" created, last_used, bytes "
#define NEXT_TURN "(SELECT coalesce(max(turn), 0) + 1 FROM lane)"

void lanes_row_release(struct lanes_row *row)
{
	free(row->key);
	free(row->path);
	free(row->tree);
	free(row->commit);
	free(row->arch);
	free(row->config_hash);
	free(row->compiler);
	*row = (struct lanes_row){ 0 };
}

void lanes_list_release(struct lanes_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		lanes_row_release(&list->v[i]);
	free(list->v);
	*list = (struct lanes_list){ 0 };
}

static struct lanes_row read_row(sqlite3_stmt *q)
{
	return (struct lanes_row){
		.key = sql_dup_text(q, 0),
		.path = sql_dup_text(q, 1),
		.tree = sql_dup_text(q, 2),
		.commit = sql_dup_text(q, 3),
		.arch = sql_dup_text(q, 4),
		.config_hash = sql_dup_text(q, 5),
		.compiler = sql_dup_text(q, 6),
		.created = sqlite3_column_int64(q, 7),
		.last_used = sqlite3_column_int64(q, 8),
		.bytes = (uint64_t)sqlite3_column_int64(q, 9),
	};
}

int lanes_put(struct store *st, const struct lanes_row *row, struct err *err)
{
	static const char sql[] =
		"INSERT INTO lane (" COLUMNS ", turn) VALUES"
		" (?1, ?2, ?3, ?4, ?5, ?6, ?7, unixepoch(), unixepoch(), ?8,"
		" " NEXT_TURN ")"
		/* not REPLACE: that would take the base outcomes along */
		" ON CONFLICT (key) DO UPDATE SET path = excluded.path,"
		" tree = excluded.tree, commit_id = excluded.commit_id,"
		" arch = excluded.arch, config_hash = excluded.config_hash,"
		" compiler = excluded.compiler, created = excluded.created,"
		" last_used = excluded.last_used, turn = excluded.turn,"
		" bytes = excluded.bytes";
	AUTO(store_end) struct store_txn txn = { 0 };
	AUTO(sql_free) sqlite3_stmt *q = NULL;

	if (store_begin(&txn, st, err) < 0 || sql_prepare(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, row->key);
	sql_bind_text(q, 2, row->path);
	sql_bind_text(q, 3, row->tree);
	sql_bind_text(q, 4, row->commit);
	sql_bind_text(q, 5, row->arch);
	sql_bind_text(q, 6, row->config_hash);
	sql_bind_text(q, 7, row->compiler);
	sql_bind_int(q, 8, (int64_t)row->bytes);
	if (sql_run(st, q, err) < 0)
		return err_wrap(err, "storing lane '%s'", row->key);
	return store_commit(&txn, err);
}

int lanes_find(bool *found, struct lanes_row *out, struct store *st,
	       const char *key, struct err *err)
{
	static const char sql[] = "SELECT" COLUMNS "FROM lane WHERE key = ?1";
	AUTO(sql_free) sqlite3_stmt *q = NULL;

	*out = (struct lanes_row){ 0 };
	if (sql_prepare(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, key);
	if (sql_step(found, st, q, err) < 0)
		return -1;
	if (*found)
		*out = read_row(q);
	return 0;
}

/* A statement of one parameter, the key. */
static int write_by_key(struct store *st, const char *sql, const char *key,
			struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	AUTO(sql_free) sqlite3_stmt *q = NULL;

	if (store_begin(&txn, st, err) < 0 || sql_prepare(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, key);
	if (sql_run(st, q, err) < 0)
		return -1;
	return store_commit(&txn, err);
}

int lanes_touch(struct store *st, const char *key, struct err *err)
{
	static const char sql[] = "UPDATE lane SET last_used = unixepoch(),"
				  " turn = " NEXT_TURN " WHERE key = ?1";

	return write_by_key(st, sql, key, err);
}

int lanes_remove(struct store *st, const char *key, struct err *err)
{
	return write_by_key(st, "DELETE FROM lane WHERE key = ?1", key, err);
}

int lanes_all(struct lanes_list *out, struct store *st, struct err *err)
{
	AUTO(lanes_list_release) struct lanes_list list = { 0 };
	AUTO(sql_free) sqlite3_stmt *q = NULL;
	bool row;

	if (sql_prepare(&q, st, "SELECT" COLUMNS "FROM lane ORDER BY turn",
			err) < 0)
		return -1;
	for (;;) {
		if (sql_step(&row, st, q, err) < 0)
			return -1;
		if (!row)
			break;
		list.v = xreallocarray(list.v, list.n + 1, sizeof(*list.v));
		list.v[list.n++] = read_row(q);
	}
	*out = list;
	list = (struct lanes_list){ 0 };
	return 0;
}
