/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/series.h"

#include <string.h>

#include "bot/base/hash.h"
#include "bot/base/log.h"
#include "bot/stages/lost.h"
#include "bot/stages/order.h"
#include "bot/stages/sort.h"
#include "bot/store/mails.h"
#include "bot/store/sendings.h"
#include "bot/store/threads.h"
#include "rules/standing.h"

#define BATCH_THREADS 32 /* of one box; at most SORT_MAX_THREADS */
#define BATCH_MAILS 1000 /* then it is enough, however few threads */
#define MAX_WAITS 1000	 /* that are over, looked at in one call */

/* A thread, its mails, and what is in it. */
struct item {
	struct threads_row row;
	struct mails_list rows; /* by Message-ID, once sorted */
	struct strings ids;	/* of rows, borrowed by the box */
};

struct batch {
	struct item *v;
	size_t n;
	size_t n_mails;
	struct sorted_list sorted;
	struct strings selected; /* Message-IDs; only with a query */
};

static void batch_release(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		threads_row_release(&b->v[i].row);
		mails_list_release(&b->v[i].rows);
		strings_release(&b->v[i].ids);
	}
	free(b->v);
	sorted_list_release(&b->sorted);
	strings_release(&b->selected);
}
DEFINE_AUTO_VALUE(struct batch, batch_release)

/* What all steps of one call need. */
struct run {
	const struct series_spec *spec;
	struct store *st;
	int64_t now;
	struct series_counts *counts;
};

/* ---- what to look at ---- */

static int compare_ids(const void *left, const void *right)
{
	const struct mails_row *a = left;
	const struct mails_row *b = right;

	return strcmp(a->message_id, b->message_id);
}

static void add_item(struct batch *b, struct threads_row *row,
		     struct mails_list *rows)
{
	struct item *item;

	b->v = xreallocarray(b->v, b->n + 1, sizeof(*b->v));
	item = &b->v[b->n++];
	*item = (struct item){ .row = *row, .rows = *rows };
	*row = (struct threads_row){ 0 };
	*rows = (struct mails_list){ 0 };
	for (size_t i = 0; i < item->rows.n; i++)
		strings_push(&item->ids, item->rows.v[i].message_id);
	if (item->rows.n > 0)
		qsort(item->rows.v, item->rows.n, sizeof(*item->rows.v),
		      compare_ids);
	b->n_mails += item->rows.n;
}

/* A thread to which others were joined waits for its next turn. */
static int take_thread(struct batch *b, const struct run *r,
		       struct threads_row *row, struct err *err)
{
	AUTO(mails_list_release) struct mails_list rows = { 0 };
	size_t joined;

	if (mails_of_thread(&rows, r->st, row->id, SORT_MAX_MAILS + 1, err) <
		    0 ||
	    lost_join(&joined, r->st, row->id, &rows, err) < 0)
		return -1;
	r->counts->joined += joined;
	if (joined == 0)
		add_item(b, row, &rows);
	return 0;
}

static int next_batch(struct batch *b, const struct run *r, size_t max,
		      bool *found, struct err *err)
{
	AUTO(threads_list_release) struct threads_list list = { 0 };

	if (threads_dirty(&list, r->st, max, err) < 0)
		return -1;
	*found = list.n > 0;
	for (size_t i = 0; i < list.n && b->n_mails < BATCH_MAILS; i++) {
		if (take_thread(b, r, &list.v[i], err) < 0)
			return -1;
	}
	return 0;
}

/* ---- the box ---- */

static int sort_batch(struct batch *b, const struct run *r, struct err *err)
{
	const struct sort_place place = { r->spec->place.archive,
					  r->spec->place.user };
	AUTO(mem_free)
	struct sort_thread *asked = xcalloc(b->n + 1, sizeof(*asked));

	for (size_t i = 0; i < b->n; i++)
		asked[i] = (struct sort_thread){ b->v[i].row.id, &b->v[i].ids };
	return sort_run(&b->sorted, &place, asked, b->n, err);
}

/* What the operator's query finds, of all mails of revisions. */
static int select_mails(struct batch *b, const struct run *r, struct err *err)
{
	AUTO(strings_release) struct strings ids = { 0 };

	if (!r->spec->select)
		return 0;
	for (size_t i = 0; i < b->sorted.n; i++) {
		const struct sent_list *sent = &b->sorted.v[i].sent;

		for (size_t k = 0; k < sent->n; k++)
			if (sent->v[k]->kind == SENT_KERNEL)
				sent_mails(&ids, sent->v[k]);
	}
	if (ids.n == 0)
		return 0;
	return index_select(&b->selected, &r->spec->place, r->spec->select,
			    &ids, err);
}

/* ---- where a revision stands ---- */

static const struct mails_row *find_row(const struct item *item, const char *id)
{
	struct mails_row key = { .message_id = (char *)id };

	return bsearch(&key, item->rows.v, item->rows.n, sizeof(*item->rows.v),
		       compare_ids);
}

static bool is_selected(const struct batch *b, const struct run *r,
			const struct strings *mails)
{
	if (!r->spec->select)
		return true;
	for (size_t i = 0; i < mails->n; i++) {
		if (strings_has(&b->selected, mails->v[i]))
			return true;
	}
	return false;
}

/* Of its mails the one that we got last; its thread's when none is known. */
static int64_t find_arrival(const struct item *item,
			    const struct strings *mails)
{
	int64_t arrived = 0;

	for (size_t i = 0; i < mails->n; i++) {
		const struct mails_row *row = find_row(item, mails->v[i]);

		if (row && row->arrived > arrived)
			arrived = row->arrived;
	}
	return arrived ? arrived : item->row.arrived;
}

/* The title of the series @key, in the batch or else in the store; or NULL. */
static char *find_title(const struct batch *b, const struct run *r,
			const char *key)
{
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	struct err why = ERR_INIT;
	bool found = false;

	for (size_t i = 0; key && i < b->sorted.n; i++) {
		const struct sent_list *list = &b->sorted.v[i].sent;

		for (size_t k = 0; k < list->n; k++)
			if (strcmp(list->v[k]->key, key) == 0)
				return xstrdup(list->v[k]->title);
	}
	/* a title that cannot be read is only not told */
	if (!key || revisions_find_key(&found, &row, r->st, key, &why) < 0 ||
	    !found)
		return NULL;
	return xstrdup(row.title);
}

/* ---- a record becomes a row ---- */

/* What a row borrows while it is put. */
struct row {
	struct strings mails;
	char *author;
	char *title;
	char *first_title;
	char *facts;
	struct hash print;
	struct standing standing;
};

static void row_release(struct row *row)
{
	strings_release(&row->mails);
	free(row->author);
	free(row->title);
	free(row->first_title);
	free(row->facts);
}

/* Two versions of a series are found by this: no "v2" at its end. */
static char *dup_name(const char *title)
{
	struct span name = subject_name(title);

	return span_len(name) ? span_dup(name) : xstrdup(title);
}

/* The same mails in the same places are the same revision. */
static void print_mails(struct hash *out, const struct sent *s)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();

	hasher_adds(h, s->cover ? s->cover : "");
	for (size_t i = 0; i < s->n_patches; i++) {
		hasher_add(h, &s->patches[i].index,
			   sizeof(s->patches[i].index));
		hasher_adds(h, s->patches[i].message_id);
	}
	hasher_get(out, h);
}

static enum revisions_state state_of(const struct standing *s)
{
	static const enum revisions_state states[] = {
		[STANDING_READY] = REVISIONS_READY,
		[STANDING_WAITING] = REVISIONS_WAITING,
		[STANDING_INCOMPLETE] = REVISIONS_INCOMPLETE,
		[STANDING_ASIDE] = REVISIONS_ASIDE,
	};

	return states[s->state];
}

static void find_standing(struct row *out, const struct batch *b,
			  const struct run *r, const struct sent *s,
			  int64_t arrived)
{
	AUTO(mem_free) char *missing = sent_missing(s);
	AUTO(mem_free) char *pair = find_title(b, r, s->pair);
	const struct standing_rules rules = { r->spec->wait, r->spec->max_age };

	standing_find(&out->standing,
		      &(struct standing_facts){
			      .kind = sent_kind_name(s->kind),
			      .project = s->project,
			      .pair = pair,
			      .missing = missing,
			      .is_mended = s->is_mended,
			      .is_selected = is_selected(b, r, &out->mails),
			      .date = s->date,
			      .arrived = arrived,
		      },
		      &rules, r->now);
}

static void make_row(struct sending *out, struct row *row,
		     const struct batch *b, size_t at, const struct run *r,
		     const struct sent *s)
{
	AUTO(json_free) json_t *facts = sent_to_json(s);
	const struct item *item = &b->v[at];
	const struct mails_row *mail = find_row(item, s->key);
	int64_t arrived;

	sent_mails(&row->mails, s);
	arrived = find_arrival(item, &row->mails);
	find_standing(row, b, r, s, arrived);
	row->author = sent_author(s);
	row->title = dup_name(s->title);
	row->first_title = s->first_title ? dup_name(s->first_title) : NULL;
	row->facts = json_dumps(facts, JSON_COMPACT);
	print_mails(&row->print, s);
	*out = (struct sending){
		.key = s->key,
		.mails = &row->mails,
		.change_id = s->change_id,
		.replaces = s->replaces,
		.author = row->author,
		.title = row->title,
		.first_title = row->first_title,
		.list = mail ? mail->list : "",
		.version = s->version,
		.version_minor = s->version_minor,
		.total = s->total,
		.found = (unsigned)s->n_patches,
		.date = s->date,
		.arrived = arrived,
		.state = state_of(&row->standing),
		.reason = *row->standing.reason ? row->standing.reason : NULL,
		.until = row->standing.until,
		.facts = row->facts,
		.print = row->print.hex,
	};
}

/* In a thread that had more mails meanwhile nothing changes: its turn comes. */
static int put_rows(struct series_counts *counts, const struct store_txn *txn,
		    const struct item *item, const struct sending *v, size_t n,
		    struct err *err)
{
	struct sendings_put put = { 0 };
	bool moved;

	if (threads_move(&moved, txn, &item->row, err) < 0)
		return -1;
	if (!moved)
		return 0;
	if (v && sendings_put(&put, txn, item->row.id, v, n, err) < 0)
		return -1;
	counts->added += put.added;
	counts->changed += put.changed;
	counts->superseded += put.superseded;
	counts->threads++;
	return 0;
}

static void tell_refused(const struct item *item, const char *why)
{
	struct log_line l;

	log_begin(&l, LOG_IS_WARNING, "stage=assemble thread=%lld",
		  (long long)item->row.id);
	log_text(&l, "mail", item->row.root, strlen(item->row.root));
	log_text(&l, "refused", why, strlen(why));
	log_end(&l);
}

static int put_thread(struct series_counts *counts, const struct run *r,
		      const struct store_txn *txn, const struct batch *b,
		      size_t at, struct err *err)
{
	const struct sent_list *sent = &b->sorted.v[at].sent;
	AUTO(mem_free) struct row *rows = xcalloc(sent->n + 1, sizeof(*rows));
	AUTO(mem_free) struct sending *v = xcalloc(sent->n + 1, sizeof(*v));
	int rc;

	if (b->sorted.v[at].is_refused) {
		tell_refused(&b->v[at], b->sorted.v[at].why);
		counts->refused++;
		return put_rows(counts, txn, &b->v[at], NULL, 0, err);
	}
	for (size_t i = 0; i < sent->n; i++)
		make_row(&v[i], &rows[i], b, at, r, sent->v[i]);
	rc = put_rows(counts, txn, &b->v[at], v, sent->n, err);
	for (size_t i = 0; i < sent->n; i++)
		row_release(&rows[i]);
	return rc;
}

/* Some threads in one transaction; counts are only of what was committed. */
static int put_threads(const struct run *r, const struct batch *b, size_t from,
		       size_t to, struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	struct series_counts counts = *r->counts;

	if (store_begin(&txn, r->st, err) < 0)
		return -1;
	for (size_t i = from; i < to; i++) {
		if (put_thread(&counts, r, &txn, b, i, err) < 0)
			return -1;
	}
	if (store_commit(&txn, err) < 0)
		return -1;
	*r->counts = counts;
	return 0;
}

static bool is_of_thread(const struct err *why)
{
	return why->kind == ERR_INPUT || why->kind == ERR_LIMIT;
}

/* What the store refuses of one thread is no reason to drop the others. */
static int put_each(const struct run *r, const struct batch *b, struct err *err)
{
	for (size_t i = 0; i < b->n; i++) {
		struct sorted *sorted = &b->sorted.v[i];
		struct err why = ERR_INIT;

		if (put_threads(r, b, i, i + 1, &why) == 0)
			continue;
		if (!is_of_thread(&why))
			return err_set(err, why.kind, "%s", why.msg);
		sorted->is_refused = true;
		sorted->why = xstrdup(why.msg);
		if (put_threads(r, b, i, i + 1, err) < 0)
			return -1;
	}
	return 0;
}

static int put_batch(const struct run *r, const struct batch *b,
		     struct err *err)
{
	struct err why = ERR_INIT;

	if (put_threads(r, b, 0, b->n, &why) == 0)
		return 0;
	if (!is_of_thread(&why))
		return err_set(err, why.kind, "%s", why.msg);
	return put_each(r, b, err);
}

static int run_batch(const struct run *r, size_t max, bool *found,
		     struct err *err)
{
	AUTO(batch_release) struct batch b = { 0 };

	if (next_batch(&b, r, max, found, err) < 0 ||
	    sort_batch(&b, r, err) < 0 ||
	    order_run(&b.sorted, r->st, err) < 0 ||
	    select_mails(&b, r, err) < 0)
		return -1;
	return b.n > 0 ? put_batch(r, &b, err) : 0;
}

/* ---- waits that are over ---- */

/*
 * What is whole was only waiting for a newer part of it. Its thread has another
 * turn, which supersedes what is older.
 */
static int end_wait(const struct run *r, const struct revisions_row *due,
		    struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	bool is_whole = due->found == due->total;
	const struct revisions_result result = {
		.reason = is_whole ? NULL : due->reason,
	};
	bool moved;

	if (store_begin(&txn, r->st, err) < 0 ||
	    revisions_move(&moved, &txn, due,
			   is_whole ? REVISIONS_READY : REVISIONS_INCOMPLETE,
			   &result, err) < 0)
		return -1;
	if (!moved)
		return 0;
	if (is_whole && threads_touch(&txn, due->thread, due->arrived, err) < 0)
		return -1;
	r->counts->ended++;
	return store_commit(&txn, err);
}

static int end_waits(const struct run *r, struct err *err)
{
	AUTO(revisions_list_release) struct revisions_list due = { 0 };

	if (revisions_due(&due, r->st, REVISIONS_WAITING, r->now, MAX_WAITS,
			  err) < 0)
		return -1;
	for (size_t i = 0; i < due.n; i++) {
		if (end_wait(r, &due.v[i], err) < 0)
			return -1;
	}
	return 0;
}

int series_run(struct series_counts *out, const struct series_spec *spec,
	       struct store *st, int64_t now, struct err *err)
{
	const struct run r = { spec, st, now, out };
	size_t max = spec->max_threads ? spec->max_threads : SIZE_MAX;
	uint64_t began = out->threads;
	bool found = true;

	if (end_waits(&r, err) < 0)
		return -1;
	while (found && out->threads - began < max) {
		size_t left = max - (size_t)(out->threads - began);

		if (run_batch(&r, left < BATCH_THREADS ? left : BATCH_THREADS,
			      &found, err) < 0)
			return -1;
	}
	out->has_more = found;
	return 0;
}
