/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/swept.h"

#include "bot/base/wrap.h"
#include "bot/guest/guest.h"
#include "bot/report/sweep_text.h"
#include "bot/stages/folder.h"

void swept_release(struct swept *s)
{
	for (int k = 0; k < SWEEP_KERNELS; k++) {
		free(s->v[k].ended);
		outcomes_release(&s->v[k].outcomes);
	}
	for (size_t i = 0; i < s->n_pairs; i++)
		sweep_pair_release(&s->pairs[i]);
	free(s->pairs);
	free(s->why);
	*s = (struct swept){ 0 };
}

static void take_kernel(struct swept *s, enum sweep_kernel which,
			struct job_guest *guest)
{
	struct swept_kernel *k = &s->v[which];

	k->was_run = true;
	s->ms += guest->ms;
	for (size_t i = 0; i < guest->outcomes.n; i++) {
		if (outcome_find(&guest->outcomes.v[i], "sweep.at"))
			s->runs++;
		outcomes_take(&k->outcomes, &guest->outcomes.v[i]);
	}
	if (!k->ended && strcmp(guest->end, "finished") != 0)
		k->ended = xasprintf("%s, %s", guest->end, guest->says);
}

static void take_result(struct swept *s, struct job_result *result)
{
	static const char *const of[] = { "what the series needs does",
					  "the series does" };

	for (size_t i = 0; i < result->n && i < SWEEP_KERNELS; i++) {
		struct job_step_result *step = &result->v[i];

		if (step->guest.same)
			s->is_base_kernel = true;
		else if (step->guest.end)
			take_kernel(s, (enum sweep_kernel)i, &step->guest);
		else if (!s->why)
			s->why = xasprintf("%s not build", of[i]);
	}
}

/* One guest of the base, one of the last patch, with a part of the plan. */
static int run_part(struct swept *s, struct review *r,
		    const struct trial_spec *spec,
		    const struct swept_wish *wish, const struct suites *part,
		    struct err *err)
{
	const struct job_plan plan = { .suites = part,
				       .repeat = wish->steps,
				       .sweep_us = wish->step_us,
				       .sweep_at = wish->at };
	AUTO(job_result_release) struct job_result result = { 0 };
	struct job_step steps[SWEEP_KERNELS] = { 0 };
	unsigned n = (unsigned)r->n_patches;

	trial_base_step(&steps[SWEEP_BASE], r, &plan);
	if (n > 0)
		trial_patch_step(&steps[SWEEP_PATCHED], r, 0, n, &plan);
	if (trial_job(&result, r, spec, steps, n > 0 ? 2 : 1, err) < 0)
		return -1;
	take_result(s, &result);
	return 0;
}

/* The pairs of @plan from the @from-th on, as many as a guest may run. */
static size_t cut_part(struct suites *out, const struct suites *plan,
		       size_t from, size_t max)
{
	size_t at = 0, end = from;

	for (size_t f = 0; f < plan->n; f++) {
		const struct suite *suite = &plan->v[f];
		struct suite *last = NULL;

		for (size_t i = 0; i < suite->scenarios.n; i++, at++) {
			if (at < from || at >= from + max)
				continue;
			if (!last)
				last = suites_add(out, suite->filesystem);
			strings_push(&last->scenarios, suite->scenarios.v[i]);
			end = at + 1;
		}
	}
	return end;
}

static void fill_pairs(struct swept *s, const struct trial_spec *spec)
{
	const struct suites *plan = spec->plan;
	const struct swept_kernel *patched = &s->v[SWEEP_PATCHED];

	s->pairs = xcalloc(suites_count(plan), sizeof(*s->pairs));
	for (size_t f = 0; f < plan->n; f++)
		for (size_t i = 0; i < plan->v[f].scenarios.n; i++)
			sweep_fill(&s->pairs[s->n_pairs++],
				   plan->v[f].filesystem,
				   plan->v[f].scenarios.v[i],
				   &s->v[SWEEP_BASE].outcomes,
				   patched->was_run ? &patched->outcomes : NULL,
				   spec->contracts);
}

static int check_wish(const struct swept_wish *wish, struct err *err)
{
	if (wish->steps < 1 || wish->steps > GUEST_MAX_REPEAT ||
	    wish->at > GUEST_MAX_REPEAT)
		return err_set(err, ERR_INPUT, "steps are from 1 to %d",
			       GUEST_MAX_REPEAT);
	if (wish->step_us < 1 || wish->step_us > GUEST_MAX_STEP_US)
		return err_set(err, ERR_INPUT,
			       "a step has from 1 to %d microseconds",
			       GUEST_MAX_STEP_US);
	return 0;
}

int swept_run(struct swept *out, struct review *r,
	      const struct trial_spec *spec, const struct swept_wish *wish,
	      struct err *err)
{
	AUTO(swept_release) struct swept s = { 0 };
	size_t all = suites_count(spec->plan), at = 0, max;

	if (check_wish(wish, err) < 0 || folder_sweep(spec->store, err) < 0)
		return -1;
	max = SWEPT_MAX_RUNS / wish->steps;
	while (at < all) {
		AUTO(suites_release) struct suites part = { 0 };

		at = cut_part(&part, spec->plan, at, max);
		if (run_part(&s, r, spec, wish, &part, err) < 0)
			return -1;
	}
	fill_pairs(&s, spec);
	*out = s;
	s = (struct swept){ 0 };
	return 0;
}

bool swept_is_worse(const struct swept *s)
{
	if (s->v[SWEEP_PATCHED].ended && !s->v[SWEEP_BASE].ended)
		return true;
	for (size_t i = 0; i < s->n_pairs; i++)
		if (s->pairs[i].verdict == SWEEP_REGRESSION)
			return true;
	return false;
}

bool swept_is_whole(const struct swept *s)
{
	return !s->why && s->v[SWEEP_BASE].was_run && !s->v[SWEEP_BASE].ended &&
	       !s->v[SWEEP_PATCHED].ended;
}

static void tell_plan(struct buf *out, const struct swept *s,
		      const struct swept_wish *wish)
{
	const struct wrap w = { .width = 78 };

	wrap_addf(out, &w,
		  "%u steps of %g ms of guest time, %zu runs in %.1f s of wall "
		  "time. The first actor begins %d ms after the zero of a run, "
		  "the second one (k - 1) steps after it at step k",
		  wish->steps, wish->step_us / 1000.0, s->runs,
		  (double)s->ms / 1000.0, SWEPT_LEAD_MS);
}

static void tell_end(struct buf *out, const char *whose,
		     const struct swept_kernel *k)
{
	const struct wrap w = { .width = 78, .hang = 2 };

	if (k->ended)
		wrap_addf(out, &w, "%s: a guest %s", whose, k->ended);
}

void swept_tell(struct buf *out, const struct swept *s,
		const struct swept_wish *wish)
{
	bool has_patched = s->v[SWEEP_PATCHED].was_run;

	if (s->is_base_kernel)
		buf_adds(out, "the series changes nothing in this kernel: it "
			      "is that of the base\n");
	if (s->why)
		buf_addf(out, "%s\n", s->why);
	tell_plan(out, s, wish);
	tell_end(out, "base", &s->v[SWEEP_BASE]);
	tell_end(out, "patched", &s->v[SWEEP_PATCHED]);
	for (size_t i = 0; i < s->n_pairs; i++)
		sweep_text_pair(out, &s->pairs[i], has_patched);
	sweep_text_unswept(out, s->pairs, s->n_pairs);
}
