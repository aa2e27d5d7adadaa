/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/soaked.h"

#include "bot/base/clock.h"
#include "bot/guest/guest.h"
#include "bot/stages/folder.h"

/*
 * What a guest takes besides: to boot, to make filesystems, to lay out and look
 * at each round's file, and to wait for a thread that hangs; where it is
 * emulated, all of that is slow.
 */
#define BESIDES_S 60
#define BESIDES_PAIR_S 20
#define TIMES_SLOWER 2

/* What one kernel did. */
struct soaked_kernel {
	bool was_run;
	char *ended; /* the words of a guest that did not finish; or NULL */
	struct outcomes outcomes;
};

struct soaked {
	struct soaked_kernel v[SOAK_KERNELS];
	struct soak_record record;
};

static void soaked_release(struct soaked *s)
{
	for (int k = 0; k < SOAK_KERNELS; k++) {
		free(s->v[k].ended);
		outcomes_release(&s->v[k].outcomes);
	}
	soak_record_release(&s->record);
}
DEFINE_AUTO_VALUE(struct soaked, soaked_release)

static void take_kernel(struct soaked *s, enum soak_kernel which,
			struct job_guest *guest)
{
	struct soaked_kernel *k = &s->v[which];

	k->was_run = true;
	s->record.ms += guest->ms;
	k->outcomes = guest->outcomes;
	guest->outcomes = (struct outcomes){ 0 };
	if (strcmp(guest->end, "finished") != 0)
		k->ended =
			xasprintf("the guest %s, %s", guest->end, guest->says);
}

static void take_result(struct soaked *s, struct job_result *result)
{
	struct soak_record *record = &s->record;

	for (size_t i = 0; i < result->n && i < SOAK_KERNELS; i++) {
		struct job_step_result *step = &result->v[i];

		if (step->guest.same)
			record->is_base_kernel = true;
		else if (step->guest.end)
			take_kernel(s, (enum soak_kernel)i, &step->guest);
		else if (!record->why)
			record->why = xasprintf("%s does not build",
						i == 0 ? "what the series needs"
						       : "the series");
	}
	record->has_patched = s->v[SOAK_PATCHED].was_run;
}

static void fill_pairs(struct soaked *s, const struct trial_spec *spec)
{
	const struct suites *plan = spec->plan;
	struct soak_told told[SOAK_KERNELS] = { 0 };
	bool is_told[SOAK_KERNELS] = { false };

	for (int k = 0; k < SOAK_KERNELS; k++) {
		told[k].ended = s->v[k].ended;
		if (s->v[k].was_run)
			told[k].outcomes = &s->v[k].outcomes;
	}
	for (size_t f = 0; s->v[SOAK_BASE].was_run && f < plan->n; f++)
		for (size_t i = 0; i < plan->v[f].scenarios.n; i++)
			soak_fill(soak_record_push(&s->record),
				  plan->v[f].filesystem,
				  plan->v[f].scenarios.v[i], told,
				  s->record.runs, is_told, spec->contracts);
}

static int share_time(struct soak_record *s, const struct suites *plan,
		      const struct soaked_wish *wish, struct err *err)
{
	size_t all;

	s->seconds = wish->seconds;
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
static unsigned guest_time(const struct soak_record *s,
			   const struct suites *plan)
{
	size_t all = suites_count(plan) * s->runs;

	return (unsigned)(BESIDES_S + BESIDES_PAIR_S * suites_count(plan) +
			  all * s->run_ms * TIMES_SLOWER / 1000);
}

int soaked_run(struct review *r, const struct trial_spec *spec,
	       const struct soaked_wish *wish, struct err *err)
{
	AUTO(soaked_release) struct soaked s = { 0 };
	AUTO(job_result_release) struct job_result result = { 0 };
	struct job_step steps[SOAK_KERNELS] = { 0 };
	unsigned n = (unsigned)r->n_patches;
	struct trial_spec timed = *spec;
	struct job_plan plan;

	if (share_time(&s.record, spec->plan, wish, err) < 0 ||
	    folder_sweep(spec->store, err) < 0)
		return -1;
	plan = (struct job_plan){ .suites = spec->plan,
				  .repeat = s.record.runs,
				  .soak_ms = s.record.run_ms,
				  .seed = s.record.seed };
	timed.guest_s = guest_time(&s.record, spec->plan);
	trial_base_step(&steps[SOAK_BASE], r, &plan);
	if (n > 0)
		trial_patch_step(&steps[SOAK_PATCHED], r, 0, n, &plan);
	if (trial_job(&result, r, &timed, steps, n > 0 ? 2 : 1, err) < 0)
		return -1;
	take_result(&s, &result);
	fill_pairs(&s, spec);
	r->soak = s.record;
	s.record = (struct soak_record){ 0 };
	return 0;
}

uint32_t soaked_seed(void)
{
	return (uint32_t)(clock_ms() % UINT32_MAX);
}
