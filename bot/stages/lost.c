/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/lost.h"

#include <string.h>
#include <strings.h>

#include "bot/base/span.h"
#include "bot/store/threads.h"
#include "parsers/subject.h"

/* As in sets.c: a broken series is mended by hand, the same day. */
#define SAME_DAY_S (24 * 60 * 60)
/* A part is sent again after it was talked about. */
#define SAME_TALK_S (60 * 24 * 60 * 60)
#define MAX_ALIKE 2500 /* rows looked at: a series of 2,000, and others */

/* Rows that look like parts of one sending. */
struct group {
	const struct mails_row **rows; /* borrowed; by index */
	size_t n;
};

static bool is_part(const struct mails_row *m)
{
	return (m->flags & MAILS_HAS_POSITION) && m->total > 1 &&
	       !(m->flags & MAILS_IS_REPLY) &&
	       (m->flags & (MAILS_IS_PATCH | MAILS_IS_COVER));
}

static int compare_parts(const void *left, const void *right)
{
	const struct mails_row *a = *(const struct mails_row *const *)left;
	const struct mails_row *b = *(const struct mails_row *const *)right;
	int order = strcasecmp(a->sender, b->sender);

	if (order == 0)
		order = a->total < b->total ? -1 : a->total > b->total;
	if (order == 0)
		order = a->version < b->version ? -1 : a->version > b->version;
	if (order == 0)
		order = a->index < b->index ? -1 : a->index > b->index;
	return order;
}

static bool is_same_group(const struct mails_row *a, const struct mails_row *b)
{
	return strcasecmp(a->sender, b->sender) == 0 && a->total == b->total &&
	       a->version == b->version;
}

static bool has_index(const struct group *g, unsigned index)
{
	for (size_t i = 0; i < g->n; i++) {
		if (g->rows[i]->index == index)
			return true;
	}
	return false;
}

static size_t count_patches(const struct group *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++)
		n += g->rows[i]->index > 0 &&
		     (i == 0 || g->rows[i]->index != g->rows[i - 1]->index);
	return n;
}

/* It fills a hole of @g: as many patches, of this version, the same day. */
static bool is_missing(const struct group *g, const struct mails_row *m)
{
	return m->version == g->rows[0]->version && is_part(m) &&
	       !has_index(g, m->index);
}

/* @g has a newer one of this very patch. */
static bool is_older(const struct group *g, const struct mails_row *m)
{
	for (size_t i = 0; i < g->n; i++) {
		if (m->version < g->rows[i]->version && is_part(m) &&
		    m->index > 0 && m->index == g->rows[i]->index &&
		    subject_same_name(m->title, g->rows[i]->title))
			return true;
	}
	return false;
}

typedef bool is_wanted(const struct group *g, const struct mails_row *m);

/* Not a thread twice; there are few. */
static void add_thread(int64_t **v, size_t *n, int64_t thread)
{
	for (size_t i = 0; i < *n; i++) {
		if ((*v)[i] == thread)
			return;
	}
	*v = xreallocarray(*v, *n + 1, sizeof(**v));
	(*v)[(*n)++] = thread;
}

static int join(struct store *st, int64_t into, const int64_t *from, size_t n,
		struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };

	if (store_begin(&txn, st, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		AUTO(threads_row_release) struct threads_row row = { 0 };
		bool found;

		if (threads_find(&found, &row, st, from[i], err) < 0)
			return -1;
		if (found && (threads_join(&txn, into, from[i], err) < 0 ||
			      threads_touch(&txn, into, row.arrived, err) < 0))
			return -1;
	}
	if (threads_keep(&txn, into, err) < 0)
		return -1;
	return store_commit(&txn, err);
}

static int search(size_t *joined, struct store *st, int64_t thread,
		  const struct group *g, const struct mails_marks *marks,
		  is_wanted *wanted, struct err *err)
{
	AUTO(mails_list_release) struct mails_list alike = { 0 };
	AUTO(mem_free) int64_t *from = NULL;
	size_t n = 0;

	if (mails_alike(&alike, st, marks, MAX_ALIKE, err) < 0)
		return -1;
	for (size_t i = 0; i < alike.n; i++) {
		if (alike.v[i].thread != thread && wanted(g, &alike.v[i]))
			add_thread(&from, &n, alike.v[i].thread);
	}
	if (n == 0)
		return 0;
	*joined += n;
	return join(st, thread, from, n, err);
}

static int search_group(size_t *joined, struct store *st, int64_t thread,
			const struct group *g, struct err *err)
{
	const struct mails_row *first = g->rows[0];
	struct mails_marks marks = {
		.sender = first->sender,
		.total = first->total,
		.version = first->version,
		.date = first->date,
		.within = SAME_DAY_S,
	};

	if (search(joined, st, thread, g, &marks, is_missing, err) < 0)
		return -1;
	if (2 * count_patches(g) > first->total || first->version < 2)
		return 0;
	marks.version = 0;
	marks.within = SAME_TALK_S;
	return search(joined, st, thread, g, &marks, is_older, err);
}

static bool is_whole(const struct group *g)
{
	return count_patches(g) >= g->rows[0]->total;
}

int lost_join(size_t *n, struct store *st, int64_t thread,
	      const struct mails_list *rows, struct err *err)
{
	AUTO(mem_free)
	const struct mails_row **parts = xcalloc(rows->n + 1, sizeof(*parts));
	size_t n_parts = 0;
	size_t at = 0;

	*n = 0;
	for (size_t i = 0; i < rows->n; i++) {
		if (is_part(&rows->v[i]))
			parts[n_parts++] = &rows->v[i];
	}
	qsort(parts, n_parts, sizeof(*parts), compare_parts);
	for (int searches = 0; at < n_parts && searches < LOST_MAX_SEARCHES;) {
		struct group g = { &parts[at], 1 };

		while (at + g.n < n_parts &&
		       is_same_group(parts[at], parts[at + g.n]))
			g.n++;
		at += g.n;
		if (is_whole(&g))
			continue;
		searches++;
		if (search_group(n, st, thread, &g, err) < 0)
			return -1;
	}
	return 0;
}
