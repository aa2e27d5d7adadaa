/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/take.h"

#include <string.h>
#include <time.h>

#include "bot/stages/thread.h"
#include "bot/store/answers.h"
#include "bot/store/lists.h"
#include "bot/store/mails.h"
#include "bot/store/threads.h"

void take_init(struct take *t, struct store *store, const char *list,
	       unsigned epoch, const char *seen)
{
	*t = (struct take){
		.store = store,
		.list = list,
		.epoch = epoch,
		.seen = seen ? xstrdup(seen) : NULL,
		.v = xcalloc(TAKE_BATCH, sizeof(*t->v)),
	};
}

static void clear(struct take *t)
{
	for (size_t i = 0; i < t->n; i++)
		intake_head_release(&t->v[i]);
	t->n = 0;
}

void take_release(struct take *t)
{
	clear(t);
	free(t->v);
	free(t->seen);
	*t = (struct take){ 0 };
}

/* ---- scope ---- */

/*
 * A series that was sent without threading: its mails have sender, count and
 * hour in common. When one of them is in scope all are.
 */
static int keep_siblings(const struct take *t, const struct store_txn *txn,
			 const struct intake_head *m, int64_t thread, bool kept,
			 struct err *err)
{
	const struct mails_marks marks = { .sender = m->sender,
					   .total = m->total,
					   .version = m->version,
					   .date = m->date,
					   .within = TAKE_SIBLINGS_S };
	AUTO(mails_list_release) struct mails_list all = { 0 };
	bool found = kept;

	if (mails_alike(&all, t->store, &marks, TAKE_MAX_SIBLINGS, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n && !found; i++)
		found = all.v[i].state != MAILS_OUT;
	if (!found)
		return 0;
	if (!kept && threads_keep(txn, thread, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++)
		if (all.v[i].state == MAILS_OUT && all.v[i].thread != thread &&
		    threads_keep(txn, all.v[i].thread, err) < 0)
			return -1;
	return 0;
}

static bool has_siblings(const struct intake_head *m)
{
	return (m->is_patch || m->is_cover) && m->total > 1;
}

static int widen_scope(const struct take *t, const struct store_txn *txn,
		       const struct intake_head *m, const struct mails_put *put,
		       struct err *err)
{
	bool begins = m->touches && !put->kept;

	if (begins && threads_keep(txn, put->thread, err) < 0)
		return -1;
	if (!has_siblings(m) || !(begins || m->ancestors.n == 0))
		return 0;
	return keep_siblings(t, txn, m, put->thread, begins || put->kept, err);
}

/* What answers us is read, whatever else its thread is about. */
static int note_answer(const struct store_txn *txn, const struct intake_head *m,
		       const struct mails_put *put, struct err *err)
{
	bool noted;

	if (answers_note(&noted, txn, m->message_id, &m->ancestors, err) < 0)
		return -1;
	return noted && !put->kept ? threads_keep(txn, put->thread, err) : 0;
}

/* ---- one mail ---- */

static unsigned flags_of(const struct intake_head *m)
{
	return (m->is_patch ? MAILS_IS_PATCH : 0u) |
	       (m->is_reply ? MAILS_IS_REPLY : 0u) |
	       (m->is_cover ? MAILS_IS_COVER : 0u) |
	       (m->has_position ? MAILS_HAS_POSITION : 0u) |
	       (m->has_version ? MAILS_HAS_VERSION : 0u) |
	       (m->has_diff ? MAILS_HAS_DIFF : 0u) |
	       (m->touches ? MAILS_TOUCHES : 0u);
}

static int reject(struct take *t, const struct store_txn *txn,
		  const struct intake_head *m, const char *why, struct err *err)
{
	const struct lists_reject r = {
		.list = (char *)(uintptr_t)t->list,
		.epoch = t->epoch,
		.blob = (char *)(uintptr_t)(m->blob[0] ? m->blob : m->commit),
		.why = (char *)(uintptr_t)why,
		.arrived = time(NULL),
	};

	t->counts.rejected++;
	return lists_add_reject(txn, &r, err);
}

/* What has more than the store takes is a mail that cannot be read. */
static int put(struct mails_put *out, struct take *t,
	       const struct store_txn *txn, const struct intake_head *m,
	       bool *rejected, struct err *err)
{
	struct mails_head head = {
		.message_id = m->message_id,
		.references = &m->ancestors,
		.list = t->list,
		.epoch = t->epoch,
		.blob = m->blob,
		.rank = thread_rank(m->list_id),
		.date = m->date,
		.arrived = time(NULL),
		.sender = m->sender,
		.title = m->subject,
		.version = m->version,
		.index = m->index,
		.total = m->total,
		.flags = flags_of(m),
	};
	struct err why = ERR_INIT;

	*rejected = false;
	if (mails_put(out, txn, &head, &why) == 0)
		return 0;
	if (why.kind != ERR_LIMIT)
		return err_set(err, why.kind, "%s", why.msg);
	*rejected = true;
	return reject(t, txn, m, why.msg, err);
}

static int take_mail(struct take *t, const struct store_txn *txn,
		     const struct intake_head *m, struct err *err)
{
	struct mails_put was = { 0 };
	bool rejected;

	if (put(&was, t, txn, m, &rejected, err) < 0)
		return -1;
	if (rejected)
		return 0;
	t->counts.mails += was.outcome == MAILS_NEW;
	if (note_answer(txn, m, &was, err) < 0)
		return -1;
	return widen_scope(t, txn, m, &was, err);
}

/* By its bytes, else by its name: a list may take back what it has changed. */
static int take_back(struct take *t, const struct store_txn *txn,
		     const struct intake_head *m, struct err *err)
{
	bool found;

	if (mails_delete(&found, txn, t->list, m->blob, err) < 0)
		return -1;
	if (!found && m->message_id[0] &&
	    mails_delete_id(&found, txn, t->list, m->message_id, err) < 0)
		return -1;
	t->counts.removed += found;
	return 0;
}

static int take_one(struct take *t, const struct store_txn *txn,
		    const struct intake_head *m, struct err *err)
{
	t->counts.walked++;
	switch (m->what) {
	case INTAKE_MAIL:
		return take_mail(t, txn, m, err);
	case INTAKE_DELETED:
	case INTAKE_GONE:
		return take_back(t, txn, m, err);
	case INTAKE_PURGED:
	case INTAKE_REWRITTEN:
		return 0;
	case INTAKE_UNREADABLE:
		return reject(t, txn, m, m->error, err);
	}
	return 0;
}

/* ---- batches ---- */

static int move_seen(struct take *t, const struct store_txn *txn,
		     const char *to, struct err *err)
{
	bool moved;

	if (t->seen && strcmp(t->seen, to) == 0)
		return 0;
	if (lists_move_seen(&moved, txn, t->list, t->epoch, t->seen, to, err) <
	    0)
		return -1;
	if (!moved)
		return err_set(err, ERR_RETRY,
			       "epoch %u was taken in by another process",
			       t->epoch);
	return 0;
}

/* @to: the commit that the batch goes up to; NULL: not to be told yet. */
static int write_batch(struct take *t, const char *to, struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };

	if (store_begin(&txn, t->store, err) < 0)
		return -1;
	for (size_t i = 0; i < t->n; i++)
		if (take_one(t, &txn, &t->v[i], err) < 0)
			return err_wrap(err, "mail '%s'", t->v[i].blob);
	if ((to && move_seen(t, &txn, to, err) < 0) ||
	    store_commit(&txn, err) < 0)
		return -1;
	if (to) {
		free(t->seen);
		t->seen = xstrdup(to);
	}
	clear(t);
	return 0;
}

static struct intake_head dup_head(const struct intake_head *head)
{
	struct intake_head dup = *head;

	json_incref(dup.frame); /* which holds all text but this */
	dup.ancestors = (struct strings){ 0 };
	for (size_t i = 0; i < head->ancestors.n; i++)
		strings_push(&dup.ancestors, head->ancestors.v[i]);
	return dup;
}

/* Of a history that was rewritten nothing is told before its end. */
static const char *last_commit(const struct take *t)
{
	const char *last = t->n ? t->v[t->n - 1].commit : "";

	return t->is_rewritten || !*last ? NULL : last;
}

int take_add(struct take *t, const struct intake_head *head, struct err *err)
{
	if (head->what == INTAKE_REWRITTEN)
		t->is_rewritten = true;
	t->v[t->n++] = dup_head(head);
	return t->n < TAKE_BATCH ? 0 : write_batch(t, last_commit(t), err);
}

int take_cut(struct take *t, struct err *err)
{
	return t->n ? write_batch(t, last_commit(t), err) : 0;
}

int take_end(struct take *t, const char *tip, struct err *err)
{
	if (t->n == 0 && t->seen && strcmp(t->seen, tip) == 0)
		return 0;
	return write_batch(t, tip, err);
}
