/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/wishes.h"

#include <string.h>

#include "bot/mail/compose.h"
#include "rules/print.h"

const char *wishes_stopper(const struct answers_wishes *list)
{
	const struct answers_wish *w =
		answers_find_wish(list, WISHES_STOP, NULL);

	return w ? w->writer : NULL;
}

/* That it does not apply is no finding, but may be known all the same. */
void wishes_prints(struct strings *out, const struct review *r)
{
	for (size_t i = 0; i < r->n_findings; i++) {
		AUTO(mem_free) char *print = NULL;

		if (r->findings[i].kind == FINDING_FIXED)
			continue;
		print = print_finding(&r->findings[i]);
		if (!strings_has(out, print))
			strings_push(out, print);
	}
	if (r->verdict == VERDICT_DOES_NOT_APPLY)
		strings_push_take(out, print_review(r));
}

void wishes_left_release(struct wishes_left *l)
{
	free(l->why);
	*l = (struct wishes_left){ 0 };
}

static const struct answers_wish *find_about(const struct answers_wishes *list,
					     char *print)
{
	AUTO(mem_free) char *about = print;
	const struct answers_wish *w =
		answers_find_wish(list, WISHES_UNRELATED, about);

	return w ? w : answers_find_wish(list, WISHES_KNOWN, about);
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

static char *say(size_t n, const struct answers_wish *w)
{
	bool is_known = strcmp(w->kind, WISHES_KNOWN) == 0;

	return xasprintf("%zu finding%s left out: %s said that %s %s%s%s", n,
			 n == 1 ? " is" : "s are", w->writer,
			 n == 1 ? "it is" : "they are", w->kind,
			 is_known    ? ", at "
			 : *w->words ? ": "
				     : "",
			 w->words);
}

void wishes_leave_out(struct wishes_left *out, struct review *r,
		      const struct answers_wishes *list)
{
	const struct answers_wish *last = NULL;
	bool applies = r->verdict != VERDICT_DOES_NOT_APPLY;

	*out = (struct wishes_left){ 0 };
	for (size_t i = r->n_findings; i > 0; i--) {
		const struct answers_wish *w =
			find_about(list, print_finding(&r->findings[i - 1]));

		if (!w)
			continue;
		last = w;
		out->n++;
		review_remove_finding(r, i - 1);
	}
	if (!applies && out->n == 0) {
		last = find_about(list, print_review(r));
		out->n = last != NULL;
		out->is_silent = out->n > 0;
	} else if (out->n > 0) {
		if (applies && r->verdict != VERDICT_COULD_NOT_TELL)
			r->verdict = verdict_of(r);
		out->is_silent = !compose_is_wanted(r);
	}
	if (last)
		out->why = say(out->n, last);
}
