/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/base_outcomes.h"

#include <string.h>

#include "bot/base/mem.h"
#include "bot/store/sql.h"

static void bind_key(sqlite3_stmt *q, const struct base_outcomes_key *key)
{
	sql_bind_text(q, 1, key->lane);
	sql_bind_text(q, 2, key->program);
	sql_bind_text(q, 3, key->filesystem);
	sql_bind_text(q, 4, key->scenario);
	sql_bind_int(q, 5, key->repeat);
}

int base_outcomes_find(char **json_out, struct store *st,
		       const struct base_outcomes_key *key, struct err *err)
{
	static const char sql[] =
		"SELECT outcomes FROM base_outcome WHERE lane = ?1 AND"
		" program = ?2 AND filesystem = ?3 AND scenario = ?4 AND"
		" repeat = ?5";
	AUTO(sql_free) sqlite3_stmt *q = NULL;
	bool row;

	if (sql_prepare(&q, st, sql, err) < 0)
		return -1;
	bind_key(q, key);
	if (sql_step(&row, st, q, err) < 0)
		return -1;
	*json_out = row ? sql_dup_text(q, 0) : NULL;
	return 0;
}

static int put_row(struct store *st, sqlite3_stmt *q,
		   const struct base_outcomes_row *row, struct err *err)
{
	if (strlen(row->json) > STORE_MAX_VALUE)
		return err_set(err, ERR_LIMIT,
			       "outcomes are larger than %d bytes",
			       STORE_MAX_VALUE);
	bind_key(q, &row->key);
	sql_bind_text(q, 6, row->json);
	return sql_run(st, q, err);
}

int base_outcomes_put(struct store *st, const struct base_outcomes_row *rows,
		      size_t n, struct err *err)
{
	static const char sql[] =
		"INSERT OR REPLACE INTO base_outcome (lane, program,"
		" filesystem, scenario, repeat, outcomes)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
	AUTO(store_end) struct store_txn txn = { 0 };
	AUTO(sql_free) sqlite3_stmt *q = NULL;

	if (store_begin(&txn, st, err) < 0 || sql_prepare(&q, st, sql, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (put_row(st, q, &rows[i], err) < 0)
			return err_wrap(err, "storing %s on %s",
					rows[i].key.scenario,
					rows[i].key.filesystem);
	return store_commit(&txn, err);
}
