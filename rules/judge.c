/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/judge.h"

#include "bot/base/buf.h"
#include "bot/base/span.h"
#include "rules/finding.h"
#include "rules/pair.h"
#include "rules/range.h"

#define END_MAX_BYTES 4000 /* of the words of a guest, with ours */

struct trial {
	const struct judge_evidence *ev;
	const struct contracts *contracts;
	const struct judge_step *patched; /* of the whole series, or NULL */
};

/* What @verdict says of a fault of @kind. */
static enum shown show(enum pair_verdict verdict, enum finding_kind kind)
{
	if (verdict == PAIR_COULD_NOT_RUN || verdict == PAIR_NOT_PROVOKED)
		return SHOWN_UNKNOWN;
	if (verdict == PAIR_REGRESSION)
		return kind == FINDING_FIXED ? SHOWN_CLEAN : SHOWN_FAULT;
	if (verdict == PAIR_CHANGED)
		return kind == FINDING_CHANGED ? SHOWN_FAULT : SHOWN_CLEAN;
	if (verdict == PAIR_FIXED)
		return kind == FINDING_FIXED ? SHOWN_FAULT : SHOWN_CLEAN;
	return SHOWN_CLEAN;
}

/* Worse or other than the base, but not in each run. */
static bool is_unsteady(const struct trial *t, const struct review_pair *p,
			const struct judgement *j)
{
	return t->ev->is_racy &&
	       (j->verdict == PAIR_REGRESSION || j->verdict == PAIR_CHANGED) &&
	       j->patched_seen < p->patched.provoked;
}

static enum pair_verdict judge_at(const struct trial *t,
				  const struct review_pair *p, size_t step)
{
	AUTO(review_pair_release) struct review_pair at = { 0 };
	struct judgement j;

	pair_fill(&at, p->filesystem, p->scenario, t->ev->steps[0].outcomes,
		  t->ev->steps[step].outcomes);
	j = pair_judge(&at, t->contracts);
	return is_unsteady(t, &at, &j) ? PAIR_SAME : j.verdict;
}

/* Where the fault of @kind in this pair begins and ends. */
static bool find_pair_range(struct range *out, const struct trial *t,
			    const struct review_pair *p, enum finding_kind kind)
{
	AUTO(mem_free)
	enum shown *shown = xcalloc(t->ev->n_steps, sizeof(*shown));

	shown[0] = SHOWN_CLEAN;
	for (size_t i = 1; i < t->ev->n_steps; i++)
		shown[i] = show(judge_at(t, p, i), kind);
	return range_find(out, shown, t->ev);
}

/* Broken by a patch in the middle, and not at the end. */
static void add_repaired(struct review *r, const struct trial *t,
			 const struct review_pair *p)
{
	AUTO(review_pair_release) struct review_pair then = { 0 };
	struct judgement j;
	struct range at;
	size_t i = 0;

	if (!find_pair_range(&at, t, p, FINDING_REPAIRED) || !at.mended)
		return;
	while (t->ev->steps[i].patch != at.first)
		i++;
	pair_fill(&then, p->filesystem, p->scenario, t->ev->steps[0].outcomes,
		  t->ev->steps[i].outcomes);
	j = pair_judge(&then, t->contracts);
	finding_add_pair(r, FINDING_REPAIRED, &then, &j, &at, t->ev,
			 t->contracts);
}

/* In the words of a run that did not collide. */
static const char *unprovoked_how(const struct pair_side *side)
{
	const char *how = side->v[0].outcome.how;

	return how && *how ? how : "it did not collide";
}

static char *say_unprovoked(const struct review_pair *p)
{
	if (p->base.provoked == 0)
		return xasprintf("on the base: %s", unprovoked_how(&p->base));
	return xasprintf("on the patched kernel: %s",
			 unprovoked_how(&p->patched));
}

static const char *end_name(enum judge_end end)
{
	static const char *const names[] = {
		[END_NOT_RUN] = "was not run",
		[END_FINISHED] = "finished",
		[END_PANICKED] = "panicked",
		[END_HUNG] = "hung",
		[END_SILENT] = "was silent, not one line came from it",
		[END_FLOODED] = "flooded its console",
		[END_DIED] = "died early",
	};

	return names[end];
}

/*
 * Why the guest ended, without where (bot/guest/guest.c says "in xfs C01.1: "
 * or "after 3 runs: " before, and ", last line: " behind it).
 */
static struct span last_words(const struct judge_step *step)
{
	struct span words = span_cstr(step->says ? step->says : "");
	struct span where;
	const char *at;

	if (span_starts(words, "in ") || span_starts(words, "after "))
		span_until(&words, ':', &where);
	at = span_find(words, ", last line: ");
	if (at)
		words.end = at;
	words = span_trim(words);
	span_eat(&words, "Kernel panic - not syncing: ");
	return words;
}

/* "the kernel panicked[ in C01 on xfs]: <last words>" */
static char *say_end(const char *who, const struct judge_step *step,
		     const struct review_pair *p)
{
	struct span words = last_words(step);
	struct buf out;

	buf_init(&out, END_MAX_BYTES);
	buf_addf(&out, "%s %s", who, end_name(step->end));
	if (p)
		buf_addf(&out, " in %s on %s", p->scenario, p->filesystem);
	if (span_len(words) > 0)
		buf_adds(&out, ": ");
	buf_add(&out, words.p, span_len(words));
	return buf_take(&out);
}

static char *say_unobserved(const struct outcome *o)
{
	const char *why = outcome_find(o, "unobserved");

	return xasprintf("not all could be looked at after the collision%s%s",
			 why ? ": " : "", why ? why : "");
}

static char *say_not_run(const struct trial *t, const struct review_pair *p)
{
	if (p->base.runs == 0)
		return say_end("the guest of the base", &t->ev->steps[0], NULL);
	if (!t->patched)
		return xstrdup("the whole series was not run");
	if (t->patched->end == END_FINISHED && pair_find_unobserved(p))
		return say_unobserved(pair_find_unobserved(p));
	return say_end("the patched kernel", t->patched, NULL);
}

/*
 * The write takes another path here than it took, and ends as the base ends in
 * another collision of the filesystem, to the last thing that is told, breaking
 * the same promise: it met the base's fault, which the series did not make. One
 * promise broken in two different ways is not that.
 */
static bool is_uncovered(const struct trial *t, const struct review_pair *p,
			 const struct judgement *j)
{
	const struct outcomes *base = t->ev->steps[0].outcomes;

	if (j->verdict != PAIR_REGRESSION || p->base.path == p->patched.path)
		return false;
	for (size_t i = 0; i < base->n; i++) {
		const struct outcome *o = &base->v[i];

		if (strcmp(o->filesystem, p->filesystem) == 0 &&
		    contract_is_about(j->contract, o->filesystem,
				      o->scenario) &&
		    contract_find_broken(j->contract, o) &&
		    pair_is_alike(o, j->patched))
			return true;
	}
	return false;
}

/* "C02d on btrfs broke btrfs/dsync-done-whole in 1 of 2 runs ..." */
static void add_unsteady(struct review *r, const struct review_pair *p,
			 const struct judgement *j)
{
	AUTO(mem_free)
	char *says = xasprintf(
		"%s on %s %s%s in %u of %u runs with the series, in none of %u "
		"on the base: where threads race that may be luck, and is no "
		"finding; a larger review.repeat would tell",
		p->scenario, p->filesystem,
		j->contract ? "broke " : "ended otherwise",
		j->contract ? j->contract->id : "", j->patched_seen,
		p->patched.provoked, p->base.provoked);

	if (!strings_has(&r->skipped, says))
		strings_push(&r->skipped, says);
}

static void judge_one(struct review *r, const struct trial *t,
		      const char *filesystem, const char *scenario)
{
	static const enum finding_kind kinds[] = {
		[PAIR_REGRESSION] = FINDING_REGRESSION,
		[PAIR_UNCOVERED] = FINDING_UNCOVERED,
		[PAIR_CHANGED] = FINDING_CHANGED,
		[PAIR_FIXED] = FINDING_FIXED,
	};
	struct review_pair *p = review_add_pair(r);
	struct judgement j;
	struct range at;

	pair_fill(p, filesystem, scenario, t->ev->steps[0].outcomes,
		  t->patched ? t->patched->outcomes : NULL);
	j = pair_judge(p, t->contracts);
	if (is_unsteady(t, p, &j)) {
		add_unsteady(r, p, &j);
		j.verdict = PAIR_SAME;
	} else if (is_uncovered(t, p, &j)) {
		j.verdict = PAIR_UNCOVERED;
	}
	p->verdict = j.verdict;
	switch (j.verdict) {
	case PAIR_COULD_NOT_RUN:
		p->why = say_not_run(t, p);
		break;
	case PAIR_NOT_PROVOKED:
		p->why = say_unprovoked(p);
		break;
	case PAIR_SAME:
		add_repaired(r, t, p);
		break;
	case PAIR_REGRESSION:
	case PAIR_UNCOVERED:
	case PAIR_CHANGED:
	case PAIR_FIXED:
		if (find_pair_range(&at, t, p, kinds[j.verdict]))
			finding_add_pair(r, kinds[j.verdict], p, &j, &at, t->ev,
					 t->contracts);
		break;
	}
}

/* The first pair of the plan that @step did not bring to its end. */
static const struct review_pair *find_unfinished(const struct review *r,
						 const struct judge_step *step)
{
	for (size_t i = 0; i < r->n_pairs; i++) {
		const struct review_pair *p = &r->pairs[i];
		unsigned runs = 0;

		for (size_t k = 0; k < step->outcomes->n; k++) {
			const struct outcome *o = &step->outcomes->v[k];

			runs += strcmp(o->filesystem, p->filesystem) == 0 &&
				strcmp(o->scenario, p->scenario) == 0;
		}
		if (runs < p->base.runs)
			return p;
	}
	return NULL;
}

/* The pair of "in xfs C01.1: ...", or NULL. */
static const struct review_pair *find_running(const struct review *r,
					      const struct judge_step *step)
{
	struct span words = span_cstr(step->says ? step->says : "");
	struct span filesystem, scenario;

	if (!span_eat(&words, "in ") || !span_until(&words, ' ', &filesystem) ||
	    !span_until(&words, '.', &scenario))
		return NULL;
	for (size_t i = 0; i < r->n_pairs; i++)
		if (span_is(filesystem, r->pairs[i].filesystem) &&
		    span_is(scenario, r->pairs[i].scenario))
			return &r->pairs[i];
	return NULL;
}

/* Where the guest was when it ended: as it says, else where it had to be. */
static const struct review_pair *find_place(const struct review *r,
					    const struct judge_step *step)
{
	const struct review_pair *p = find_running(r, step);

	if (step->end == END_SILENT)
		return NULL;
	return p ? p : find_unfinished(r, step);
}

static bool is_hung(const struct finding_side *side)
{
	for (size_t i = 0; i < side->n; i++)
		if (strcmp(side->v[i].value, "hung") == 0)
			return true;
	return false;
}

/*
 * The guest hung in @p, and a finding of the same patches tells of the call
 * there that never came back. The hang is no second fault: it stands where it
 * is said why what came after it was not run.
 */
static bool is_hang_told(const struct review *r, const struct review_pair *p,
			 enum finding_kind kind, const struct range *at)
{
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];

		if (f->kind == kind && f->patch == at->first &&
		    f->clean == at->clean && f->filesystem && f->scenario &&
		    strcmp(f->filesystem, p->filesystem) == 0 &&
		    strcmp(f->scenario, p->scenario) == 0 &&
		    is_hung(&f->patched))
			return true;
	}
	return false;
}

/* A guest that does not end as the base's does. */
static void judge_ends(struct review *r, const struct trial *t)
{
	const struct judge_evidence *ev = t->ev;
	AUTO(mem_free)
	enum shown *shown = xcalloc(ev->n_steps, sizeof(*shown));
	const struct review_pair *p;
	enum finding_kind kind;
	struct finding *f;
	struct range at;
	size_t i = 0;

	if (ev->steps[0].end != END_FINISHED)
		return;
	for (size_t k = 0; k < ev->n_steps; k++)
		shown[k] = ev->steps[k].end == END_NOT_RUN    ? SHOWN_UNKNOWN
			   : ev->steps[k].end == END_FINISHED ? SHOWN_CLEAN
							      : SHOWN_FAULT;
	if (!range_find(&at, shown, ev))
		return;
	while (ev->steps[i].patch != at.first)
		i++;
	kind = at.mended ? FINDING_REPAIRED : FINDING_REGRESSION;
	p = find_place(r, &ev->steps[i]);
	if (p && ev->steps[i].end == END_HUNG && is_hang_told(r, p, kind, &at))
		return;
	f = finding_add(r, kind, &at, ev);
	f->base = (struct finding_side){ .seen = 0, .runs = 1 };
	f->patched = (struct finding_side){ .seen = 1, .runs = 1 };
	f->says = say_end("the kernel", &ev->steps[i], p);
	if (p) {
		f->filesystem = xstrdup(p->filesystem);
		f->scenario = xstrdup(p->scenario);
	}
}

static void copy_diagnostics(struct review_diagnostics *to,
			     const struct review_diagnostics *from)
{
	for (size_t i = 0; i < from->n; i++) {
		struct review_diagnostic *d = review_add_diagnostic(to);

		d->file = xstrdup(from->v[i].file);
		d->line = from->v[i].line;
		d->column = from->v[i].column;
		d->text = xstrdup(from->v[i].text);
	}
}

static struct finding *add_build_finding(struct review *r,
					 enum finding_kind kind, unsigned patch)
{
	return finding_add(
		r, kind, &(struct range){ .clean = patch - 1, .first = patch },
		NULL);
}

static void judge_build(struct review *r, const struct review_patch *patch)
{
	struct finding *f;

	if (patch->build == REVIEW_BUILD_BROKEN ||
	    patch->build == REVIEW_BUILD_TIMED_OUT) {
		f = add_build_finding(r, FINDING_BUILD, patch->n);
		f->says = xstrdup(patch->build == REVIEW_BUILD_BROKEN
					  ? "the kernel does not build"
					  : "the build does not end");
		copy_diagnostics(&f->diagnostics, &patch->errors);
	}
	if (patch->new_warnings.n > 0) {
		f = add_build_finding(r, FINDING_WARNING, patch->n);
		f->says = xasprintf("the compiler has %zu new warning%s",
				    patch->new_warnings.n,
				    patch->new_warnings.n == 1 ? "" : "s");
		copy_diagnostics(&f->diagnostics, &patch->new_warnings);
	}
}

static bool has_finding(const struct review *r, enum finding_kind kind)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].kind == kind)
			return true;
	return false;
}

/* A pair that the base can run and provoke, and the patched kernel cannot. */
static const struct review_pair *find_untold(const struct review *r)
{
	for (size_t i = 0; i < r->n_pairs; i++)
		if (r->pairs[i].base.provoked > 0 &&
		    r->pairs[i].verdict < PAIR_SAME)
			return &r->pairs[i];
	return NULL;
}

static bool is_any_judged(const struct review *r)
{
	for (size_t i = 0; i < r->n_pairs; i++)
		if (r->pairs[i].verdict >= PAIR_SAME)
			return true;
	return false;
}

static void end_untold(struct review *r, const struct trial *t,
		       const struct review_pair *p)
{
	AUTO(mem_free) char *why = NULL;

	if (t->ev->n_steps == 0) {
		review_end(r, VERDICT_COULD_NOT_TELL, "no guest was run", NULL);
		return;
	}
	if (t->ev->steps[0].end != END_FINISHED)
		why = say_end("the guest of the base", &t->ev->steps[0], NULL);
	else if (!t->patched)
		why = xstrdup("the whole series was not run");
	else if (p && p->verdict == PAIR_NOT_PROVOKED)
		why = xasprintf("%s on %s collides on the base and not with "
				"the series: %s",
				p->scenario, p->filesystem,
				unprovoked_how(&p->patched));
	else if (p)
		why = xasprintf("%s on %s: %s", p->scenario, p->filesystem,
				p->why);
	else
		why = xstrdup("no scenario collided on the base");
	review_end(r, VERDICT_COULD_NOT_TELL, why,
		   "the console logs of a run with --keep");
}

static void settle(struct review *r, const struct trial *t)
{
	const struct review_pair *untold = find_untold(r);

	free(r->why);
	free(r->help);
	r->why = NULL;
	r->help = NULL;
	if (has_finding(r, FINDING_BUILD))
		r->verdict = VERDICT_DOES_NOT_BUILD;
	else if (has_finding(r, FINDING_REGRESSION))
		r->verdict = VERDICT_REGRESSION;
	else if (r->is_base_kernel)
		r->verdict = VERDICT_SAME;
	else if (untold || !is_any_judged(r))
		end_untold(r, t, untold);
	else if (has_finding(r, FINDING_UNCOVERED) ||
		 has_finding(r, FINDING_CHANGED))
		r->verdict = VERDICT_CHANGED;
	else if (has_finding(r, FINDING_FIXED))
		r->verdict = VERDICT_FIXED;
	else
		r->verdict = VERDICT_SAME;
}

static const struct judge_step *find_last(const struct review *r,
					  const struct judge_evidence *ev)
{
	const struct judge_step *last;

	if (ev->n_steps == 0)
		return NULL;
	last = &ev->steps[ev->n_steps - 1];
	return last->patch == r->n_patches && last->patch > 0 ? last : NULL;
}

void judge_run(struct review *r, const struct judge_evidence *ev,
	       const struct contracts *contracts)
{
	struct trial t = { .ev = ev,
			   .contracts = contracts,
			   .patched = find_last(r, ev) };

	review_clear_findings(r);
	r->is_base_kernel = t.patched && t.patched->is_base;
	for (size_t i = 0; ev->n_steps > 0 && i < ev->plan->n; i++)
		for (size_t k = 0; k < ev->plan->v[i].scenarios.n; k++)
			judge_one(r, &t, ev->plan->v[i].filesystem,
				  ev->plan->v[i].scenarios.v[k]);
	if (ev->n_steps > 0)
		judge_ends(r, &t);
	for (size_t i = 0; i < r->n_patches; i++)
		judge_build(r, &r->patches[i]);
	finding_sort(r);
	settle(r, &t);
	if (r->is_base_kernel)
		review_clear_pairs(r); /* nothing of them was run */
}

unsigned judge_next_patch(const struct review *r)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].next)
			return r->findings[i].next;
	return 0;
}

enum judge_end judge_read_end(const char *word)
{
	static const char *const words[] = {
		[END_NOT_RUN] = "skipped",   [END_FINISHED] = "finished",
		[END_PANICKED] = "panicked", [END_HUNG] = "hung",
		[END_SILENT] = "silent",     [END_FLOODED] = "flooded",
		[END_DIED] = "died",
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(word, words[i]) == 0)
			return (enum judge_end)i;
	return END_NOT_RUN;
}
