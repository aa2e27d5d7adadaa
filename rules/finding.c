/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/finding.h"

#include <assert.h>

#include "rules/losers.h"
#include "rules/words.h"

struct finding *finding_add(struct review *r, enum finding_kind kind,
			    const struct range *at,
			    const struct judge_evidence *ev)
{
	struct finding *f = review_add_finding(r);
	const char *id = "";

	if (range_is_pinned(at) && at->first <= r->n_patches)
		id = r->patches[at->first - 1].message_id;
	f->kind = kind;
	f->patch = at->first;
	f->clean = at->clean;
	f->next = range_next(at, ev);
	f->repaired_by = at->mended;
	f->message_id = xstrdup(id);
	return f;
}

static void push_field(struct finding_side *side, const struct outcome *o,
		       const char *name)
{
	const char *value = outcome_find(o, name);

	side->v = xreallocarray(side->v, side->n + 1, sizeof(*side->v));
	side->v[side->n++] = (struct outcome_field){
		.name = xstrdup(name), .value = xstrdup(value ? value : "none")
	};
}

/* It is told otherwise than on the base, or it is what breaks the contract. */
static bool is_shown(const struct judgement *j, const struct outcome_field *f,
		     const char *broken)
{
	const char *before = outcome_find(j->base, f->name);

	if (broken && strcmp(f->name, broken) == 0)
		return true;
	return pair_is_told(f->name) &&
	       (!before || strcmp(before, f->value) != 0);
}

static void add_fields(struct finding *f, const struct judgement *j,
		       const char *broken)
{
	for (size_t i = 0; i < j->patched->n; i++) {
		const struct outcome_field *field = &j->patched->v[i];

		if (!is_shown(j, field, broken))
			continue;
		push_field(&f->base, j->base, field->name);
		push_field(&f->patched, j->patched, field->name);
	}
}

static void fill_sides(struct finding *f, const struct review_pair *p,
		       const struct judgement *j)
{
	f->base.runs = p->base.provoked;
	f->base.seen = j->base_seen;
	f->base.path = xstrdup(review_path_name(words_path(j->base)));
	f->base.losers = review_losers_name(losers_find(j->base));
	f->patched.runs = p->patched.provoked;
	f->patched.seen = j->patched_seen;
	f->patched.path = xstrdup(review_path_name(words_path(j->patched)));
	f->patched.losers = review_losers_name(losers_find(j->patched));
}

static void fill_contract(struct finding *f, const struct contract *c)
{
	f->contract = xstrdup(c->id);
	f->promise = xstrdup(c->says);
	for (size_t i = 0; i < c->sources.n; i++)
		strings_push(&f->sources, c->sources.v[i]);
}

/* Further contracts that the same run breaks and the base keeps. */
static void add_also(struct finding *f, const struct judgement *j,
		     const struct contracts *contracts)
{
	for (size_t i = 0; i < contracts->n; i++) {
		const struct contract *c = &contracts->v[i];

		if (c != j->contract &&
		    contract_is_about(c, f->filesystem, f->scenario) &&
		    contract_find_broken(c, j->patched) &&
		    !contract_find_broken(c, j->base))
			strings_push(&f->also, c->id);
	}
}

static char *say_changed(const struct review_pair *p, const struct judgement *j,
			 const struct contracts *contracts)
{
	enum review_path before = words_path(j->base);
	enum review_path now = words_path(j->patched);
	unsigned lost = losers_find(j->base);
	unsigned loses = losers_find(j->patched);
	const char *field;

	if (before != now && before != PATH_UNKNOWN && now != PATH_UNKNOWN)
		return words_path_changed(j->base, j->patched);
	if (lost != loses)
		return words_losers_changed(lost, loses);
	field = pair_find_new(p, contracts, j->patched);
	return words_field(j->patched, field, outcome_find(j->base, field));
}

void finding_add_pair(struct review *r, enum finding_kind kind,
		      const struct review_pair *p, const struct judgement *j,
		      const struct range *at, const struct judge_evidence *ev,
		      const struct contracts *contracts)
{
	struct finding *f = finding_add(r, kind, at, ev);
	const struct contract_clause *broken = NULL;

	assert(j->contract || kind != FINDING_FIXED);
	f->filesystem = xstrdup(p->filesystem);
	f->scenario = xstrdup(p->scenario);
	fill_sides(f, p, j);
	if (j->contract) {
		fill_contract(f, j->contract);
		broken =
			contract_find_broken(j->contract, kind == FINDING_FIXED
								  ? j->base
								  : j->patched);
		add_also(f, j, contracts);
	}
	add_fields(f, j, broken ? broken->field : NULL);
	f->says = kind == FINDING_FIXED
			  ? xasprintf("kept now: %s", j->contract->says)
		  : broken ? words_broken(broken, j->patched)
			   : say_changed(p, j, contracts);
}

void finding_sort(struct review *r)
{
	for (size_t i = 1; i < r->n_findings; i++) {
		struct finding f = r->findings[i];
		size_t k = i;

		while (k > 0 && (r->findings[k - 1].kind > f.kind ||
				 (r->findings[k - 1].kind == f.kind &&
				  r->findings[k - 1].patch > f.patch))) {
			r->findings[k] = r->findings[k - 1];
			k--;
		}
		r->findings[k] = f;
	}
}
