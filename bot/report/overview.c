/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/overview.h"

#include <string.h>

#include "bot/base/span.h"
#include "bot/store/mails.h"
#include "parsers/loreurl.h"

static void revision_release(struct overview_revision *r)
{
	revisions_row_release(&r->row);
	attempts_release(&r->attempts);
	outbox_list_release(&r->mails);
	answers_orders_release(&r->orders);
}

void overview_release(struct overview *s)
{
	for (size_t i = 0; i < s->n_lists; i++)
		lists_row_release(&s->lists[i].poll);
	free(s->lists);
	lists_rejects_release(&s->rejects);
	for (size_t i = 0; i < s->n; i++)
		revision_release(&s->v[i]);
	free(s->v);
	*s = (struct overview){ 0 };
}

static int add_list(struct overview *s, struct store *st, const char *name,
		    bool is_followed, struct err *err)
{
	struct overview_list *l;
	bool found;

	s->lists = xreallocarray(s->lists, s->n_lists + 1, sizeof(*s->lists));
	l = &s->lists[s->n_lists++];
	*l = (struct overview_list){ .is_followed = is_followed };
	if (lists_find(&found, &l->poll, st, name, err) < 0)
		return -1;
	if (!found)
		l->poll.name = xstrdup(name);
	return lists_count(&l->count, st, name, err);
}

static bool is_wanted(const struct overview_want *want, const char *list)
{
	return !want->list || strcmp(want->list, list) == 0;
}

static int read_lists(struct overview *s, struct store *st,
		      const struct overview_want *want, struct err *err)
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
				 OVERVIEW_MAX_REJECTS, err);
}

/* @row is consumed. */
static int add_revision(struct overview *s, struct store *st,
			struct revisions_row *row, struct err *err)
{
	struct overview_revision *r;

	s->v = xreallocarray(s->v, s->n + 1, sizeof(*s->v));
	r = &s->v[s->n++];
	*r = (struct overview_revision){ .row = *row };
	*row = (struct revisions_row){ 0 };
	if (attempts_get(&r->attempts, st, r->row.id, err) < 0 ||
	    answers_get_orders(&r->orders, st, r->row.series,
			       OVERVIEW_MAX_ORDERS, err) < 0)
		return -1;
	return outbox_all(&r->mails, st, r->row.id, err);
}

static int add_revisions(struct overview *s, struct store *st,
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

static int add_all(struct overview *s, struct store *st,
		   const struct overview_want *want, struct err *err)
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

static int add_numbered(struct overview *s, struct store *st, int64_t id,
			struct err *err)
{
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	bool found;

	if (revisions_find(&found, &row, st, id, err) < 0)
		return -1;
	return found ? add_revision(s, st, &row, err) : 0;
}

/* What is in the thread of a mail. */
static int add_posted(struct overview *s, struct store *st,
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
			     OVERVIEW_MAX_ROWS, err);
}

/* As a Message-ID or an address of its page; else it is no mail at all. */
static int add_mail(struct overview *s, struct store *st,
		    const struct overview_want *want, struct err *err)
{
	AUTO(loreurl_free) struct loreurl *u = NULL;
	const char *text = want->series;
	struct err none = ERR_INIT;

	if (!loreurl_is(text) ||
	    loreurl_parse(&u, text, strlen(text), want->urls, &none) < 0)
		return 0;
	return add_posted(s, st, u->message_id, err);
}

static int add_series(struct overview *s, struct store *st,
		      const struct overview_want *want, struct err *err)
{
	struct span digits = span_cstr(want->series);
	uint64_t n;

	if (span_uint(&digits, INT64_MAX, &n) && span_len(digits) == 0 &&
	    add_numbered(s, st, (int64_t)n, err) < 0)
		return -1;
	if (!s->n && add_mail(s, st, want, err) < 0)
		return -1;
	if (!s->n && *want->series &&
	    add_revisions(s, st,
			  &(struct revisions_which){ .words = want->series },
			  OVERVIEW_MAX_ROWS, err) < 0)
		return -1;
	if (!s->n)
		return err_set(err, ERR_INPUT,
			       "no series '%.100s': an id, a Message-ID, or a "
			       "piece of a title is needed",
			       want->series);
	return 0;
}

static int fill(struct overview *s, struct store *st,
		const struct overview_want *want, struct err *err)
{
	s->is_detailed = want->series != NULL;
	if (revisions_count(s->states, st, err) < 0)
		return -1;
	if (want->series)
		return add_series(s, st, want, err);
	if (read_lists(s, st, want, err) < 0)
		return -1;
	return add_all(s, st, want, err);
}

int overview_read(struct overview *out, struct store *st,
		  const struct overview_want *want, struct err *err)
{
	AUTO(overview_release) struct overview s = { 0 };

	if (fill(&s, st, want, err) < 0)
		return -1;
	*out = s;
	s = (struct overview){ 0 };
	return 0;
}
