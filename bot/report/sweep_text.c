/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/sweep_text.h"

#include <string.h>

#include "bot/base/wrap.h"
#include "rules/losers.h"
#include "rules/pair.h"
#include "rules/review.h"
#include "rules/words.h"

#define WIDTH 78
#define FIELDS_MAX 32768 /* bytes: OUTCOME_MAX_FIELDS of the longest */

static const struct wrap steps_at = { .width = WIDTH, .indent = 2, .hang = 4 };
static const struct wrap inside = { .width = WIDTH, .indent = 6 };

/* "fell back to buffered; the direct writer loses" */
static char *tell_deed(const struct outcome *o)
{
	AUTO(mem_free) char *losers = review_losers_name(losers_find(o));

	if (!outcome_find(o, "sweep.at"))
		return xasprintf("could not be looked at: %s", o->how);
	if (!o->provoked)
		return xstrdup("they did not meet");
	return xasprintf("%s; %s loses data", review_path_name(words_path(o)),
			 losers);
}

/* On one line when both kernels saw it at the same steps. */
static void add_steps(struct buf *out, const struct sweep_group *g,
		      bool has_patched)
{
	const struct sweep_ranges *base = &g->at[SWEEP_BASE];
	const struct sweep_ranges *patched = &g->at[SWEEP_PATCHED];
	AUTO(mem_free) char *before = sweep_steps(base);
	AUTO(mem_free) char *now = sweep_steps(patched);

	if (!has_patched)
		wrap_add(out, &steps_at, before);
	else if (strcmp(before, now) == 0)
		wrap_addf(out, &steps_at, "both, %s", before);
	else if (base->n > 0)
		wrap_addf(out, &steps_at, "base, %s", before);
	if (has_patched && patched->n > 0 && strcmp(before, now) != 0)
		wrap_addf(out, &steps_at, "patched, %s", now);
}

static void add_fields(struct buf *out, const struct outcome *o, bool all)
{
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, FIELDS_MAX);
	for (size_t i = 0; i < o->n; i++)
		if (all || pair_is_told(o->v[i].name))
			buf_addf(&text, "%s%s=%s", text.len ? ", " : "",
				 o->v[i].name, o->v[i].value);
	wrap_add(out, &inside, buf_text(&text));
}

static void add_broken(struct buf *out, const struct sweep_pair *p)
{
	AUTO(mem_free) char *steps = sweep_steps(&p->broken_at);
	AUTO(mem_free)
	char *how = words_broken(contract_find_broken(p->contract, p->breaks),
				 p->breaks);

	wrap_addf(out, &steps_at, "regression, %s: %s", steps, how);
	wrap_addf(out, &inside, "%s: %s. No step of the base breaks it.",
		  p->contract->id, p->contract->says);
}

static const char *head(const struct sweep_pair *p, bool has_patched)
{
	if (!has_patched)
		return "";
	switch (p->verdict) {
	case SWEEP_NOT_SWEPT:
		return ": not swept";
	case SWEEP_SAME:
		return ": the same outcomes";
	case SWEEP_CHANGED:
		return ": outcomes that the base does not have";
	case SWEEP_REGRESSION:
		return ": regression";
	}
	return "";
}

void sweep_text_pair(struct buf *out, const struct sweep_pair *p,
		     bool has_patched)
{
	if (p->verdict == SWEEP_NOT_SWEPT)
		return;
	buf_addf(out, "\n%s %s%s\n", p->filesystem, p->scenario,
		 head(p, has_patched));
	if (p->verdict == SWEEP_REGRESSION)
		add_broken(out, p);
	for (size_t i = 0; i < p->n; i++) {
		const struct sweep_group *g = &p->v[i];
		AUTO(mem_free) char *deed = tell_deed(g->outcome);

		add_steps(out, g, has_patched);
		wrap_add(out, &inside, deed);
		add_fields(out, g->outcome, false);
	}
}

void sweep_text_unswept(struct buf *out, const struct sweep_pair *pairs,
			size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (pairs[i].verdict != SWEEP_NOT_SWEPT)
			continue;
		if (!any)
			buf_adds(out, "\nnot swept\n");
		any = true;
		wrap_addf(out, &steps_at, "%s %s: %s", pairs[i].filesystem,
			  pairs[i].scenario, pairs[i].why);
	}
}

void sweep_text_run(struct buf *out, const struct outcome *o)
{
	wrap_addf(out, &steps_at, "%s", o->how);
	for (size_t i = 0; i < o->n; i++)
		wrap_addf(out, &inside, "%s: %s", o->v[i].name, o->v[i].value);
}
