/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/pair.h"

#include "rules/losers.h"
#include "rules/words.h"

static bool ends_with(const char *field, const char *end)
{
	size_t len = strlen(field), end_len = strlen(end);

	return len > end_len && strcmp(field + len - end_len, end) == 0;
}

bool pair_is_told(const char *field)
{
	static const char *const whole[] = { "size",	"size.during", "cache",
					     "disk",	"medium",      "clone",
					     "sectors", "flushed" };

	for (size_t i = 0; i < ARRAY_LEN(whole); i++)
		if (strcmp(field, whole[i]) == 0)
			return true;
	if (strncmp(field, "fsync.", 6) == 0)
		return !ends_with(field, ".waited");
	return ends_with(field, ".returned") || ends_with(field, ".data");
}

bool pair_is_alike(const struct outcome *a, const struct outcome *b)
{
	for (size_t i = 0; i < b->n; i++) {
		const char *other = outcome_find(a, b->v[i].name);

		if (pair_is_told(b->v[i].name) &&
		    (!other || strcmp(other, b->v[i].value) != 0))
			return false;
	}
	return true;
}

static bool is_same_told(const struct outcome *a, const struct outcome *b)
{
	return a->provoked == b->provoked && pair_is_alike(a, b) &&
	       pair_is_alike(b, a);
}

static struct outcome copy_outcome(const struct outcome *o)
{
	struct outcome copy = { .filesystem = xstrdup(o->filesystem),
				.scenario = xstrdup(o->scenario),
				.run = o->run,
				.provoked = o->provoked,
				.how = o->how ? xstrdup(o->how) : NULL };

	for (size_t i = 0; i < o->n; i++)
		outcome_add(&copy, o->v[i].name, o->v[i].value);
	return copy;
}

static void add_run(struct pair_side *side, const struct outcome *o)
{
	side->runs++;
	side->provoked += o->provoked;
	for (size_t i = 0; i < side->n; i++) {
		if (is_same_told(&side->v[i].outcome, o)) {
			side->v[i].runs++;
			return;
		}
	}
	side->v = xreallocarray(side->v, side->n + 1, sizeof(*side->v));
	side->v[side->n++] =
		(struct pair_variant){ .runs = 1, .outcome = copy_outcome(o) };
}

const struct outcome *pair_find_typical(const struct pair_side *side)
{
	const struct pair_variant *best = NULL;

	for (size_t i = 0; i < side->n; i++)
		if (side->v[i].outcome.provoked &&
		    (!best || side->v[i].runs > best->runs))
			best = &side->v[i];
	return best ? &best->outcome : NULL;
}

static void fill_side(struct pair_side *side, const struct outcomes *all,
		      const char *filesystem, const char *scenario)
{
	const struct outcome *o;

	for (size_t i = 0; all && i < all->n; i++) {
		o = &all->v[i];
		if (strcmp(o->filesystem, filesystem) == 0 &&
		    strcmp(o->scenario, scenario) == 0)
			add_run(side, o);
	}
	o = pair_find_typical(side);
	side->path = o ? words_path(o) : PATH_UNKNOWN;
	side->losers = o ? losers_find(o) : 0;
}

/* In how many provoked runs @c is broken; @example_out: one such, or NULL. */
static unsigned count_broken(const struct outcome **example_out,
			     const struct pair_side *side,
			     const struct contract *c)
{
	unsigned n = 0;

	*example_out = NULL;
	for (size_t i = 0; i < side->n; i++) {
		if (!contract_find_broken(c, &side->v[i].outcome))
			continue;
		n += side->v[i].runs;
		if (!*example_out)
			*example_out = &side->v[i].outcome;
	}
	return n;
}

bool pair_may_vary(const struct contracts *contracts, const char *filesystem,
		   const char *scenario, const char *field)
{
	for (size_t i = 0; i < contracts->n; i++) {
		const struct contract *c = &contracts->v[i];

		if (contract_is_about(c, filesystem, scenario) &&
		    strings_has(&c->varies, field))
			return true;
	}
	return false;
}

static bool is_seen(const struct pair_side *side, const char *field,
		    const char *value)
{
	for (size_t i = 0; i < side->n; i++) {
		const char *other = outcome_find(&side->v[i].outcome, field);

		if (side->v[i].outcome.provoked && other &&
		    strcmp(other, value) == 0)
			return true;
	}
	return false;
}

const char *pair_find_new(const struct review_pair *p,
			  const struct contracts *contracts,
			  const struct outcome *patched)
{
	for (size_t i = 0; i < patched->n; i++) {
		const struct outcome_field *f = &patched->v[i];

		if (pair_is_told(f->name) && strcmp(f->value, "unknown") != 0 &&
		    !pair_may_vary(contracts, p->filesystem, p->scenario,
				   f->name) &&
		    !is_seen(&p->base, f->name, f->value))
			return f->name;
	}
	return NULL;
}

/* In how many provoked runs something is told that the base never told. */
static unsigned count_new(const struct outcome **example_out,
			  const struct contracts *contracts,
			  const struct review_pair *pair)
{
	unsigned n = 0;

	*example_out = NULL;
	for (size_t i = 0; i < pair->patched.n; i++) {
		const struct outcome *o = &pair->patched.v[i].outcome;

		if (!o->provoked || !pair_find_new(pair, contracts, o))
			continue;
		n += pair->patched.v[i].runs;
		if (!*example_out)
			*example_out = o;
	}
	return n;
}

static bool is_path_other(const struct review_pair *pair)
{
	return pair->base.path != PATH_UNKNOWN &&
	       pair->patched.path != PATH_UNKNOWN &&
	       pair->base.path != pair->patched.path;
}

static bool judge_regression(struct judgement *j, const struct review_pair *p,
			     const struct contracts *contracts)
{
	const struct outcome *unused;

	for (size_t i = 0; i < contracts->n; i++) {
		const struct contract *c = &contracts->v[i];

		if (!contract_is_about(c, p->filesystem, p->scenario) ||
		    count_broken(&unused, &p->base, c) > 0)
			continue;
		j->patched_seen = count_broken(&j->patched, &p->patched, c);
		if (j->patched_seen == 0)
			continue;
		j->verdict = PAIR_REGRESSION;
		j->contract = c;
		j->base = pair_find_typical(&p->base);
		return true;
	}
	return false;
}

/* Broken in each run of the base, in no run now. */
static bool judge_fixed(struct judgement *j, const struct review_pair *p,
			const struct contracts *contracts)
{
	const struct outcome *unused;

	for (size_t i = 0; i < contracts->n; i++) {
		const struct contract *c = &contracts->v[i];

		if (!contract_is_about(c, p->filesystem, p->scenario) ||
		    count_broken(&unused, &p->patched, c) > 0)
			continue;
		j->base_seen = count_broken(&j->base, &p->base, c);
		if (j->base_seen < p->base.provoked)
			continue;
		j->verdict = PAIR_FIXED;
		j->contract = c;
		j->patched = pair_find_typical(&p->patched);
		return true;
	}
	j->base_seen = 0;
	return false;
}

static bool judge_changed(struct judgement *j, const struct review_pair *p,
			  const struct contracts *contracts)
{
	j->patched_seen = count_new(&j->patched, contracts, p);
	if (j->patched_seen == 0 && is_path_other(p)) {
		j->patched = pair_find_typical(&p->patched);
		j->patched_seen = p->patched.provoked;
	}
	if (j->patched_seen == 0)
		return false;
	j->verdict = PAIR_CHANGED;
	j->base = pair_find_typical(&p->base);
	return true;
}

const struct outcome *pair_find_unobserved(const struct review_pair *p)
{
	const struct outcome *base = pair_find_typical(&p->base);

	for (size_t i = 0; base && i < p->patched.n; i++) {
		const struct outcome *o = &p->patched.v[i].outcome;

		for (size_t k = 0; o->provoked && k < base->n; k++)
			if (pair_is_told(base->v[k].name) &&
			    !outcome_find(o, base->v[k].name))
				return o;
	}
	return NULL;
}

struct judgement pair_judge(const struct review_pair *p,
			    const struct contracts *contracts)
{
	struct judgement j = { .verdict = PAIR_SAME };

	if (p->base.runs == 0 || p->patched.runs == 0)
		j.verdict = PAIR_COULD_NOT_RUN;
	else if (p->base.provoked == 0 || p->patched.provoked == 0)
		j.verdict = PAIR_NOT_PROVOKED;
	else if (!judge_regression(&j, p, contracts) &&
		 !judge_fixed(&j, p, contracts))
		judge_changed(&j, p, contracts);
	/* The guest ended in it, or the file could not be looked at. */
	if (j.verdict == PAIR_SAME &&
	    (p->patched.runs < p->base.runs || pair_find_unobserved(p)))
		j.verdict = PAIR_COULD_NOT_RUN;
	return j;
}

void pair_fill(struct review_pair *p, const char *filesystem,
	       const char *scenario, const struct outcomes *base,
	       const struct outcomes *patched)
{
	p->filesystem = xstrdup(filesystem);
	p->scenario = xstrdup(scenario);
	fill_side(&p->base, base, filesystem, scenario);
	fill_side(&p->patched, patched, filesystem, scenario);
}
