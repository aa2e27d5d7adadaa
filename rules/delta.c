/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/delta.h"

#include "bot/base/wrap.h"
#include "rules/print.h"

#define MAX_LINES 8 /* of one list; the rest is counted */

/* ---- what became of what was told ---- */

enum fate {
	FATE_STILL,
	FATE_FIXED,
	FATE_UNTRIED,
	FATE_ANOTHER, /* something else is found there now, which is told */
};

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* What the collision shows now that showed @item. */
static enum fate find_pair_fate(const struct review *r,
				const struct told_item *item)
{
	for (size_t i = 0; i < r->n_pairs; i++) {
		const struct review_pair *p = &r->pairs[i];

		if (strcmp(p->filesystem, item->filesystem) != 0 ||
		    strcmp(p->scenario, item->scenario) != 0 ||
		    !is_same(p->guest, item->guest))
			continue;
		if (p->verdict < PAIR_SAME)
			return FATE_UNTRIED;
		return p->verdict == PAIR_SAME || p->verdict == PAIR_FIXED
			       ? FATE_FIXED
			       : FATE_ANOTHER;
	}
	return r->is_base_kernel ? FATE_FIXED : FATE_UNTRIED;
}

static bool is_built(const struct review *r)
{
	for (size_t i = 0; i < r->n_patches; i++)
		if (r->patches[i].build != REVIEW_BUILD_OK)
			return false;
	return r->n_patches > 0;
}

static bool is_of_build(const struct told_item *item)
{
	return strcmp(item->kind, review_finding_name(FINDING_BUILD)) == 0 ||
	       strcmp(item->kind, review_finding_name(FINDING_WARNING)) == 0;
}

/* A warning that is there and not told: somebody has called it unrelated. */
static bool has_warning(const struct review *r, const struct told_item *item)
{
	for (size_t i = 0; i < r->n_patches; i++) {
		const struct finding f = { .kind = FINDING_WARNING,
					   .diagnostics =
						   r->patches[i].new_warnings };

		for (size_t k = 0; k < f.diagnostics.n; k++) {
			AUTO(mem_free) char *print = print_diagnostic(&f, k);

			if (strcmp(print, item->print) == 0)
				return true;
		}
	}
	return false;
}

/* A guest that ended early: what stands in its way now may hide it. */
static bool is_run_through(const struct review *r)
{
	return r->verdict == VERDICT_SAME || r->verdict == VERDICT_FIXED ||
	       r->verdict == VERDICT_CHANGED;
}

static enum fate find_fate(const struct review *r, const struct told *now,
			   const struct told_item *item)
{
	bool is_fixed;

	if (told_find(now, item->print))
		return FATE_STILL;
	if (has_warning(r, item))
		return FATE_ANOTHER;
	if (strcmp(item->kind, TOLD_HOLES) == 0)
		is_fixed = r->missing.n == 0;
	else if (strcmp(item->kind, TOLD_CONFLICT) == 0)
		is_fixed = r->missing.n == 0 && r->base.commit &&
			   r->verdict != VERDICT_DOES_NOT_APPLY;
	else if (is_of_build(item))
		is_fixed = is_built(r);
	else if (item->filesystem)
		return find_pair_fate(r, item);
	else
		is_fixed = is_run_through(r);
	return is_fixed ? FATE_FIXED : FATE_UNTRIED;
}

/* ---- the lists ---- */

/* A list of items that another list owns. */
static void borrow(struct told *to, const struct told_item *item)
{
	to->v = xreallocarray(to->v, to->n + 1, sizeof(*to->v));
	to->v[to->n++] = *item;
}

static void say_borrowed(struct strings *out, struct told *t)
{
	told_say(out, t);
	free(t->v);
}

static void find_old(struct review_delta *d, const struct review *r,
		     const struct told *before, const struct told *now)
{
	struct told fixed = { 0 }, still = { 0 }, untried = { 0 };

	for (size_t i = 0; i < before->n; i++) {
		switch (find_fate(r, now, &before->v[i])) {
		case FATE_STILL:
			borrow(&still, &before->v[i]);
			break;
		case FATE_FIXED:
			borrow(&fixed, &before->v[i]);
			break;
		case FATE_UNTRIED:
			borrow(&untried, &before->v[i]);
			break;
		case FATE_ANOTHER:
			break;
		}
	}
	say_borrowed(&d->still, &still);
	say_borrowed(&d->fixed, &fixed);
	say_borrowed(&d->untried, &untried);
}

static void find_fresh(struct review_delta *d, const struct told *before,
		       const struct told *now)
{
	struct told fresh = { 0 };

	for (size_t i = 0; i < now->n; i++)
		if (!told_find(before, now->v[i].print))
			borrow(&fresh, &now->v[i]);
	say_borrowed(&d->fresh, &fresh);
}

/* Each warning of a patch has a print of its own. */
static bool is_told(const struct told *before, const struct finding *f)
{
	AUTO(mem_free) char *print = print_finding(f);
	size_t n = f->kind == FINDING_WARNING ? f->diagnostics.n : 0;

	for (size_t i = 0; i < n; i++) {
		AUTO(mem_free) char *line = print_diagnostic(f, i);

		if (!told_find(before, line))
			return false;
	}
	return n > 0 || told_find(before, print);
}

void delta_find(struct review *r, const struct delta_before *before)
{
	struct review_delta *d = &r->delta;
	AUTO(told_release) struct told now = { 0 };

	told_from_review(&now, r);
	d->since = xstrdup(before->since);
	d->answer = xstrdup(before->answer);
	d->is_itself = before->is_itself;
	find_old(d, r, before->told, &now);
	find_fresh(d, before->told, &now);
	for (size_t i = 0; i < r->n_findings; i++)
		r->findings[i].is_told = is_told(before->told, &r->findings[i]);
	for (size_t i = 0; before->skipped && i < before->skipped->n; i++)
		strings_push(&d->skipped, before->skipped->v[i]);
}

bool delta_is_news(const struct review_delta *d)
{
	return d->fresh.n > 0 || d->fixed.n > 0;
}

bool delta_is_all_fixed(const struct review_delta *d)
{
	return d->fixed.n > 0 && d->fresh.n == 0 && d->still.n == 0 &&
	       d->untried.n == 0;
}

/* ---- telling it ---- */

static void tell_list(struct buf *out, const char *name,
		      const struct strings *list, unsigned width)
{
	const struct wrap w = { .width = width, .indent = 2, .hang = 2 };

	for (size_t i = 0; i < list->n && i < MAX_LINES; i++)
		wrap_addf(out, &w, "%s%s", name, list->v[i]);
	if (list->n > MAX_LINES)
		wrap_addf(out, &w, "%s%zu more", name, list->n - MAX_LINES);
}

void delta_list(struct buf *out, const struct review_delta *d, unsigned width)
{
	tell_list(out, d->is_itself ? "not seen again: " : "fixed: ", &d->fixed,
		  width);
	tell_list(out, "still: ", &d->still, width);
	tell_list(out, "new: ", &d->fresh, width);
	tell_list(out, "not tried again: ", &d->untried, width);
	tell_list(out, "", &d->skipped, width);
}

void delta_tell(struct buf *out, const struct review_delta *d, unsigned width)
{
	const struct wrap w = { .width = width };

	if (!d->since)
		return;
	wrap_addf(out, &w, "Since %s, answered in <%s>:",
		  d->is_itself ? "this version" : d->since, d->answer);
	buf_addc(out, '\n');
	delta_list(out, d, width);
}
