/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/soak.h"

#include <string.h>

#include "bot/base/span.h"
#include "rules/words.h"

/* ---- what is owned ---- */

static void broken_release(struct soak_broken *b)
{
	free(b->contract);
	free(b->promise);
	free(b->how);
}

static void side_release(struct soak_side *s)
{
	for (size_t i = 0; i < s->n; i++)
		broken_release(&s->v[i]);
	free(s->v);
	outcome_release(&s->last);
	free(s->refused);
	free(s->lost);
}

void soak_pair_release(struct soak_pair *p)
{
	for (int k = 0; k < SOAK_KERNELS; k++)
		side_release(&p->v[k]);
	free(p->filesystem);
	free(p->scenario);
	*p = (struct soak_pair){ 0 };
}

void soak_record_release(struct soak_record *r)
{
	for (size_t i = 0; i < r->n; i++)
		soak_pair_release(&r->v[i]);
	free(r->v);
	free(r->why);
	*r = (struct soak_record){ 0 };
}

struct soak_broken *soak_side_push(struct soak_side *s)
{
	s->v = xreallocarray(s->v, s->n + 1, sizeof(*s->v));
	s->v[s->n] = (struct soak_broken){ 0 };
	return &s->v[s->n++];
}

struct soak_pair *soak_record_push(struct soak_record *r)
{
	r->v = xreallocarray(r->v, r->n + 1, sizeof(*r->v));
	r->v[r->n] = (struct soak_pair){ 0 };
	return &r->v[r->n++];
}

static char *dup_or_null(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

/* ---- runs ---- */

/* What is broken is so whether or not the run found itself colliding. */
static const struct contract_clause *find_clause(const struct contract *c,
						 const struct outcome *o)
{
	struct outcome looked_at = *o;

	looked_at.provoked = true;
	return contract_find_broken(c, &looked_at);
}

static const char *find(const struct outcome *o, const char *name)
{
	const char *value = outcome_find(o, name);

	return value ? value : "";
}

/* Negative: it does not say. */
static int64_t find_number(const struct outcome *o, const char *name)
{
	struct span rest = span_cstr(find(o, name));
	uint64_t n;

	return span_uint(&rest, UINT32_MAX, &n) && span_len(rest) == 0
		       ? (int64_t)n
		       : -1;
}

/* What one run does not tell of, nobody knows of all. */
static void add_count(int64_t *all, const struct outcome *o, const char *name)
{
	int64_t n = find_number(o, name);

	if (*all >= 0)
		*all = n < 0 ? -1 : *all + n;
}

static struct soak_broken *find_broken(const struct soak_side *s,
				       const char *contract)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->v[i].contract, contract) == 0)
			return &s->v[i];
	return NULL;
}

/* "round 2: dio of 8192 at 4096 returned 0" speaks for itself. */
static char *tell_how(const struct contract_clause *clause,
		      const struct outcome *o)
{
	return strncmp(clause->field, "fault.", 6) == 0
		       ? xstrdup(find(o, clause->field))
		       : words_broken(clause, o);
}

static void add_broken(struct soak_side *s, const struct contract *c,
		       const struct contract_clause *clause,
		       const struct outcome *o)
{
	struct soak_broken *b = find_broken(s, c->id);
	int64_t seed = find_number(o, "soak.seed");

	if (!b) {
		b = soak_side_push(s);
		*b = (struct soak_broken){ .contract = xstrdup(c->id),
					   .promise = xstrdup(c->says),
					   .how = tell_how(clause, o),
					   .seed = seed < 0 ? 0
							    : (unsigned)seed };
	}
	b->runs++;
}

static void keep_last(struct soak_side *s, const struct outcome *o)
{
	outcome_release(&s->last);
	s->last.provoked = o->provoked;
	s->last.how = dup_or_null(o->how);
	for (size_t i = 0; i < o->n; i++)
		outcome_add(&s->last, o->v[i].name, o->v[i].value);
}

static bool must_hold(const struct contract *c, const struct outcome *o)
{
	return contract_is_about(c, o->filesystem, o->scenario) &&
	       !contract_find_exception(c, o->scenario);
}

static void add_run(struct soak_side *s, const struct outcome *o,
		    const struct contracts *contracts)
{
	const char *hung = find(o, "fault.hung");

	s->runs++;
	s->collided += o->provoked;
	s->cannot += !o->provoked && strcmp(find(o, "soak.folio"), "1") == 0;
	s->hung += *hung && strcmp(hung, "no") != 0;
	add_count(&s->invalidations, o, "trace.invalidate_fail");
	add_count(&s->told, o, "soak.told");
	keep_last(s, o);
	for (size_t i = 0; i < contracts->n; i++) {
		const struct contract *c = &contracts->v[i];
		const struct contract_clause *clause =
			must_hold(c, o) ? find_clause(c, o) : NULL;

		if (clause)
			add_broken(s, c, clause, o);
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
			s->refused = dup_or_null(o->how);
	}
}

/* ---- the verdict ---- */

static bool is_lost_anew(const struct soak_side *base,
			 const struct soak_side *patched)
{
	return (patched->lost && !base->lost) ||
	       (patched->refused && !base->refused);
}

/* Broken on the patched kernel, and not on the base. */
static void mark_new(struct soak_pair *p)
{
	struct soak_side *s = &p->v[SOAK_PATCHED];

	for (size_t i = 0; i < s->n; i++)
		s->v[i].is_new =
			!find_broken(&p->v[SOAK_BASE], s->v[i].contract);
}

static bool has_new(const struct soak_pair *p)
{
	for (size_t i = 0; i < p->v[SOAK_PATCHED].n; i++)
		if (p->v[SOAK_PATCHED].v[i].is_new)
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
	*p = (struct soak_pair){ .filesystem = xstrdup(filesystem),
				 .scenario = xstrdup(scenario) };
	for (int k = 0; k < SOAK_KERNELS; k++) {
		struct soak_side *s = &p->v[k];

		if (!told[k].outcomes)
			continue;
		fill_side(s, p, &told[k], contracts);
		if (s->runs == runs || !told[k].ended || is_told[k])
			continue;
		s->lost = xstrdup(told[k].ended);
		is_told[k] = true;
	}
	mark_new(p);
	p->verdict = judge(p, told[SOAK_PATCHED].outcomes);
}

bool soak_record_is_worse(const struct soak_record *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].verdict == SOAK_BROKEN)
			return true;
	return false;
}

bool soak_record_is_whole(const struct soak_record *r)
{
	bool any = false;

	for (size_t i = 0; i < r->n; i++) {
		enum soak_verdict v = r->v[i].verdict;

		if (v == SOAK_NOT_RUN || v == SOAK_NEVER_COLLIDED)
			return false;
		any = any || v != SOAK_CANNOT_COLLIDE;
	}
	return any && !r->why;
}

const char *soak_verdict_name(enum soak_verdict v)
{
	switch (v) {
	case SOAK_NOT_RUN:
		return "not run";
	case SOAK_CANNOT_COLLIDE:
		return "cannot collide";
	case SOAK_NEVER_COLLIDED:
		return "did not collide";
	case SOAK_HELD:
		return "held";
	case SOAK_BROKEN_BEFORE:
		return "broken before";
	case SOAK_BROKEN:
		return "broken";
	}
	return "";
}
