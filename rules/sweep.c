/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/sweep.h"

#include <string.h>

#include "bot/base/buf.h"
#include "rules/pair.h"

#define STEPS_TEXT_MAX 1000000 /* a thousand ranges with a name each */

/* What runs of one pair are compared under. */
struct comparing {
	const struct contracts *contracts;
	const char *filesystem;
	const char *scenario;
};

static bool is_compared(const struct comparing *c, const char *field)
{
	return pair_is_told(field) &&
	       !pair_may_vary(c->contracts, c->filesystem, c->scenario, field);
}

/* Each compared field of @a is in @b, too, and so many they are. */
static bool has_all(size_t *n_out, const struct outcome *b,
		    const struct outcome *a, const struct comparing *c)
{
	*n_out = 0;
	for (size_t i = 0; i < a->n; i++) {
		const char *other;

		if (!is_compared(c, a->v[i].name))
			continue;
		other = outcome_find(b, a->v[i].name);
		if (!other || strcmp(other, a->v[i].value) != 0)
			return false;
		++*n_out;
	}
	return true;
}

static bool tells_same(const struct outcome *a, const struct outcome *b,
		       const struct comparing *c)
{
	size_t in_a, in_b;

	return a->provoked == b->provoked && has_all(&in_a, b, a, c) &&
	       has_all(&in_b, a, b, c) && in_a == in_b;
}

static const char *met(const struct outcome *o)
{
	const char *where = outcome_find(o, "sweep.met");

	return where ? where : "";
}

static void add_step(struct sweep_ranges *at, const struct outcome *o)
{
	struct sweep_range *last = at->n ? &at->v[at->n - 1] : NULL;

	if (last && last->last + 1 == o->run &&
	    strcmp(last->met, met(o)) == 0) {
		last->last = o->run;
		return;
	}
	at->v = xreallocarray(at->v, at->n + 1, sizeof(*at->v));
	at->v[at->n++] = (struct sweep_range){ o->run, o->run, met(o) };
}

static void add_run(struct sweep_pair *p, enum sweep_kernel kernel,
		    const struct outcome *o, const struct comparing *c)
{
	size_t i = 0;

	while (i < p->n && !tells_same(p->v[i].outcome, o, c))
		i++;
	if (i == p->n) {
		p->v = xreallocarray(p->v, p->n + 1, sizeof(*p->v));
		p->v[p->n++] = (struct sweep_group){ .outcome = o };
	}
	add_step(&p->v[i].at[kernel], o);
}

static bool is_of(const struct outcome *o, const char *filesystem,
		  const char *scenario)
{
	return strcmp(o->filesystem, filesystem) == 0 &&
	       strcmp(o->scenario, scenario) == 0;
}

static void add_kernel(struct sweep_pair *p, enum sweep_kernel kernel,
		       const struct outcomes *runs, const struct comparing *c)
{
	for (size_t i = 0; runs && i < runs->n; i++)
		if (is_of(&runs->v[i], p->filesystem, p->scenario))
			add_run(p, kernel, &runs->v[i], c);
}

/* No step of @kernel was one: sweep.at is told by all that were. */
static bool is_swept(const struct sweep_pair *p, enum sweep_kernel kernel)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].at[kernel].n &&
		    outcome_find(p->v[i].outcome, "sweep.at"))
			return true;
	return false;
}

/*
 * The steps of @runs that break @c. Each run is asked, as what tells the same
 * may differ in the kernel's log. *first_out: one of them, or NULL.
 */
static void find_broken(const struct outcome **first_out,
			struct sweep_ranges *at, const struct sweep_pair *p,
			const struct outcomes *runs, const struct contract *c)
{
	*first_out = NULL;
	for (size_t i = 0; i < runs->n; i++) {
		const struct outcome *o = &runs->v[i];

		if (!is_of(o, p->filesystem, p->scenario) ||
		    !contract_find_broken(c, o))
			continue;
		if (!*first_out)
			*first_out = o;
		add_step(at, o);
	}
}

/* It holds at any moment of this pair, and the base keeps it. */
static bool is_invariant(const struct contract *c, const struct sweep_pair *p,
			 const struct outcomes *base)
{
	struct sweep_ranges at = { 0 };
	const struct outcome *first;

	if (c->scenarios.only.n > 0 ||
	    !contract_is_about(c, p->filesystem, p->scenario) ||
	    contract_find_exception(c, p->scenario))
		return false;
	find_broken(&first, &at, p, base, c);
	free(at.v);
	return !first;
}

static bool judge_regression(struct sweep_pair *p, const struct outcomes *base,
			     const struct outcomes *patched,
			     const struct contracts *contracts)
{
	for (size_t i = 0; i < contracts->n; i++) {
		const struct contract *c = &contracts->v[i];

		if (!is_invariant(c, p, base))
			continue;
		find_broken(&p->breaks, &p->broken_at, p, patched, c);
		if (!p->breaks)
			continue;
		p->contract = c;
		p->verdict = SWEEP_REGRESSION;
		return true;
	}
	return false;
}

static void judge(struct sweep_pair *p, const struct outcomes *base,
		  const struct outcomes *patched,
		  const struct contracts *contracts)
{
	p->verdict = SWEEP_SAME;
	if (!patched || judge_regression(p, base, patched, contracts))
		return;
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].at[SWEEP_BASE].n == 0)
			p->verdict = SWEEP_CHANGED;
}

/* What a kernel said of it in place of a step, if any said a word. */
static const char *find_refusal(const struct sweep_pair *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (!outcome_find(p->v[i].outcome, "sweep.at"))
			return p->v[i].outcome->how;
	return "a guest ended before it came to it";
}

void sweep_fill(struct sweep_pair *p, const char *filesystem,
		const char *scenario, const struct outcomes *base,
		const struct outcomes *patched,
		const struct contracts *contracts)
{
	const struct comparing c = { contracts, filesystem, scenario };

	*p = (struct sweep_pair){ .filesystem = filesystem,
				  .scenario = scenario };
	add_kernel(p, SWEEP_BASE, base, &c);
	add_kernel(p, SWEEP_PATCHED, patched, &c);
	if (is_swept(p, SWEEP_BASE) && (!patched || is_swept(p, SWEEP_PATCHED)))
		judge(p, base, patched, contracts);
	else
		p->why = find_refusal(p);
}

void sweep_pair_release(struct sweep_pair *p)
{
	for (size_t i = 0; i < p->n; i++)
		for (int k = 0; k < SWEEP_KERNELS; k++)
			free(p->v[i].at[k].v);
	free(p->v);
	free(p->broken_at.v);
	*p = (struct sweep_pair){ 0 };
}

static void add_range(struct buf *out, const struct sweep_range *r)
{
	if (r->first == r->last)
		buf_addf(out, "%u", r->first);
	else
		buf_addf(out, "%u-%u", r->first, r->last);
	if (*r->met)
		buf_addf(out, " (%s)", r->met);
}

char *sweep_steps(const struct sweep_ranges *at)
{
	bool is_one = at->n == 1 && at->v[0].first == at->v[0].last;
	struct buf out = { 0 };

	buf_init(&out, STEPS_TEXT_MAX);
	buf_adds(&out, is_one ? "step " : "steps ");
	for (size_t i = 0; i < at->n; i++) {
		buf_adds(&out, i == 0 ? "" : i + 1 < at->n ? ", " : " and ");
		add_range(&out, &at->v[i]);
	}
	return buf_take(&out);
}

bool sweep_is_steady(const struct outcomes *runs, const char *filesystem,
		     const char *scenario)
{
	static const struct contracts none = { 0 };
	const struct comparing c = { &none, filesystem, scenario };
	const struct outcome *first = NULL;

	for (size_t i = 0; i < runs->n; i++) {
		const struct outcome *o = &runs->v[i];

		if (!is_of(o, filesystem, scenario))
			continue;
		if (!first)
			first = o;
		if (!tells_same(first, o, &c) ||
		    strcmp(met(first), met(o)) != 0)
			return false;
	}
	return first;
}
