/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/outbox.h"

#include <assert.h>
#include <string.h>

#include "bot/base/buf.h"
#include "bot/base/span.h"
#include "bot/store/sql.h"

#define COLUMNS                                                          \
	" id, message_id, revision, kind, lists, verdict, print, state," \
	" not_before, tries, recipients, why, created, changed, about, told "

/* Of the row @o: somebody has taken it back, or the machine has. */
#define IS_WITHDRAWN(o)                                              \
	"EXISTS (SELECT 1 FROM outbox AS c WHERE c.about = " o ".id" \
	" AND c.kind = 'correction' AND c.state <> 5)"

void outbox_row_release(struct outbox_row *row)
{
	free(row->message_id);
	free(row->kind);
	free(row->lists);
	free(row->verdict);
	free(row->print);
	free(row->recipients);
	free(row->why);
	free(row->told);
	*row = (struct outbox_row){ 0 };
}

bool outbox_is_report(const struct outbox_row *row)
{
	return strcmp(row->kind, "report") == 0 ||
	       strcmp(row->kind, "delta") == 0;
}

void outbox_read_recipients(struct strings *out, const struct outbox_row *row)
{
	struct span rest = span_cstr(row->recipients), line;

	while (span_line(&rest, &line))
		if (span_len(line) > 0)
			strings_push_take(out, span_dup(line));
}

static void add_lines(struct buf *out, const struct strings *list)
{
	for (size_t i = 0; i < list->n; i++)
		buf_addf(out, "%s\n", list->v[i]);
}

char *outbox_make_recipients(const struct strings *to, const struct strings *cc)
{
	struct buf out;

	buf_init(&out, STORE_MAX_TEXT + 1);
	add_lines(&out, to);
	if (cc)
		add_lines(&out, cc);
	return buf_take(&out);
}

void outbox_list_release(struct outbox_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		outbox_row_release(&list->v[i]);
	free(list->v);
	*list = (struct outbox_list){ 0 };
}

void outbox_events_release(struct outbox_events *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].who);
		free(list->v[i].why);
	}
	free(list->v);
	*list = (struct outbox_events){ 0 };
}

const char *outbox_state_name(enum outbox_state state)
{
	static const char *const names[] = {
		[OUTBOX_HELD] = "held",	      [OUTBOX_APPROVED] = "approved",
		[OUTBOX_SENDING] = "sending", [OUTBOX_SENT] = "sent",
		[OUTBOX_UNKNOWN] = "unknown", [OUTBOX_REJECTED] = "rejected",
		[OUTBOX_FAILED] = "failed",
	};

	return names[state];
}

static struct outbox_row read_row(sqlite3_stmt *q)
{
	return (struct outbox_row){
		.id = sqlite3_column_int64(q, 0),
		.message_id = sql_dup_text(q, 1),
		.revision = sqlite3_column_int64(q, 2),
		.kind = sql_dup_text(q, 3),
		.lists = sql_dup_text(q, 4),
		.verdict = sql_dup_text(q, 5),
		.print = sql_dup_text(q, 6),
		.state = (enum outbox_state)sqlite3_column_int(q, 7),
		.not_before = sqlite3_column_int64(q, 8),
		.tries = sql_unsigned(q, 9),
		.recipients = sql_dup_text(q, 10),
		.why = sql_dup_text(q, 11),
		.created = sqlite3_column_int64(q, 12),
		.changed = sqlite3_column_int64(q, 13),
		.about = sqlite3_column_int64(q, 14),
		.told = sql_dup_text(q, 15),
	};
}

static void take_row(void *out, sqlite3_stmt *q)
{
	struct outbox_list *list = out;

	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = read_row(q);
}

/* The one row of @q, or none. */
static int read_one(bool *found, struct outbox_row *out, struct store *st,
		    sqlite3_stmt *q, struct err *err)
{
	*out = (struct outbox_row){ 0 };
	if (sql_step(found, st, q, err) < 0)
		return -1;
	if (*found)
		*out = read_row(q);
	return 0;
}

static int read_all(struct outbox_list *out, struct store *st, sqlite3_stmt *q,
		    struct err *err)
{
	AUTO(outbox_list_release) struct outbox_list list = { 0 };

	if (sql_each(st, q, take_row, &list, err) < 0)
		return -1;
	*out = list;
	list = (struct outbox_list){ 0 };
	return 0;
}

/* ---- writing ---- */

int outbox_add(int64_t *id, const struct store_txn *txn,
	       const struct outbox_row *row, struct err *err)
{
	static const char sql[] =
		"INSERT INTO outbox (message_id, revision, kind, lists, "
		"verdict,"
		" print, state, not_before, tries, recipients, why,"
		" created, changed, about, told)"
		" VALUES (?1, nullif(?2, 0), ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9,"
		" ?10, unixepoch(), unixepoch(), nullif(?11, 0), ?12)"
		" ON CONFLICT (message_id) DO NOTHING";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;
	bool added;

	assert(row->state == OUTBOX_HELD || row->state == OUTBOX_APPROVED);
	if (sql_check_text(row->recipients, "the recipients", err) < 0 ||
	    sql_check_text(row->why, "the reason", err) < 0)
		return -1;
	if (row->told && strlen(row->told) > STORE_MAX_VALUE)
		return err_set(err, ERR_LIMIT,
			       "what is told is larger than %d bytes",
			       STORE_MAX_VALUE);
	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, row->message_id);
	sql_bind_int(q, 2, row->revision);
	sql_bind_text(q, 3, row->kind);
	sql_bind_text(q, 4, row->lists);
	sql_bind_text(q, 5, row->verdict);
	sql_bind_text(q, 6, row->print);
	sql_bind_int(q, 7, row->state);
	sql_bind_int(q, 8, row->not_before);
	sql_bind_text(q, 9, row->recipients);
	sql_bind_text(q, 10, row->why);
	sql_bind_int(q, 11, row->about);
	sql_bind_text(q, 12, row->told ? row->told : "");
	if (sql_move(&added, txn->st, q, err) < 0)
		return -1;
	*id = added ? sqlite3_last_insert_rowid(txn->st->db) : 0;
	return 0;
}

bool outbox_may_move(enum outbox_state from, enum outbox_state to)
{
#define TO(state) (1u << OUTBOX_##state)
	static const unsigned may[OUTBOX_STATES] = {
		[OUTBOX_HELD] = TO(APPROVED) | TO(REJECTED),
		[OUTBOX_APPROVED] = TO(HELD) | TO(SENDING) | TO(REJECTED),
		[OUTBOX_SENDING] =
			TO(SENT) | TO(APPROVED) | TO(FAILED) | TO(UNKNOWN),
		[OUTBOX_UNKNOWN] = TO(SENT) | TO(APPROVED) | TO(REJECTED),
		[OUTBOX_FAILED] = TO(HELD) | TO(REJECTED),
	};
#undef TO

	return may[from] & (1u << to);
}

static int add_event(const struct store_txn *txn, int64_t id,
		     enum outbox_state from, enum outbox_state to,
		     const struct outbox_note *note, struct err *err)
{
	static const char sql[] =
		"INSERT INTO outbox_event (mail, at, was, is_now, who, why)"
		" VALUES (?1, unixepoch(), ?2, ?3, ?4, ?5)";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	sql_bind_int(q, 2, from);
	sql_bind_int(q, 3, to);
	sql_bind_text(q, 4, note->who);
	sql_bind_text(q, 5, note->why);
	return sql_run(txn->st, q, err);
}

int outbox_move(bool *moved, const struct store_txn *txn, int64_t id,
		enum outbox_state from, enum outbox_state to,
		const struct outbox_note *note, struct err *err)
{
	static const char sql[] =
		"UPDATE outbox SET state = ?3, why = ?4, not_before = ?5,"
		" tries = tries + ?6, changed = unixepoch()"
		" WHERE id = ?1 AND state = ?2";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	assert(outbox_may_move(from, to));
	if (sql_check_text(note->who, "who it was", err) < 0 ||
	    sql_check_text(note->why, "the reason", err) < 0 ||
	    sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	sql_bind_int(q, 2, from);
	sql_bind_int(q, 3, to);
	sql_bind_text(q, 4, note->why);
	sql_bind_int(q, 5, note->not_before);
	sql_bind_int(q, 6, note->is_try);
	if (sql_move(moved, txn->st, q, err) < 0)
		return -1;
	return *moved ? add_event(txn, id, from, to, note, err) : 0;
}

int outbox_wait(bool *moved, const struct store_txn *txn, int64_t id,
		int64_t until, struct err *err)
{
	static const char sql[] = "UPDATE outbox SET not_before = ?2 WHERE id "
				  "= ?1 AND state = ?3";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	sql_bind_int(q, 2, until);
	sql_bind_int(q, 3, OUTBOX_APPROVED);
	return sql_move(moved, txn->st, q, err);
}

int outbox_look_again(size_t *n, const struct store_txn *txn, struct err *err)
{
	static const char sql[] =
		"UPDATE outbox SET not_before = 0 WHERE state = ?1"
		" AND tries = 0 AND not_before > 0";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, OUTBOX_APPROVED);
	if (sql_run(txn->st, q, err) < 0)
		return -1;
	*n = (size_t)sqlite3_changes(txn->st->db);
	return 0;
}

int outbox_set_recipients(bool *moved, const struct store_txn *txn, int64_t id,
			  const char *recipients, struct err *err)
{
	static const char sql[] =
		"UPDATE outbox SET recipients = ?2, changed = unixepoch()"
		" WHERE id = ?1 AND state = ?3";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_check_text(recipients, "the recipients", err) < 0 ||
	    sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	sql_bind_text(q, 2, recipients);
	sql_bind_int(q, 3, OUTBOX_HELD);
	return sql_move(moved, txn->st, q, err);
}

int outbox_recover(size_t *n, const struct store_txn *txn, struct err *err)
{
	static const struct outbox_note note = {
		.who = "send",
		.why = "it was being sent when the sender ended",
	};
	AUTO(outbox_list_release) struct outbox_list list = { 0 };
	bool moved;

	*n = 0;
	if (outbox_in(&list, txn->st, OUTBOX_SENDING, err) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++) {
		if (outbox_move(&moved, txn, list.v[i].id, OUTBOX_SENDING,
				OUTBOX_UNKNOWN, &note, err) < 0)
			return -1;
		*n += moved;
	}
	return 0;
}

static int drop_one(size_t *n, const struct store_txn *txn,
		    const struct outbox_row *row,
		    const struct outbox_note *note, struct err *err)
{
	bool moved;

	if ((row->state != OUTBOX_HELD && row->state != OUTBOX_APPROVED) ||
	    !outbox_is_report(row))
		return 0;
	if (outbox_move(&moved, txn, row->id, row->state, OUTBOX_REJECTED, note,
			err) < 0)
		return -1;
	*n += moved;
	return 0;
}

int outbox_drop(size_t *n, const struct store_txn *txn, int64_t revision,
		const char *but, const struct outbox_note *note,
		struct err *err)
{
	AUTO(outbox_list_release) struct outbox_list list = { 0 };

	assert(revision);
	if (outbox_all(&list, txn->st, revision, err) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++)
		if ((!but || strcmp(list.v[i].print, but) != 0) &&
		    drop_one(n, txn, &list.v[i], note, err) < 0)
			return -1;
	return 0;
}

/* ---- reading ---- */

int outbox_find(bool *found, struct outbox_row *out, struct store *st,
		int64_t id, struct err *err)
{
	static const char sql[] = "SELECT" COLUMNS "FROM outbox WHERE id = ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	return read_one(found, out, st, q, err);
}

int outbox_find_message(bool *found, struct outbox_row *out, struct store *st,
			const char *message_id, struct err *err)
{
	static const char sql[] =
		"SELECT" COLUMNS "FROM outbox WHERE message_id = ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, message_id);
	return read_one(found, out, st, q, err);
}

int outbox_all(struct outbox_list *out, struct store *st, int64_t revision,
	       struct err *err)
{
	static const char sql[] = "SELECT" COLUMNS "FROM outbox"
				  " WHERE ?1 = 0 OR revision = ?1"
				  " ORDER BY id DESC";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, revision);
	return read_all(out, st, q, err);
}

int outbox_in(struct outbox_list *out, struct store *st,
	      enum outbox_state state, struct err *err)
{
	static const char sql[] =
		"SELECT" COLUMNS "FROM outbox WHERE state = ?1 ORDER BY id";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, state);
	return read_all(out, st, q, err);
}

int outbox_find_correction(bool *found, struct outbox_row *out,
			   struct store *st, int64_t id, struct err *err)
{
	static const char sql[] =
		"SELECT" COLUMNS "FROM outbox WHERE about = ?1"
		" AND kind = 'correction' AND state <> ?2 ORDER BY id LIMIT 1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	sql_bind_int(q, 2, OUTBOX_REJECTED);
	return read_one(found, out, st, q, err);
}

/* A person's correction says nothing new; what is told is '' then. */
int outbox_find_answer(bool *found, struct outbox_row *out, struct store *st,
		       const struct outbox_place *place, struct err *err)
{
	static const char sql[] =
		"SELECT" COLUMNS "FROM outbox AS o"
		" JOIN (SELECT id AS of, version, version_minor, date"
		"  FROM revision WHERE series = ?1"
		"  AND (version, version_minor, date) <= (?2, ?3, ?4))"
		" ON of = revision"
		" WHERE kind IN ('report', 'delta', 'correction')"
		" AND told <> '' AND state IN (?5, ?6, ?7)"
		" AND NOT " IS_WITHDRAWN("o") " ORDER BY version DESC, "
					      "version_minor DESC, date DESC,"
					      " id DESC LIMIT 1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, place->series);
	sql_bind_int(q, 2, place->version);
	sql_bind_int(q, 3, place->version_minor);
	sql_bind_int(q, 4, place->date);
	sql_bind_int(q, 5, OUTBOX_SENDING);
	sql_bind_int(q, 6, OUTBOX_SENT);
	sql_bind_int(q, 7, OUTBOX_UNKNOWN);
	return read_one(found, out, st, q, err);
}

int outbox_next(bool *found, struct outbox_row *out, struct store *st,
		int64_t now, struct err *err)
{
	static const char sql[] =
		"SELECT" COLUMNS "FROM outbox"
		" WHERE state = ?1 AND not_before <= ?2 OR state = ?3"
		" OR state = ?4 AND EXISTS (SELECT 1 FROM mail"
		"  WHERE mail.message_id = outbox.message_id)"
		" ORDER BY not_before, id LIMIT 1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, OUTBOX_APPROVED);
	sql_bind_int(q, 2, now);
	sql_bind_int(q, 3, OUTBOX_SENDING);
	sql_bind_int(q, 4, OUTBOX_UNKNOWN);
	return read_one(found, out, st, q, err);
}

/* The one number of @q. */
static int read_count(uint64_t *out, struct store *st, sqlite3_stmt *q,
		      struct err *err)
{
	bool row;

	if (sql_step(&row, st, q, err) < 0)
		return -1;
	*out = row ? (uint64_t)sqlite3_column_int64(q, 0) : 0;
	return 0;
}

int outbox_next_due(int64_t *out, struct store *st, int64_t now,
		    struct err *err)
{
	static const char sql[] =
		"SELECT coalesce(min(not_before), 0) FROM outbox"
		" WHERE state = ?1 AND not_before > ?2";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;
	uint64_t due;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, OUTBOX_APPROVED);
	sql_bind_int(q, 2, now);
	if (read_count(&due, st, q, err) < 0)
		return -1;
	*out = (int64_t)due;
	return 0;
}

int outbox_count_out(uint64_t *out, struct store *st, const char *list,
		     int64_t since, struct err *err)
{
	static const char sql[] =
		"SELECT count(*) FROM outbox"
		" WHERE state IN (?1, ?2, ?3)"
		" AND kind <> 'copy' AND changed >= ?4"
		" AND (?5 = '' OR"
		"  instr(',' || lists || ',', ',' || ?5 || ','))";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, OUTBOX_SENDING);
	sql_bind_int(q, 2, OUTBOX_SENT);
	sql_bind_int(q, 3, OUTBOX_UNKNOWN);
	sql_bind_int(q, 4, since);
	sql_bind_text(q, 5, list);
	return read_count(out, st, q, err);
}

int outbox_count_agreed(uint64_t *out, struct store *st, const char *list,
			struct err *err)
{
	static const char sql[] =
		"SELECT count(DISTINCT e.mail) FROM outbox_event e"
		" JOIN outbox o ON o.id = e.mail"
		" WHERE e.was = ?1 AND e.is_now = ?2"
		" AND e.who NOT IN ('policy', 'send')"
		" AND o.kind IN ('report', 'delta')"
		" AND instr(',' || o.lists || ',', ',' || ?3 || ',')";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, OUTBOX_HELD);
	sql_bind_int(q, 2, OUTBOX_APPROVED);
	sql_bind_text(q, 3, list);
	return read_count(out, st, q, err);
}

int outbox_share(struct outbox_share *out, struct store *st, int64_t since,
		 struct err *err)
{
	static const char sql[] =
		"WITH made AS (SELECT print, revision FROM outbox AS o"
		" WHERE kind IN ('report', 'delta') AND print <> ''"
		" AND created >= ?1 AND NOT " IS_WITHDRAWN(
			"o") ")"
			     "SELECT print, count(DISTINCT revision) AS n,"
			     " (SELECT count(DISTINCT revision) FROM made) "
			     "FROM made"
			     " GROUP BY print ORDER BY n DESC, print LIMIT 1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;
	bool row;

	*out = (struct outbox_share){ 0 };
	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, since);
	if (sql_step(&row, st, q, err) < 0)
		return -1;
	if (!row)
		return 0;
	out->print = sql_dup_text(q, 0);
	out->most = (uint64_t)sqlite3_column_int64(q, 1);
	out->all = (uint64_t)sqlite3_column_int64(q, 2);
	return 0;
}

static void take_event(void *out, sqlite3_stmt *q)
{
	struct outbox_events *list = out;

	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = (struct outbox_event){
		.at = sqlite3_column_int64(q, 0),
		.from = (enum outbox_state)sqlite3_column_int(q, 1),
		.to = (enum outbox_state)sqlite3_column_int(q, 2),
		.who = sql_dup_text(q, 3),
		.why = sql_dup_text(q, 4),
	};
}

int outbox_history(struct outbox_events *out, struct store *st, int64_t id,
		   struct err *err)
{
	static const char sql[] = "SELECT at, was, is_now, who, why"
				  " FROM outbox_event WHERE mail = ?1"
				  " ORDER BY n";
	AUTO(outbox_events_release) struct outbox_events list = { 0 };
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	if (sql_each(st, q, take_event, &list, err) < 0)
		return -1;
	*out = list;
	list = (struct outbox_events){ 0 };
	return 0;
}
