/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/together.h"

#include <strings.h>

#include "bot/base/mem.h"
#include "parsers/project.h"

/* A patch bomb of thirty series takes a relay an hour or two. */
#define SAME_BOMB_S (24 * 60 * 60)
/* Series of one person that are looked through, before and behind. */
#define MAX_TRIED 128

static const struct mail *first_of(const struct sets *s, size_t set)
{
	return sets_mail(s, s->v[set].first);
}

/*
 * Of patches for more than one the kernel: they were sent to be merged there.
 */
static const char *find_project(const struct sets *s, const struct set *set)
{
	const char *project = NULL;

	for (size_t i = 0; i < set->n; i++) {
		const struct mail *m = sets_mail(s, set->v[i].mail);
		const char *of =
			project_of_patch(m->subject, m->diff, m->diff_len);

		if (project_is_kernel(of))
			return PROJECT_KERNEL;
		if (!project)
			project = of;
	}
	if (!project)
		project = project_of_subject(
			sets_mail(s, set_first_mail(set))->subject);
	return project ? project : PROJECT_KERNEL;
}

struct sender_row {
	const char *sender;
	int64_t date;
	size_t set;
};

static int compare_rows(const void *left, const void *right)
{
	const struct sender_row *a = left;
	const struct sender_row *b = right;
	int order = strcasecmp(a->sender, b->sender);

	if (order == 0)
		order = a->date < b->date ? -1 : a->date > b->date;
	return order ? order : a->set < b->set ? -1 : a->set > b->set;
}

static const struct subject *announced(const struct sets *s, size_t set)
{
	return sets_mail(s, set_first_mail(&s->v[set]))->subject;
}

/* Is @other an earlier one of the patch bomb that @set is in? */
static bool is_before(const struct sets *s, const struct together *v,
		      size_t other, size_t set)
{
	const struct subject *a = announced(s, other);
	const struct subject *b = announced(s, set);

	return a->set_index > 0 && a->set_index < b->set_index &&
	       a->set_total == b->set_total &&
	       strcmp(v[other].project, v[set].project) == 0;
}

/*
 * The one right before it; of several bombs of one day that of its version. The
 * nearest in time is seen first.
 */
static bool is_closer(const struct sets *s, size_t set, size_t a, size_t b)
{
	unsigned index_a = announced(s, a)->set_index;
	unsigned index_b = announced(s, b)->set_index;

	if (index_a != index_b)
		return index_a > index_b;
	return s->v[a].version == s->v[set].version &&
	       s->v[b].version != s->v[set].version;
}

static void see(struct together *v, const struct sets *s, size_t set,
		size_t other)
{
	struct together *t = &v[set];

	if (!sets_is_near(first_of(s, set), first_of(s, other), SAME_BOMB_S))
		return;
	if (is_before(s, v, other, set) &&
	    (t->before == SETS_NONE || is_closer(s, set, other, t->before)))
		t->before = other;
	/* the first that is seen is the nearest */
	if (t->pair == SETS_NONE && !project_is_kernel(t->project) &&
	    project_is_kernel(v[other].project))
		t->pair = other;
}

static void link_row(struct together *v, const struct sets *s,
		     const struct sender_row *rows, size_t n, size_t at)
{
	size_t low = at;
	size_t high = at + 1;

	for (int tried = 0; tried < MAX_TRIED; tried++) {
		if (low > 0 &&
		    strcasecmp(rows[low - 1].sender, rows[at].sender) == 0)
			see(v, s, rows[at].set, rows[--low].set);
		if (high < n &&
		    strcasecmp(rows[high].sender, rows[at].sender) == 0)
			see(v, s, rows[at].set, rows[high++].set);
	}
}

struct together *together_find(const struct sets *s)
{
	struct together *v = xcalloc(s->n + 1, sizeof(*v));
	AUTO(mem_free)
	struct sender_row *rows = xcalloc(s->n + 1, sizeof(*rows));

	for (size_t i = 0; i < s->n; i++) {
		v[i] = (struct together){ find_project(s, &s->v[i]), SETS_NONE,
					  SETS_NONE };
		rows[i] = (struct sender_row){ sets_sender(first_of(s, i)),
					       first_of(s, i)->date, i };
	}
	if (s->n > 0)
		qsort(rows, s->n, sizeof(*rows), compare_rows);
	for (size_t i = 0; i < s->n; i++)
		link_row(v, s, rows, s->n, i);
	return v;
}
