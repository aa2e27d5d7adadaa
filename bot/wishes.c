/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/wishes.h"

#include <string.h>
#include <time.h>

#include "bot/mail/compose.h"
#include "rules/print.h"
#include "rules/told.h"

const char *wishes_stopper(const struct answers_wishes *list)
{
	const struct answers_wish *w =
		answers_find_wish(list, WISHES_STOP, NULL);

	return w ? w->writer : NULL;
}

/* Of the mail, as it was told; else of what the review has now. */
int wishes_prints(struct strings *out, const char *told, const struct review *r,
		  struct err *err)
{
	AUTO(told_release) struct told t = { 0 };

	if (told_parse(&t, told, err) < 0)
		return -1;
	if (t.n == 0)
		told_from_review(&t, r);
	for (size_t i = 0; i < t.n; i++)
		strings_push(out, t.v[i].print);
	return 0;
}

void wishes_left_release(struct wishes_left *l)
{
	free(l->why);
	*l = (struct wishes_left){ 0 };
}

static const struct answers_wish *find_about(const struct answers_wishes *list,
					     const char *print)
{
	const struct answers_wish *w =
		answers_find_wish(list, WISHES_UNRELATED, print);

	return w ? w : answers_find_wish(list, WISHES_KNOWN, print);
}

/* Of warnings each is a thing of its own: all of them have to be meant. */
static const struct answers_wish *find_warnings(
	const struct answers_wishes *list, const struct finding *f)
{
	const struct answers_wish *w = NULL;

	for (size_t i = 0; i < f->diagnostics.n; i++) {
		AUTO(mem_free) char *print = print_diagnostic(f, i);

		w = find_about(list, print);
		if (!w)
			return NULL;
	}
	return w;
}

static const struct answers_wish *find_wish(const struct answers_wishes *list,
					    const struct finding *f)
{
	AUTO(mem_free) char *print = print_finding(f);

	return f->kind == FINDING_WARNING && f->diagnostics.n > 0
		       ? find_warnings(list, f)
		       : find_about(list, print);
}

static bool has_kind(const struct review *r, enum finding_kind kind)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].kind == kind)
			return true;
	return false;
}

/* As rules/judge.c would have it, had it seen the others alone. */
static enum verdict verdict_of(const struct review *r)
{
	if (has_kind(r, FINDING_BUILD))
		return VERDICT_DOES_NOT_BUILD;
	if (has_kind(r, FINDING_REGRESSION))
		return VERDICT_REGRESSION;
	if (has_kind(r, FINDING_UNCOVERED) || has_kind(r, FINDING_CHANGED))
		return VERDICT_CHANGED;
	return has_kind(r, FINDING_FIXED) ? VERDICT_FIXED : VERDICT_SAME;
}

/* "ada@x.org said that it is known, at https://..."; the caller frees it. */
static char *quote(const struct answers_wish *w, const char *what)
{
	bool is_known = strcmp(w->kind, WISHES_KNOWN) == 0;

	return xasprintf("%s said that %s %s%s%s", w->writer, what, w->kind,
			 is_known    ? ", at "
			 : *w->words ? ": "
				     : "",
			 w->words);
}

static char *say(size_t n, const struct answers_wish *w)
{
	AUTO(mem_free) char *said = quote(w, n == 1 ? "it is" : "they are");

	return xasprintf("%zu finding%s left out: %s", n,
			 n == 1 ? " is" : "s are", said);
}

/* That it does not apply, or has holes, is told in place of any finding. */
static const struct answers_wish *find_whole(const struct answers_wishes *list,
					     const struct review *r)
{
	AUTO(told_release) struct told t = { 0 };

	told_from_review(&t, r);
	return t.n == 1 && (strcmp(t.v[0].kind, TOLD_CONFLICT) == 0 ||
			    strcmp(t.v[0].kind, TOLD_HOLES) == 0)
		       ? find_about(list, t.v[0].print)
		       : NULL;
}

static void leave_findings_out(struct wishes_left *out, struct review *r,
			       const struct answers_wishes *list)
{
	const struct answers_wish *last = NULL;

	for (size_t i = r->n_findings; i > 0; i--) {
		const struct answers_wish *w =
			find_wish(list, &r->findings[i - 1]);

		if (!w)
			continue;
		last = w;
		out->n++;
		review_remove_finding(r, i - 1);
	}
	if (!last)
		return;
	if (r->verdict != VERDICT_COULD_NOT_TELL)
		r->verdict = verdict_of(r);
	out->is_silent = !compose_is_wanted(r);
	out->why = say(out->n, last);
}

void wishes_leave_out(struct wishes_left *out, struct review *r,
		      const struct answers_wishes *list)
{
	const struct answers_wish *whole = find_whole(list, r);

	*out = (struct wishes_left){ 0 };
	if (!whole) {
		leave_findings_out(out, r, list);
		return;
	}
	out->n = 1;
	out->is_silent = true;
	out->why = say(1, whole);
}

/* ---- for who asks at a terminal ---- */

#define DATE 16

static const char *print_date(char out[DATE], int64_t at)
{
	const time_t seconds = (time_t)at;
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) || !strftime(out, DATE, "%Y-%m-%d", &tm))
		*out = '\0';
	return out;
}

/* One order is a wish for each print that it was about. */
static bool is_same_order(const struct answers_wish *a,
			  const struct answers_wish *b)
{
	return strcmp(a->kind, b->kind) == 0 && a->at == b->at &&
	       strcmp(a->writer, b->writer) == 0 &&
	       strcmp(a->words, b->words) == 0;
}

static bool is_first_of_order(const struct answers_wishes *list, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (is_same_order(&list->v[k], &list->v[i]))
			return false;
	return true;
}

/* What of @all that order was about; the items are borrowed. */
static void find_meant(struct told *out, const struct told *all,
		       const struct answers_wishes *list,
		       const struct answers_wish *order)
{
	out->v = xcalloc(all->n + 1, sizeof(*out->v));
	for (size_t i = 0; i < list->n; i++) {
		const struct told_item *item =
			is_same_order(&list->v[i], order)
				? told_find(all, list->v[i].about)
				: NULL;

		if (item && out->n < all->n)
			out->v[out->n++] = *item;
	}
}

static void recall_order(struct review *r, const struct told *all,
			 const struct answers_wishes *list,
			 const struct answers_wish *order)
{
	AUTO(mem_free) char *said = quote(order, "it is");
	AUTO(strings_release) struct strings lines = { 0 };
	struct told meant = { 0 };
	char date[DATE];

	find_meant(&meant, all, list, order);
	told_say(&lines, &meant);
	for (size_t i = 0; i < lines.n; i++)
		strings_push_take(&r->said,
				  xasprintf("%s; on %s %s", lines.v[i],
					    print_date(date, order->at), said));
	free(meant.v);
}

static void recall_stop(struct review *r, const struct answers_wish *w)
{
	char date[DATE];

	strings_push_take(&r->said,
			  xasprintf("on %s %s wanted no more mails about this "
				    "series",
				    print_date(date, w->at), w->writer));
}

void wishes_recall(struct review *r, const struct answers_wishes *list)
{
	AUTO(told_release) struct told all = { 0 };

	told_from_review(&all, r);
	for (size_t i = 0; i < list->n; i++) {
		const struct answers_wish *w = &list->v[i];

		if (strcmp(w->kind, WISHES_STOP) == 0)
			recall_stop(r, w);
		else if (strcmp(w->kind, WISHES_BASE) != 0 &&
			 is_first_of_order(list, i))
			recall_order(r, &all, list, w);
	}
}
