/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/standing.h"

#include <string.h>

#include "bot/base/span.h"
#include "bot/store/mails.h"

static void revision_release(struct standing_revision *r)
{
	revisions_row_release(&r->row);
	attempts_release(&r->attempts);
	drafts_row_release(&r->draft);
}

void standing_release(struct standing *s)
{
	for (size_t i = 0; i < s->n_lists; i++)
		lists_row_release(&s->lists[i].poll);
	free(s->lists);
	lists_rejects_release(&s->rejects);
	for (size_t i = 0; i < s->n; i++)
		revision_release(&s->v[i]);
	free(s->v);
	*s = (struct standing){ 0 };
}

static int add_list(struct standing *s, struct store *st, const char *name,
		    bool is_followed, struct err *err)
{
	struct standing_list *l;
	bool found;

	s->lists = xreallocarray(s->lists, s->n_lists + 1, sizeof(*s->lists));
	l = &s->lists[s->n_lists++];
	*l = (struct standing_list){ .is_followed = is_followed };
	if (lists_find(&found, &l->poll, st, name, err) < 0)
		return -1;
	if (!found)
		l->poll.name = xstrdup(name);
	return lists_count(&l->count, st, name, err);
}

static bool is_wanted(const struct standing_want *want, const char *list)
{
	return !want->list || strcmp(want->list, list) == 0;
}

static int read_lists(struct standing *s, struct store *st,
		      const struct standing_want *want, struct err *err)
{
	AUTO(lists_list_release) struct lists_list polled = { 0 };
	const struct strings *followed = want->followed;

	if (lists_all(&polled, st, err) < 0)
		return -1;
	for (size_t i = 0; i < followed->n; i++)
		if (is_wanted(want, followed->v[i]) &&
		    add_list(s, st, followed->v[i], true, err) < 0)
			return -1;
	for (size_t i = 0; i < polled.n; i++)
		if (is_wanted(want, polled.v[i].name) &&
		    !strings_has(followed, polled.v[i].name) &&
		    add_list(s, st, polled.v[i].name, false, err) < 0)
			return -1;
	if (want->list && !s->n_lists)
		return err_set(err, ERR_INPUT, "no list '%s' was followed",
			       want->list);
	return lists_get_rejects(&s->rejects, st, want->list,
				 STANDING_MAX_REJECTS, err);
}

/* @row is consumed. */
static int add_revision(struct standing *s, struct store *st,
			struct revisions_row *row, struct err *err)
{
	struct standing_revision *r;
	bool found;

	s->v = xreallocarray(s->v, s->n + 1, sizeof(*s->v));
	r = &s->v[s->n++];
	*r = (struct standing_revision){ .row = *row };
	*row = (struct revisions_row){ 0 };
	if (attempts_get(&r->attempts, st, r->row.id, err) < 0)
		return -1;
	return drafts_find(&found, &r->draft, st, r->row.id, err);
}

static int add_revisions(struct standing *s, struct store *st,
			 const struct revisions_which *which, size_t max,
			 struct err *err)
{
	AUTO(revisions_list_release) struct revisions_list list = { 0 };

	if (revisions_all(&list, st, which, max, err) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++)
		if (add_revision(s, st, &list.v[i], err) < 0)
			return -1;
	return 0;
}

static bool is_end(enum revisions_state state)
{
	return state == REVISIONS_INCOMPLETE || state == REVISIONS_DONE ||
	       state == REVISIONS_SUPERSEDED || state == REVISIONS_ASIDE;
}

static int add_all(struct standing *s, struct store *st,
		   const struct standing_want *want, struct err *err)
{
	struct revisions_which which = { .list = want->list, .in_state = true };

	for (int i = 0; i < REVISIONS_STATES; i++) {
		which.state = (enum revisions_state)i;
		if (add_revisions(s, st, &which,
				  is_end(which.state) ? want->max_ended
						      : want->max_open,
				  err) < 0)
			return -1;
	}
	return 0;
}

static int add_numbered(struct standing *s, struct store *st, int64_t id,
			struct err *err)
{
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	bool found;

	if (revisions_find(&found, &row, st, id, err) < 0)
		return -1;
	return found ? add_revision(s, st, &row, err) : 0;
}

/* What is in the thread of a mail. */
static int add_posted(struct standing *s, struct store *st,
		      const char *message_id, struct err *err)
{
	AUTO(mails_row_release) struct mails_row mail = { 0 };
	bool found;

	if (mails_find(&found, &mail, st, message_id, err) < 0)
		return -1;
	if (!found)
		return 0;
	return add_revisions(s, st,
			     &(struct revisions_which){ .thread = mail.thread },
			     STANDING_MAX_ROWS, err);
}

/* "<a@b>" and "id:a@b" are "a@b". */
static char *strip_id(const char *text)
{
	struct span s = span_trim(span_cstr(text));

	span_eat(&s, "id:");
	span_eat(&s, "<");
	if (span_len(s) && s.end[-1] == '>')
		s.end--;
	return span_dup(s);
}

static int add_series(struct standing *s, struct store *st, const char *series,
		      struct err *err)
{
	AUTO(mem_free) char *id = strip_id(series);
	struct span digits = span_cstr(series);
	uint64_t n;

	if (span_uint(&digits, INT64_MAX, &n) && span_len(digits) == 0 &&
	    add_numbered(s, st, (int64_t)n, err) < 0)
		return -1;
	if (!s->n && add_posted(s, st, id, err) < 0)
		return -1;
	if (!s->n && *series &&
	    add_revisions(s, st, &(struct revisions_which){ .words = series },
			  STANDING_MAX_ROWS, err) < 0)
		return -1;
	if (!s->n)
		return err_set(err, ERR_INPUT,
			       "no series '%.100s': an id, a Message-ID, or a "
			       "piece of a title is needed",
			       series);
	return 0;
}

static int fill(struct standing *s, struct store *st,
		const struct standing_want *want, struct err *err)
{
	s->is_detailed = want->series != NULL;
	if (revisions_count(s->states, st, err) < 0)
		return -1;
	if (want->series)
		return add_series(s, st, want->series, err);
	if (read_lists(s, st, want, err) < 0)
		return -1;
	return add_all(s, st, want, err);
}

int standing_read(struct standing *out, struct store *st,
		  const struct standing_want *want, struct err *err)
{
	AUTO(standing_release) struct standing s = { 0 };

	if (fill(&s, st, want, err) < 0)
		return -1;
	*out = s;
	s = (struct standing){ 0 };
	return 0;
}
