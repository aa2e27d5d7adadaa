/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/soaked.h"

#include "bot/base/clock.h"
#include "bot/base/wrap.h"
#include "bot/guest/guest.h"
#include "bot/report/soak_text.h"
#include "bot/stages/folder.h"

/*
 * What a guest takes besides: to boot, to make filesystems, to lay out and look
 * at each round's file, and to wait for a thread that hangs; where it is
 * emulated, all of that is slow.
 */
#define BESIDES_S 60
#define BESIDES_PAIR_S 20
#define TIMES_SLOWER 2

void soaked_release(struct soaked *s)
{
	for (int k = 0; k < SOAK_KERNELS; k++) {
		free(s->v[k].ended);
		outcomes_release(&s->v[k].outcomes);
	}
	for (size_t i = 0; i < s->n_pairs; i++)
		soak_pair_release(&s->pairs[i]);
	free(s->pairs);
	suites_release(&s->plan);
	free(s->why);
	*s = (struct soaked){ 0 };
}

static void take_kernel(struct soaked *s, enum soak_kernel which,
			struct job_guest *guest)
{
	struct soaked_kernel *k = &s->v[which];

	k->was_run = true;
	s->ms += guest->ms;
	k->outcomes = guest->outcomes;
	guest->outcomes = (struct outcomes){ 0 };
	if (strcmp(guest->end, "finished") != 0)
		k->ended =
			xasprintf("the guest %s, %s", guest->end, guest->says);
}

static void take_result(struct soaked *s, struct job_result *result)
{
	for (size_t i = 0; i < result->n && i < SOAK_KERNELS; i++) {
		struct job_step_result *step = &result->v[i];

		if (step->guest.same)
			s->is_base_kernel = true;
		else if (step->guest.end)
			take_kernel(s, (enum soak_kernel)i, &step->guest);
		else if (!s->why)
			s->why = xasprintf("%s does not build",
					   i == 0 ? "what the series needs"
						  : "the series");
	}
}

static void fill_pairs(struct soaked *s, const struct trial_spec *spec)
{
	const struct suites *plan = &s->plan;
	struct soak_told told[SOAK_KERNELS] = { 0 };
	bool is_told[SOAK_KERNELS] = { false };

	for (int k = 0; k < SOAK_KERNELS; k++) {
		told[k].ended = s->v[k].ended;
		if (s->v[k].was_run)
			told[k].outcomes = &s->v[k].outcomes;
	}
	s->pairs = xcalloc(suites_count(plan), sizeof(*s->pairs));
	for (size_t f = 0; s->v[SOAK_BASE].was_run && f < plan->n; f++)
		for (size_t i = 0; i < plan->v[f].scenarios.n; i++)
			soak_fill(&s->pairs[s->n_pairs++],
				  plan->v[f].filesystem,
				  plan->v[f].scenarios.v[i], told, s->runs,
				  is_told, spec->contracts);
}

static int share_time(struct soaked *s, const struct suites *plan,
		      const struct soaked_wish *wish, struct err *err)
{
	size_t all;

	s->seed = wish->seed;
	s->runs = wish->runs ? wish->runs : 1;
	all = suites_count(plan) * s->runs;
	if (wish->seconds < 1 || wish->seconds > SOAKED_MAX_S)
		return err_set(err, ERR_INPUT, "a soak is for 1 to %d seconds",
			       SOAKED_MAX_S);
	if (s->runs > GUEST_MAX_REPEAT || all > OUTCOMES_MAX)
		return err_set(err, ERR_INPUT, "a soak of %zu runs", all);
	s->run_ms = (unsigned)(wish->seconds * 1000ull / (all ? all : 1));
	if (s->run_ms < SOAKED_MIN_MS)
		return err_set(err, ERR_INPUT,
			       "%u seconds are too few for %zu runs: name "
			       "filesystems, or give it %zu",
			       wish->seconds, all, all * SOAKED_MIN_MS / 1000);
	return 0;
}

/* Of one guest that has all of it. */
static unsigned guest_time(const struct soaked *s, const struct suites *plan)
{
	size_t all = suites_count(plan) * s->runs;

	return (unsigned)(BESIDES_S + BESIDES_PAIR_S * suites_count(plan) +
			  all * s->run_ms * TIMES_SLOWER / 1000);
}

int soaked_run(struct soaked *out, struct review *r,
	       const struct trial_spec *spec, const struct soaked_wish *wish,
	       struct err *err)
{
	AUTO(soaked_release) struct soaked s = { 0 };
	AUTO(job_result_release) struct job_result result = { 0 };
	struct job_step steps[SOAK_KERNELS] = { 0 };
	unsigned n = (unsigned)r->n_patches;
	struct trial_spec timed = *spec;
	struct job_plan plan;

	if (share_time(&s, spec->plan, wish, err) < 0 ||
	    folder_sweep(spec->store, err) < 0)
		return -1;
	plan = (struct job_plan){ .suites = spec->plan,
				  .repeat = s.runs,
				  .soak_ms = s.run_ms,
				  .seed = s.seed };
	timed.guest_s = guest_time(&s, spec->plan);
	trial_base_step(&steps[SOAK_BASE], r, &plan);
	if (n > 0)
		trial_patch_step(&steps[SOAK_PATCHED], r, 0, n, &plan);
	if (trial_job(&result, r, &timed, steps, n > 0 ? 2 : 1, err) < 0)
		return -1;
	s.plan = suites_dup(spec->plan);
	take_result(&s, &result);
	fill_pairs(&s, spec);
	*out = s;
	s = (struct soaked){ 0 };
	return 0;
}

uint32_t soaked_seed(void)
{
	return (uint32_t)(clock_ms() % UINT32_MAX);
}

bool soaked_is_worse(const struct soaked *s)
{
	for (size_t i = 0; i < s->n_pairs; i++)
		if (s->pairs[i].verdict == SOAK_BROKEN)
			return true;
	return false;
}

bool soaked_is_whole(const struct soaked *s)
{
	bool any = false;

	for (size_t i = 0; i < s->n_pairs; i++) {
		enum soak_verdict v = s->pairs[i].verdict;

		if (v == SOAK_NOT_RUN || v == SOAK_NEVER_COLLIDED)
			return false;
		any = any || v != SOAK_CANNOT_COLLIDE;
	}
	return any && !s->why;
}

void soaked_tell(struct buf *out, const struct soaked *s)
{
	const struct wrap w = { .width = 78 };
	bool has_patched = s->v[SOAK_PATCHED].was_run;

	if (s->is_base_kernel)
		buf_adds(out, "the series changes nothing in this kernel: it "
			      "is that of the base\n");
	if (s->why)
		buf_addf(out, "%s\n", s->why);
	wrap_addf(out, &w,
		  "seed %u: %zu mixes, %u run%s of %.1f s of each on %s, in "
		  "%.1f s of wall time",
		  s->seed, s->n_pairs, s->runs, s->runs == 1 ? "" : "s",
		  s->run_ms / 1000.0,
		  has_patched ? "the base and after the series" : "the base",
		  (double)s->ms / 1000.0);
	for (size_t i = 0; i < s->n_pairs; i++)
		soak_text_pair(out, &s->pairs[i], has_patched);
}
