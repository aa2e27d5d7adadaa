/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An id that a mail refers to and that did not come in is a ghost: it has a
 * thread, in which the mail with that id will find itself when it comes late. A
 * ghost that its thread is named for is where nobody knows what is above it;
 * who knows that brings the thread along. Other ghosts bring nothing along, and
 * mails that are there are never moved by what is said about them: else anybody
 * could join any two threads.
 */
#include "bot/store/mails.h"

#include <assert.h>
#include <string.h>

#include "bot/base/mem.h"
#include "bot/store/sql.h"
#include "bot/store/threads.h"

#define COLUMNS                                                            \
	" id, message_id, thread, list, epoch, blob, rank, date, arrived," \
	" sender, title, version, idx, total, flags, state "

void mails_row_release(struct mails_row *row)
{
	free(row->message_id);
	free(row->list);
	free(row->blob);
	free(row->sender);
	free(row->title);
	*row = (struct mails_row){ 0 };
}

void mails_list_release(struct mails_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		mails_row_release(&list->v[i]);
	free(list->v);
	*list = (struct mails_list){ 0 };
}

static struct mails_row read_row(sqlite3_stmt *q)
{
	return (struct mails_row){
		.id = sqlite3_column_int64(q, 0),
		.message_id = sql_dup_text(q, 1),
		.thread = sqlite3_column_int64(q, 2),
		.list = sql_dup_text(q, 3),
		.epoch = sql_unsigned(q, 4),
		.blob = sql_dup_text(q, 5),
		.rank = sql_unsigned(q, 6),
		.date = sqlite3_column_int64(q, 7),
		.arrived = sqlite3_column_int64(q, 8),
		.sender = sql_dup_text(q, 9),
		.title = sql_dup_text(q, 10),
		.version = sql_unsigned(q, 11),
		.index = sql_unsigned(q, 12),
		.total = sql_unsigned(q, 13),
		.flags = sql_unsigned(q, 14),
		.state = (enum mails_state)sqlite3_column_int(q, 15),
	};
}

static void take_row(void *out, sqlite3_stmt *q)
{
	struct mails_list *list = out;

	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = read_row(q);
}

/* The rows of a statement whose parameters are bound. */
static int read_rows(struct mails_list *out, struct store *st, sqlite3_stmt *q,
		     struct err *err)
{
	AUTO(mails_list_release) struct mails_list list = { 0 };

	if (sql_each(st, q, take_row, &list, err) < 0)
		return -1;
	*out = list;
	list = (struct mails_list){ 0 };
	return 0;
}

int mails_find(bool *found, struct mails_row *out, struct store *st,
	       const char *message_id, struct err *err)
{
	static const char sql[] =
		"SELECT" COLUMNS "FROM mail WHERE message_id = ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	*out = (struct mails_row){ 0 };
	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, message_id);
	if (sql_step(found, st, q, err) < 0)
		return -1;
	if (*found)
		*out = read_row(q);
	return 0;
}

static void take_list_name(void *out, sqlite3_stmt *q)
{
	strings_push_take(out, sql_dup_text(q, 0));
}

int mails_lists(struct strings *out, struct store *st, const char *message_id,
		struct err *err)
{
	static const char sql[] =
		"SELECT list FROM mail WHERE message_id = ?1"
		" UNION SELECT c.list FROM mail_copy c"
		" JOIN mail m ON m.id = c.mail WHERE m.message_id = ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, message_id);
	return sql_each(st, q, take_list_name, out, err);
}

static int check_head(const struct mails_head *head, struct err *err)
{
	if (strlen(head->message_id) > MAILS_MAX_ID)
		return err_set(err, ERR_LIMIT,
			       "a Message-ID of more than %d bytes",
			       MAILS_MAX_ID);
	if (head->references && head->references->n > MAILS_MAX_REFERENCES)
		return err_set(err, ERR_LIMIT, "more than %d references",
			       MAILS_MAX_REFERENCES);
	if (sql_check_text(head->sender, "sender", err) < 0)
		return -1;
	return sql_check_text(head->title, "title", err);
}

/* Where an id is: 0 is nowhere. */
struct whereabouts {
	int64_t thread;
	bool is_mail;	/* else a ghost */
	bool is_origin; /* a ghost that the thread is named for */
};

static int locate(struct whereabouts *out, struct store *st, const char *id,
		  struct err *err)
{
	static const char sql[] =
		"SELECT thread, 1, 0 FROM mail WHERE message_id = ?1"
		" UNION ALL SELECT ghost.thread, 0, thread.root = ?1 FROM ghost"
		" JOIN thread ON thread.id = ghost.thread"
		" WHERE ghost.message_id = ?1 LIMIT 1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;
	bool row;

	*out = (struct whereabouts){ 0 };
	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, id);
	if (sql_step(&row, st, q, err) < 0)
		return -1;
	if (row)
		*out = (struct whereabouts){
			.thread = sqlite3_column_int64(q, 0),
			.is_mail = sqlite3_column_int(q, 1) != 0,
			.is_origin = sqlite3_column_int(q, 2) != 0,
		};
	return 0;
}

static int add_thread(int64_t *out, struct store *st, const char *root,
		      int64_t arrived, struct err *err)
{
	static const char sql[] =
		"INSERT INTO thread (root, kept, changes, assembled, arrived)"
		" VALUES (?1, 0, 0, 0, ?2)";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, root);
	sql_bind_int(q, 2, arrived);
	if (sql_run(st, q, err) < 0)
		return -1;
	*out = sqlite3_last_insert_rowid(st->db);
	return 0;
}

/* A statement of an id and, unless it is 0, a thread. */
static int write_ghost(struct store *st, const char *sql, const char *id,
		       int64_t thread, struct err *err)
{
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, id);
	if (thread)
		sql_bind_int(q, 2, thread);
	return sql_run(st, q, err);
}

static int add_ghost(struct store *st, const char *id, int64_t thread,
		     struct err *err)
{
	static const char sql[] =
		"INSERT INTO ghost (message_id, thread) VALUES (?1, ?2)";

	return write_ghost(st, sql, id, thread, err);
}

static int remove_ghost(struct store *st, const char *id, struct err *err)
{
	static const char sql[] = "DELETE FROM ghost WHERE message_id = ?1";

	return write_ghost(st, sql, id, 0, err);
}

static int name_thread(struct store *st, const char *root, int64_t thread,
		       struct err *err)
{
	static const char sql[] = "UPDATE thread SET root = ?1 WHERE id = ?2";

	return write_ghost(st, sql, root, thread, err);
}

/* What a new mail refers to, from its parent up to the first that is here. */
struct ancestry {
	struct whereabouts own; /* of the mail: where it was waited for */
	const char *ids[MAILS_MAX_REFERENCES];
	struct whereabouts at[MAILS_MAX_REFERENCES];
	size_t n;
};

static bool has_id(const struct ancestry *a, const char *id)
{
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->ids[i], id) == 0)
			return true;
	return false;
}

static int read_ancestry(struct ancestry *a, struct store *st,
			 const struct mails_head *head, struct err *err)
{
	size_t n = head->references ? head->references->n : 0;

	a->n = 0;
	if (locate(&a->own, st, head->message_id, err) < 0)
		return -1;
	for (size_t i = n; i-- > 0;) {
		const char *id = head->references->v[i];

		if (strcmp(id, head->message_id) == 0 || has_id(a, id) ||
		    strlen(id) > MAILS_MAX_ID)
			continue;
		if (locate(&a->at[a->n], st, id, err) < 0)
			return -1;
		a->ids[a->n++] = id;
		if (a->at[a->n - 1].is_mail)
			break;
	}
	return 0;
}

/*
 * The thread of the nearest mail that is here, else of the farthest ghost, else
 * where the mail was waited for; 0 is a new one.
 */
static int64_t choose_thread(const struct ancestry *a)
{
	for (size_t i = a->n; i-- > 0;)
		if (a->at[i].thread)
			return a->at[i].thread;
	return a->own.thread;
}

static int join_origin(const struct store_txn *txn, int64_t thread,
		       const struct whereabouts *at, struct err *err)
{
	bool found;
	AUTO(threads_row_release) struct threads_row row = { 0 };

	if (!at->is_origin || at->thread == thread)
		return 0;
	/* two ghosts of one thread: it may have been joined just now */
	if (threads_find(&found, &row, txn->st, at->thread, err) < 0)
		return -1;
	return found ? threads_join(txn, thread, at->thread, err) : 0;
}

/* The mail is @thread's: so is what waited for it, and what it waits for. */
static int settle(const struct store_txn *txn, int64_t thread,
		  const struct mails_head *head, const struct ancestry *a,
		  struct err *err)
{
	struct store *st = txn->st;

	if (a->own.thread && remove_ghost(st, head->message_id, err) < 0)
		return -1;
	/* what it is an answer to is nearer to the beginning than itself */
	if (a->own.is_origin && a->own.thread == thread && a->n &&
	    name_thread(st, a->ids[a->n - 1], thread, err) < 0)
		return -1;
	for (size_t i = 0; i < a->n; i++)
		if (!a->at[i].thread &&
		    add_ghost(st, a->ids[i], thread, err) < 0)
			return -1;
	for (size_t i = 0; i < a->n; i++)
		if (join_origin(txn, thread, &a->at[i], err) < 0)
			return -1;
	return join_origin(txn, thread, &a->own, err);
}

static int find_thread(int64_t *out, const struct store_txn *txn,
		       const struct mails_head *head, struct err *err)
{
	struct ancestry a;

	if (read_ancestry(&a, txn->st, head, err) < 0)
		return -1;
	*out = choose_thread(&a);
	if (!*out &&
	    add_thread(out, txn->st, a.n ? a.ids[a.n - 1] : head->message_id,
		       head->arrived, err) < 0)
		return -1;
	return settle(txn, *out, head, &a, err);
}

static void bind_head(sqlite3_stmt *q, const struct mails_head *head)
{
	sql_bind_text(q, 1, head->message_id);
	sql_bind_text(q, 2, head->list);
	sql_bind_int(q, 3, head->epoch);
	sql_bind_text(q, 4, head->blob);
	sql_bind_int(q, 5, head->rank);
	sql_bind_int(q, 6, head->date);
	sql_bind_int(q, 7, head->arrived);
	sql_bind_text(q, 8, head->sender);
	sql_bind_text(q, 9, head->title);
	sql_bind_int(q, 10, head->version);
	sql_bind_int(q, 11, head->index);
	sql_bind_int(q, 12, head->total);
	sql_bind_int(q, 13, head->flags);
}

static int add_mail(struct mails_put *out, struct store *st,
		    const struct mails_head *head, struct err *err)
{
	static const char sql[] =
		"INSERT INTO mail (message_id, list, epoch, blob, rank, date,"
		" arrived, sender, title, version, idx, total, flags, thread,"
		" state, filed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
		" ?10, ?11, ?12, ?13, ?14, ?15, 0)";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	bind_head(q, head);
	sql_bind_int(q, 14, out->thread);
	sql_bind_int(q, 15, out->state);
	if (sql_run(st, q, err) < 0)
		return -1;
	out->id = sqlite3_last_insert_rowid(st->db);
	return 0;
}

/* The row says what this copy does; its place among the mails stays. */
static int write_mail(struct store *st, const struct mails_head *head,
		      enum mails_state state, struct err *err)
{
	static const char sql[] =
		"UPDATE mail SET list = ?2, epoch = ?3, blob = ?4, rank = ?5,"
		" date = ?6, arrived = ?7, sender = ?8, title = ?9,"
		" version = ?10, idx = ?11, total = ?12, flags = ?13,"
		" state = ?14 WHERE message_id = ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	bind_head(q, head);
	sql_bind_int(q, 14, state);
	return sql_run(st, q, err);
}

static int add_copy(struct store *st, int64_t mail, const char *list,
		    unsigned epoch, const char *blob, unsigned rank,
		    struct err *err)
{
	static const char sql[] =
		"INSERT OR IGNORE INTO mail_copy (mail, list, epoch, blob,"
		" rank) VALUES (?1, ?2, ?3, ?4, ?5)";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, mail);
	sql_bind_text(q, 2, list);
	sql_bind_int(q, 3, epoch);
	sql_bind_text(q, 4, blob);
	sql_bind_int(q, 5, rank);
	return sql_run(st, q, err);
}

/* *found is false when there was no such copy. */
static int remove_copy(bool *found, struct store *st, const char *list,
		       const char *blob, struct err *err)
{
	static const char sql[] =
		"DELETE FROM mail_copy WHERE blob = ?1 AND list = ?2";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, blob);
	sql_bind_text(q, 2, list);
	return sql_move(found, st, q, err);
}

static bool is_same_copy(const struct mails_row *row,
			 const struct mails_head *head)
{
	return strcmp(row->blob, head->blob) == 0 &&
	       strcmp(row->list, head->list) == 0;
}

static enum mails_outcome compare(const struct mails_row *row,
				  const struct mails_head *head)
{
	if (row->state == MAILS_DELETED || row->state == MAILS_GONE)
		return MAILS_BACK;
	if (is_same_copy(row, head))
		return MAILS_SAME;
	if (strcmp(row->list, head->list) != 0 && head->rank < row->rank)
		return MAILS_BETTER;
	return MAILS_COPY;
}

/* What is to be done when another copy stands for the mail. */
static enum mails_state begin_anew(bool kept)
{
	return kept ? MAILS_WANTED : MAILS_OUT;
}

static int put_copy(struct mails_put *out, struct store *st,
		    const struct mails_row *row, const struct mails_head *head,
		    struct err *err)
{
	bool was_copy;

	out->id = row->id;
	out->state = row->state;
	out->outcome = compare(row, head);
	switch (out->outcome) {
	case MAILS_NEW:
	case MAILS_COPY:
		return add_copy(st, row->id, head->list, head->epoch,
				head->blob, head->rank, err);
	case MAILS_SAME:
		/* one that was promoted says now what is in it */
		return row->state == MAILS_WANTED
			       ? write_mail(st, head, row->state, err)
			       : 0;
	case MAILS_BETTER:
		if (add_copy(st, row->id, row->list, row->epoch, row->blob,
			     row->rank, err) < 0)
			return -1;
		break;
	case MAILS_BACK:
		break;
	}
	out->state = begin_anew(out->kept);
	if (remove_copy(&was_copy, st, head->list, head->blob, err) < 0)
		return -1;
	return write_mail(st, head, out->state, err);
}

static int read_kept(bool *out, struct store *st, int64_t thread,
		     struct err *err)
{
	static const char sql[] = "SELECT kept FROM thread WHERE id = ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;
	bool row;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, thread);
	if (sql_step(&row, st, q, err) < 0)
		return -1;
	*out = row && sqlite3_column_int(q, 0) != 0;
	return 0;
}

int mails_put(struct mails_put *out, const struct store_txn *txn,
	      const struct mails_head *head, struct err *err)
{
	AUTO(mails_row_release) struct mails_row row = { 0 };
	bool found;

	*out = (struct mails_put){ .outcome = MAILS_NEW };
	if (check_head(head, err) < 0 ||
	    mails_find(&found, &row, txn->st, head->message_id, err) < 0)
		return -1;
	out->thread = row.thread;
	if ((!found && find_thread(&out->thread, txn, head, err) < 0) ||
	    read_kept(&out->kept, txn->st, out->thread, err) < 0)
		return -1;
	if (found)
		return put_copy(out, txn->st, &row, head, err);
	out->state = begin_anew(out->kept);
	return add_mail(out, txn->st, head, err);
}

/* The cleanest of the other copies stands for the mail. */
static int promote(bool *found, struct store *st, int64_t id,
		   enum mails_state state, struct err *err)
{
	static const char best[] =
		"UPDATE mail SET (list, epoch, blob, rank) ="
		" (SELECT list, epoch, blob, rank FROM mail_copy"
		"  WHERE mail = ?1 ORDER BY rank, list, blob LIMIT 1),"
		" state = ?2"
		" WHERE id = ?1 AND EXISTS"
		" (SELECT 1 FROM mail_copy WHERE mail = ?1)";
	static const char sql[] =
		"DELETE FROM mail_copy WHERE mail = ?1 AND (blob, list) ="
		" (SELECT blob, list FROM mail WHERE id = ?1)";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;
	AUTO(sql_rest) sqlite3_stmt *rest = NULL;

	if (sql_keep(&q, st, best, err) < 0 ||
	    sql_keep(&rest, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	sql_bind_int(q, 2, state);
	if (sql_move(found, st, q, err) < 0)
		return -1;
	sql_bind_int(rest, 1, id);
	return *found ? sql_run(st, rest, err) : 0;
}

static int set_state(struct store *st, int64_t id, enum mails_state state,
		     struct err *err)
{
	static const char sql[] = "UPDATE mail SET state = ?2 WHERE id = ?1";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	sql_bind_int(q, 2, state);
	return sql_run(st, q, err);
}

/* The copy that stands for the mail was taken back. */
static int delete_row(struct store *st, const struct mails_row *row,
		      struct err *err)
{
	bool was_kept = row->state != MAILS_OUT;
	bool found;

	if (row->state == MAILS_DELETED || row->state == MAILS_GONE)
		return 0;
	if (promote(&found, st, row->id, begin_anew(was_kept), err) < 0)
		return -1;
	if (found)
		return 0;
	return set_state(st, row->id, was_kept ? MAILS_DELETED : MAILS_GONE,
			 err);
}

int mails_delete(bool *found, const struct store_txn *txn, const char *list,
		 const char *blob, struct err *err)
{
	static const char sql[] =
		"SELECT" COLUMNS "FROM mail WHERE blob = ?1 AND list = ?2";
	AUTO(mails_list_release) struct mails_list rows = { 0 };
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (remove_copy(found, txn->st, list, blob, err) < 0 ||
	    sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, blob);
	sql_bind_text(q, 2, list);
	if (read_rows(&rows, txn->st, q, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.n; i++)
		if (delete_row(txn->st, &rows.v[i], err) < 0)
			return -1;
	*found = *found || rows.n;
	return 0;
}

static int remove_copies(bool *found, struct store *st, const char *list,
			 int64_t mail, struct err *err)
{
	static const char sql[] =
		"DELETE FROM mail_copy WHERE mail = ?1 AND list = ?2";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, mail);
	sql_bind_text(q, 2, list);
	return sql_move(found, st, q, err);
}

int mails_delete_id(bool *found, const struct store_txn *txn, const char *list,
		    const char *message_id, struct err *err)
{
	AUTO(mails_row_release) struct mails_row row = { 0 };

	if (mails_find(found, &row, txn->st, message_id, err) < 0)
		return -1;
	if (!*found)
		return 0;
	if (remove_copies(found, txn->st, list, row.id, err) < 0)
		return -1;
	if (strcmp(row.list, list) != 0)
		return 0;
	*found = true;
	return delete_row(txn->st, &row, err);
}

int mails_in_state(struct mails_list *out, struct store *st,
		   enum mails_state state, size_t max, struct err *err)
{
	static const char sql[] =
		"SELECT" COLUMNS "FROM mail WHERE state = ?1"
		" AND state IN (1, 2, 4) ORDER BY id LIMIT ?2";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	assert(state == MAILS_WANTED || state == MAILS_WRITTEN ||
	       state == MAILS_DELETED);
	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, state);
	sql_bind_int(q, 2, (int64_t)max);
	return read_rows(out, st, q, err);
}

int mails_of_thread(struct mails_list *out, struct store *st, int64_t thread,
		    size_t max, struct err *err)
{
	static const char sql[] =
		"SELECT" COLUMNS "FROM mail WHERE thread = ?1 AND filed"
		" AND state NOT IN (4, 5) ORDER BY id LIMIT ?2";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, thread);
	sql_bind_int(q, 2, (int64_t)max);
	return read_rows(out, st, q, err);
}

bool mails_may_move(enum mails_state from, enum mails_state to)
{
	static const bool may[MAILS_STATES][MAILS_STATES] = {
		[MAILS_OUT] = { [MAILS_WANTED] = true },
		[MAILS_WANTED] = { [MAILS_WRITTEN] = true,
				   [MAILS_DELETED] = true },
		[MAILS_WRITTEN] = { [MAILS_WANTED] = true, /* it is lost */
				    [MAILS_INDEXED] = true,
				    [MAILS_DELETED] = true },
		[MAILS_INDEXED] = { [MAILS_WANTED] = true,
				    [MAILS_DELETED] = true },
		[MAILS_DELETED] = { [MAILS_GONE] = true },
	};

	return may[from][to];
}

int mails_move(bool *moved, const struct store_txn *txn, int64_t id,
	       enum mails_state from, enum mails_state to, struct err *err)
{
	static const char sql[] =
		"UPDATE mail SET state = ?3,"
		" filed = CASE ?3 WHEN 3 THEN 1 WHEN 5 THEN 0 ELSE filed END"
		" WHERE id = ?1 AND state = ?2 RETURNING thread, arrived";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;
	int64_t thread;
	int64_t arrived;

	assert(mails_may_move(from, to));
	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	sql_bind_int(q, 1, id);
	sql_bind_int(q, 2, from);
	sql_bind_int(q, 3, to);
	if (sql_step(moved, txn->st, q, err) < 0)
		return -1;
	if (!*moved || (to != MAILS_INDEXED && to != MAILS_GONE))
		return 0;
	thread = sqlite3_column_int64(q, 0);
	arrived = sqlite3_column_int64(q, 1);
	return threads_touch(txn, thread, arrived, err);
}

int mails_alike(struct mails_list *out, struct store *st,
		const struct mails_marks *marks, size_t max, struct err *err)
{
	static const char sql[] =
		"SELECT" COLUMNS "FROM mail WHERE sender = ?1 AND total = ?2"
		" AND total > 1 AND date BETWEEN ?3 AND ?4"
		" AND (?5 = 0 OR version = ?5) AND state NOT IN (4, 5)"
		" ORDER BY date, id LIMIT ?6";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, st, sql, err) < 0)
		return -1;
	sql_bind_text(q, 1, marks->sender);
	sql_bind_int(q, 2, marks->total);
	sql_bind_int(q, 3, marks->date - marks->within);
	sql_bind_int(q, 4, marks->date + marks->within);
	sql_bind_int(q, 5, marks->version);
	sql_bind_int(q, 6, (int64_t)max);
	return read_rows(out, st, q, err);
}

int mails_count(uint64_t *out, struct store *st, enum mails_state state,
		struct err *err)
{
	static const char all[] = "SELECT count(*) FROM mail WHERE state = ?1";
	static const char to_do[] = "SELECT count(*) FROM mail WHERE state = ?1"
				    " AND state IN (1, 2, 4)";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;
	bool indexed = state == MAILS_WANTED || state == MAILS_WRITTEN ||
		       state == MAILS_DELETED;
	bool row;

	if (sql_keep(&q, st, indexed ? to_do : all, err) < 0)
		return -1;
	sql_bind_int(q, 1, state);
	if (sql_step(&row, st, q, err) < 0)
		return -1;
	*out = (uint64_t)sqlite3_column_int64(q, 0);
	return 0;
}

int mails_unindex(const struct store_txn *txn, struct err *err)
{
	static const char sql[] = "UPDATE mail SET state = 2 WHERE state = 3";
	AUTO(sql_rest) sqlite3_stmt *q = NULL;

	if (sql_keep(&q, txn->st, sql, err) < 0)
		return -1;
	return sql_run(txn->st, q, err);
}

const char *mails_state_name(enum mails_state state)
{
	switch (state) {
	case MAILS_OUT:
		return "out";
	case MAILS_WANTED:
		return "wanted";
	case MAILS_WRITTEN:
		return "written";
	case MAILS_INDEXED:
		return "indexed";
	case MAILS_DELETED:
		return "deleted";
	case MAILS_GONE:
		return "gone";
	}
	return "unknown";
}
