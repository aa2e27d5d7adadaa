/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/hosts.h"

#include "bot/base/mem.h"
#include "bot/store/sql.h"

void hosts_row_release(struct hosts_row *row)
{
	free(row->why);
	*row = (struct hosts_row){ 0 };
}

int hosts_find(struct hosts_row *out, struct store *st, const char *host,
	       struct err *err)
{
	static const char sql[] = "SELECT not_before, why FROM host"
				  " WHERE name = ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;
	bool found;

	*out = (struct hosts_row){ 0 };
	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, host);
	if (sql_step(&found, st, q, err) < 0)
		return -1;
	if (found)
		*out = (struct hosts_row){
			.not_before = sqlite3_column_int64(q, 0),
			.why = sql_dup_text(q, 1),
		};
	return 0;
}

int hosts_put(const struct store_txn *txn, const char *host,
	      const struct hosts_row *row, struct err *err)
{
	static const char sql[] =
		"INSERT OR REPLACE INTO host"
		" (name, not_before, why) VALUES (?1, ?2, ?3)";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_check_text(row->why, "reason", err) < 0 ||
	    sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, host);
	sql_bind_int(q, 2, row->not_before);
	sql_bind_text(q, 3, row->why);
	return sql_run(txn->st, q, err);
}
