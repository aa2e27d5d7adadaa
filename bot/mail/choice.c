/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/choice.h"

#include "rules/cause.h"
#include "rules/tell.h"

bool choice_is_told(const struct review *r, size_t at)
{
	const struct finding *f = &r->findings[at];

	return f->kind != FINDING_FIXED && f->kind != FINDING_QUESTION &&
	       !f->is_told && tell_is_first(r, at);
}

const struct finding *choice_find_first(const struct review *r)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (choice_is_told(r, i))
			return &r->findings[i];
	return NULL;
}

/* Allowed, not told before, and not of the cause that is told at length. */
static bool is_aside(const struct finding *f, const struct finding *first)
{
	return f->kind == FINDING_CHANGED && !f->is_told &&
	       !cause_is_same(f, first);
}

/* What is allowed is a list, but for a little of it beneath its like. */
static bool is_list_due(const struct review *r, const struct finding *first)
{
	size_t causes = 0;

	if (first->kind != FINDING_CHANGED)
		return true;
	for (size_t i = 0; i < r->n_findings; i++)
		causes +=
			is_aside(&r->findings[i], first) && tell_is_first(r, i);
	return causes > CHOICE_MAX_CHANGED;
}

void choice_run(struct choice *out, const struct review *r)
{
	const struct finding *first = choice_find_first(r);
	const bool is_list = first && is_list_due(r, first);
	size_t told = 0;

	if (!first)
		return;
	out->v = xcalloc(r->n_findings, sizeof(*out->v));
	out->n = r->n_findings;
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];

		if (is_list && is_aside(f, first))
			out->v[i] = CHOICE_LISTED;
		else if (f == first)
			out->v[i] = CHOICE_FIRST;
		else if (choice_is_told(r, i))
			out->v[i] = told++ < CHOICE_MAX_SHORT ? CHOICE_SHORT
							      : CHOICE_MORE;
		out->more += out->v[i] == CHOICE_MORE;
	}
}

void choice_release(struct choice *c)
{
	free(c->v);
}
