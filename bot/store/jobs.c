/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/jobs.h"

#include <assert.h>
#include <string.h>

#include "bot/base/mem.h"
#include "bot/store/sql.h"

#define COLUMNS \
	" id, created, state, subject, message_id, folder, verdict, finished "

void jobs_row_release(struct jobs_row *row)
{
	free(row->subject);
	free(row->message_id);
	free(row->folder);
	free(row->verdict);
	*row = (struct jobs_row){ 0 };
}

void jobs_list_release(struct jobs_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		jobs_row_release(&list->v[i]);
	free(list->v);
	*list = (struct jobs_list){ 0 };
}

static struct jobs_row read_row(sqlite3_stmt *q)
{
	return (struct jobs_row){
		.id = sqlite3_column_int64(q, 0),
		.created = sqlite3_column_int64(q, 1),
		.state = (enum jobs_state)sqlite3_column_int(q, 2),
		.subject = sql_dup_text(q, 3),
		.message_id = sql_dup_text(q, 4),
		.folder = sql_dup_text(q, 5),
		.verdict = sql_dup_text(q, 6),
		.finished = sqlite3_column_int64(q, 7),
	};
}

/* The id is in the folder's name, so it is known first and set in a second. */
static int add_row(int64_t *id, struct store *st, const char *folders,
		   const char *subject, const char *message_id, struct err *err)
{
	static const char sql[] =
		"INSERT INTO job (created, state, subject, message_id, folder)"
		" VALUES (unixepoch(), ?1, ?2, ?3, '')";
	static const char name[] =
		"UPDATE job SET folder = ?1 || '/' || id WHERE id = ?2";
	AUTO(store_end) struct store_txn txn = { 0 };
	AUTO(sql_free) sqlite3_stmt *q = NULL;
	AUTO(sql_free) sqlite3_stmt *naming = NULL;

	if (store_begin(&txn, st, err) < 0 ||
	    sql_prepare(&q, st, sql, err) < 0 ||
	    sql_prepare(&naming, st, name, err) < 0)
		return -1;
	sql_bind_int(q, 1, JOBS_WAITING);
	sql_bind_text(q, 2, subject);
	sql_bind_text(q, 3, message_id);
	if (sql_run(st, q, err) < 0)
		return -1;
	*id = sqlite3_last_insert_rowid(st->db);
	sql_bind_text(naming, 1, folders);
	sql_bind_int(naming, 2, *id);
	if (sql_run(st, naming, err) < 0)
		return -1;
	return store_commit(&txn, err);
}

int jobs_add(struct jobs_row *out, struct store *st, const char *folders,
	     const char *subject, const char *message_id, struct err *err)
{
	bool found;
	int64_t id;

	if (strlen(subject) > JOBS_MAX_TEXT ||
	    strlen(message_id) > JOBS_MAX_TEXT)
		return err_set(err, ERR_LIMIT,
			       "a subject or message-id of more than %d bytes",
			       JOBS_MAX_TEXT);
	if (add_row(&id, st, folders, subject, message_id, err) < 0)
		return err_wrap(err, "adding a job");
	return jobs_find(&found, out, st, id, err);
}

int jobs_find(bool *found, struct jobs_row *out, struct store *st, int64_t id,
	      struct err *err)
{
	AUTO(sql_free) sqlite3_stmt *q = NULL;

	*out = (struct jobs_row){ 0 };
	if (sql_prepare(&q, st, "SELECT" COLUMNS "FROM job WHERE id = ?1",
			err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	if (sql_step(found, st, q, err) < 0)
		return -1;
	if (*found)
		*out = read_row(q);
	return 0;
}

static bool is_end(enum jobs_state state)
{
	return state == JOBS_DONE || state == JOBS_FAILED;
}

bool jobs_may_move(enum jobs_state from, enum jobs_state to)
{
	switch (from) {
	case JOBS_WAITING:
		return to == JOBS_RUNNING || to == JOBS_FAILED;
	case JOBS_RUNNING:
		return to == JOBS_WAITING || is_end(to);
	case JOBS_DONE:
	case JOBS_FAILED:
		return false;
	}
	return false;
}

int jobs_move(bool *moved, struct store *st, int64_t id, enum jobs_state from,
	      enum jobs_state to, const char *verdict, struct err *err)
{
	static const char sql[] =
		"UPDATE job SET state = ?3, verdict = ?4,"
		" finished = iif(?4 IS NULL, NULL, unixepoch())"
		" WHERE id = ?1 AND state = ?2";
	AUTO(store_end) struct store_txn txn = { 0 };
	AUTO(sql_free) sqlite3_stmt *q = NULL;

	assert(jobs_may_move(from, to) && is_end(to) == (verdict != NULL));
	if (store_begin(&txn, st, err) < 0 || sql_prepare(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	sql_bind_int(q, 2, from);
	sql_bind_int(q, 3, to);
	sql_bind_text(q, 4, verdict);
	if (sql_run(st, q, err) < 0)
		return err_wrap(err, "moving job %lld", (long long)id);
	*moved = sqlite3_changes(st->db) == 1;
	return store_commit(&txn, err);
}

int jobs_all(struct jobs_list *out, struct store *st, enum jobs_state state,
	     struct err *err)
{
	static const char sql[] =
		"SELECT" COLUMNS "FROM job WHERE state = ?1 ORDER BY id";
	AUTO(jobs_list_release) struct jobs_list list = { 0 };
	AUTO(sql_free) sqlite3_stmt *q = NULL;
	bool row;

	if (sql_prepare(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, state);
	for (;;) {
		if (sql_step(&row, st, q, err) < 0)
			return -1;
		if (!row)
			break;
		list.v = xreallocarray(list.v, list.n + 1, sizeof(*list.v));
		list.v[list.n++] = read_row(q);
	}
	*out = list;
	list = (struct jobs_list){ 0 };
	return 0;
}

int jobs_remove(struct store *st, int64_t id, struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	AUTO(sql_free) sqlite3_stmt *q = NULL;

	if (store_begin(&txn, st, err) < 0 ||
	    sql_prepare(&q, st, "DELETE FROM job WHERE id = ?1", err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	if (sql_run(st, q, err) < 0)
		return err_wrap(err, "removing job %lld", (long long)id);
	return store_commit(&txn, err);
}

const char *jobs_state_name(enum jobs_state state)
{
	switch (state) {
	case JOBS_WAITING:
		return "waiting";
	case JOBS_RUNNING:
		return "running";
	case JOBS_DONE:
		return "done";
	case JOBS_FAILED:
		return "failed";
	}
	return "unknown";
}
