/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/keep.h"

#include <string.h>
#include <time.h>

#include "bot/base/fs.h"
#include "bot/base/progress.h"
#include "bot/mail/maildir.h"
#include "bot/stages/intake.h"
#include "bot/store/lists.h"
#include "bot/store/mails.h"

/* Some rows of one epoch, and what came of each. */
struct group {
	struct mails_row *rows; /* borrowed */
	size_t n;
	size_t done;	/* of which the box has told */
	char **why_not; /* n of them; NULL: written */
	struct maildir box;
};

static void group_release(struct group *g)
{
	for (size_t i = 0; g->why_not && i < g->n; i++)
		free(g->why_not[i]);
	free(g->why_not);
	maildir_release(&g->box);
}
DEFINE_AUTO_VALUE(struct group, group_release)

static bool is_same_epoch(const struct mails_row *a, const struct mails_row *b)
{
	return a->epoch == b->epoch && strcmp(a->list, b->list) == 0;
}

/* Those of the first row's epoch to the front; how many. */
static size_t gather(struct mails_row *rows, size_t n)
{
	size_t first = 1;

	for (size_t i = 1; i < n; i++) {
		struct mails_row row = rows[i];

		if (!is_same_epoch(&rows[0], &row))
			continue;
		memmove(&rows[first + 1], &rows[first],
			(i - first) * sizeof(row));
		rows[first++] = row;
	}
	return first;
}

static int take_bytes(void *arg, const struct intake_head *m, const char *bytes,
		      size_t len, struct err *err)
{
	struct group *g = arg;
	const struct mails_row *row;

	if (g->done == g->n)
		return err_set(err, ERR_INPUT,
			       "more mails than were asked for");
	row = &g->rows[g->done];
	if (strcmp(row->blob, m->blob) != 0)
		return err_set(err, ERR_INPUT,
			       "mail '%s' is not what was asked "
			       "for",
			       m->blob);
	if (m->what != INTAKE_MAIL)
		g->why_not[g->done] =
			xstrdup(m->error[0] ? m->error : "its bytes are gone");
	else if (maildir_write(&g->box, row->message_id, true, bytes, len,
			       err) < 0)
		return -1;
	g->done++;
	return 0;
}

static int read_group(struct group *g, const struct keep_spec *spec,
		      struct err *err)
{
	static const struct strings everything;
	AUTO(strings_release) struct strings blobs = { 0 };
	AUTO(mem_free)
	char *mirror = xasprintf("%s/%s/git/%u.git", spec->mirrors,
				 g->rows[0].list, g->rows[0].epoch);

	if (!fs_is_dir(mirror))
		return err_set(err, ERR_INPUT, "there is no '%s'", mirror);
	for (size_t i = 0; i < g->n; i++)
		strings_push(&blobs, g->rows[i].blob);
	if (maildir_begin(&g->box, spec->place->archive, err) < 0 ||
	    intake_run(&(struct intake_spec){ .mirror = mirror,
					      .blobs = &blobs,
					      .watch = &everything,
					      .user = spec->place->user,
					      .take = take_bytes,
					      .arg = g },
		       err) < 0)
		return -1;
	if (g->done < g->n)
		return err_set(err, ERR_INPUT,
			       "fewer mails than were asked for");
	return maildir_end(&g->box, err);
}

static int give_up(const struct store_txn *txn, const struct mails_row *row,
		   char *why, struct err *err)
{
	const struct lists_reject r = { .list = row->list,
					.epoch = row->epoch,
					.blob = row->blob,
					.why = why,
					.arrived = time(NULL) };
	bool found;

	if (lists_add_reject(txn, &r, err) < 0)
		return -1;
	return mails_delete(&found, txn, row->list, row->blob, err);
}

static int move_group(const struct group *g, struct store *st, struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	bool moved;

	if (store_begin(&txn, st, err) < 0)
		return -1;
	for (size_t i = 0; i < g->n; i++)
		if (g->why_not[i]
			    ? give_up(&txn, &g->rows[i], g->why_not[i], err) < 0
			    : mails_move(&moved, &txn, g->rows[i].id,
					 MAILS_WANTED, MAILS_WRITTEN, err) < 0)
			return -1;
	return store_commit(&txn, err);
}

/* A box that fails over one mail alone would do so for ever. */
static bool is_fault_of_mail(const struct err *why)
{
	return why->kind == ERR_INPUT || why->kind == ERR_LIMIT ||
	       why->kind == ERR_RETRY;
}

/* *n_out: how many of the rows were dealt with, at least one. */
static int keep_group(size_t *n_out, const struct keep_spec *spec,
		      struct store *st, struct mails_row *rows, size_t n,
		      struct err *err)
{
	AUTO(group_release) struct group g = { .rows = rows, .n = n };
	struct err why = ERR_INIT;

	g.why_not = xcalloc(n, sizeof(*g.why_not));
	*n_out = n;
	if (read_group(&g, spec, &why) == 0)
		return move_group(&g, st, err);
	if (!is_fault_of_mail(&why))
		return err_set(err, why.kind, "%s", why.msg);
	if (n > 1) /* find out which */
		return keep_group(n_out, spec, st, rows, n / 2, err);
	free(g.why_not[0]);
	g.why_not[0] = xstrdup(why.msg);
	return move_group(&g, st, err);
}

int keep_run(uint64_t *written, const struct keep_spec *spec, struct store *st,
	     struct err *err)
{
	struct progress progress;
	uint64_t total;

	*written = 0;
	if (mails_count(&total, st, MAILS_WANTED, err) < 0)
		return -1;
	if (total == 0)
		return 0;
	progress_start(&progress, spec->progress,
		       "writing mails to the archive", total);
	for (;;) {
		AUTO(mails_list_release) struct mails_list rows = { 0 };
		size_t n;

		if (mails_in_state(&rows, st, MAILS_WANTED, KEEP_BATCH, err) <
		    0)
			return -1;
		if (rows.n == 0)
			break;
		if (keep_group(&n, spec, st, rows.v, gather(rows.v, rows.n),
			       err) < 0)
			return err_wrap(err, "writing to the archive");
		progress_update(&progress, *written += n);
	}
	progress_end(&progress, "done");
	return 0;
}
