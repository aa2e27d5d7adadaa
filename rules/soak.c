/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/soak.h"

#include <string.h>

/* What is broken is so whether or not the run found itself colliding. */
static bool breaks(const struct contract *c, const struct outcome *o)
{
	struct outcome looked_at = *o;

	looked_at.provoked = true;
	return contract_find_broken(c, &looked_at);
}

static struct soak_broken *find_broken(const struct soak_side *s,
				       const struct contract *c)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].contract == c)
			return &s->v[i];
	return NULL;
}

static void add_broken(struct soak_side *s, const struct contract *c,
		       const struct outcome *o)
{
	struct soak_broken *b = find_broken(s, c);

	if (!b) {
		s->v = xreallocarray(s->v, s->n + 1, sizeof(*s->v));
		b = &s->v[s->n++];
		*b = (struct soak_broken){ .contract = c, .first = o };
	}
	b->runs++;
}

static const char *find(const struct outcome *o, const char *name)
{
	const char *value = outcome_find(o, name);

	return value ? value : "";
}

static void add_run(struct soak_side *s, const struct outcome *o,
		    const struct contracts *contracts)
{
	s->runs++;
	s->collided += o->provoked;
	s->cannot += !o->provoked && strcmp(find(o, "soak.folio"), "1") == 0;
	s->last = o;
	for (size_t i = 0; i < contracts->n; i++) {
		const struct contract *c = &contracts->v[i];

		if (contract_is_about(c, o->filesystem, o->scenario) &&
		    !contract_find_exception(c, o->scenario) && breaks(c, o))
			add_broken(s, c, o);
	}
}

static bool is_of(const struct outcome *o, const struct soak_pair *p)
{
	return strcmp(o->filesystem, p->filesystem) == 0 &&
	       strcmp(o->scenario, p->scenario) == 0;
}

/* A run without soak.rounds could not even begin: its "how" says why. */
static bool is_run(const struct outcome *o)
{
	return outcome_find(o, "soak.rounds");
}

static void fill_side(struct soak_side *s, const struct soak_pair *p,
		      const struct soak_told *told,
		      const struct contracts *contracts)
{
	for (size_t i = 0; i < told->outcomes->n; i++) {
		const struct outcome *o = &told->outcomes->v[i];

		if (!is_of(o, p))
			continue;
		if (is_run(o))
			add_run(s, o, contracts);
		else if (!s->refused)
			s->refused = o->how;
	}
}

bool soak_is_new(const struct soak_pair *p, const struct soak_broken *b)
{
	return p->v[SOAK_PATCHED].runs > 0 &&
	       !find_broken(&p->v[SOAK_BASE], b->contract);
}

static bool is_lost_anew(const struct soak_side *base,
			 const struct soak_side *patched)
{
	return (patched->lost && !base->lost) ||
	       (patched->refused && !base->refused);
}

static bool has_new(const struct soak_pair *p)
{
	for (size_t i = 0; i < p->v[SOAK_PATCHED].n; i++)
		if (soak_is_new(p, &p->v[SOAK_PATCHED].v[i]))
			return true;
	return is_lost_anew(&p->v[SOAK_BASE], &p->v[SOAK_PATCHED]);
}

static bool is_broken(const struct soak_side *s)
{
	return s->n > 0 || s->lost;
}

/* Of a kernel on which nothing was broken. */
static enum soak_verdict judge_unbroken(const struct soak_side *s)
{
	if (s->runs == 0)
		return SOAK_NOT_RUN;
	if (s->cannot == s->runs)
		return SOAK_CANNOT_COLLIDE;
	return s->collided ? SOAK_HELD : SOAK_NEVER_COLLIDED;
}

static enum soak_verdict judge(const struct soak_pair *p, bool has_patched)
{
	const struct soak_side *base = &p->v[SOAK_BASE];
	const struct soak_side *patched = &p->v[SOAK_PATCHED];
	enum soak_verdict before, after;

	if (!has_patched && is_broken(base))
		return SOAK_BROKEN;
	if (!has_patched)
		return judge_unbroken(base);
	if (has_new(p))
		return SOAK_BROKEN;
	if (is_broken(base) || is_broken(patched))
		return SOAK_BROKEN_BEFORE;
	before = judge_unbroken(base);
	after = judge_unbroken(patched);
	return before < after ? before : after;
}

void soak_fill(struct soak_pair *p, const char *filesystem,
	       const char *scenario, const struct soak_told told[SOAK_KERNELS],
	       unsigned runs, bool is_told[SOAK_KERNELS],
	       const struct contracts *contracts)
{
	*p = (struct soak_pair){ .filesystem = filesystem,
				 .scenario = scenario };
	for (int k = 0; k < SOAK_KERNELS; k++) {
		struct soak_side *s = &p->v[k];

		if (!told[k].outcomes)
			continue;
		fill_side(s, p, &told[k], contracts);
		if (s->runs == runs || !told[k].ended || is_told[k])
			continue;
		s->lost = told[k].ended;
		is_told[k] = true;
	}
	p->verdict = judge(p, told[SOAK_PATCHED].outcomes);
}

void soak_pair_release(struct soak_pair *p)
{
	for (int k = 0; k < SOAK_KERNELS; k++)
		free(p->v[k].v);
	*p = (struct soak_pair){ 0 };
}
