// SPDX-License-Identifier: GPL-2.0-or-later
#include "bot/stages/collide.h"

#include "bot/stages/share.h"

void collide_plan_release(struct collide_plan *p)
{
	guest_plan_release(&p->all);
	suites_release(&p->first);
}

/* A plan without it is not swept. */
static int read_sweep(struct guest_plan *out, const json_t *guest,
		      struct err *err)
{
	json_t *sweep = json_object_get(guest, "sweep");
	int64_t step_us, at;

	if (!sweep)
		return 0;
	if (json_get_int(&step_us, sweep, "step_us", 1, GUEST_MAX_STEP_US,
			 err) < 0 ||
	    json_get_int(&at, sweep, "at", 0, GUEST_MAX_REPEAT, err) < 0)
		return -1;
	out->sweep_us = (unsigned)step_us;
	out->sweep_at = (unsigned)at;
	return 0;
}

/* A plan with it has soaks alone. */
static int read_soak(struct guest_plan *out, const json_t *guest,
		     struct err *err)
{
	json_t *soak = json_object_get(guest, "soak");
	int64_t ms, seed;

	if (!soak)
		return 0;
	if (json_get_int(&ms, soak, "ms", 1, GUEST_MAX_SOAK_MS, err) < 0 ||
	    json_get_int(&seed, soak, "seed", 0, UINT32_MAX, err) < 0)
		return -1;
	out->soak_ms = (unsigned)ms;
	out->seed = (unsigned)seed;
	return 0;
}

static int read_all(struct guest_plan *out, const json_t *guest,
		    struct err *err)
{
	int64_t repeat;

	if (json_get_int(&repeat, guest, "repeat", 1, GUEST_MAX_REPEAT, err) <
		    0 ||
	    read_sweep(out, guest, err) < 0 || read_soak(out, guest, err) < 0)
		return -1;
	out->repeat = (unsigned)repeat;
	return suites_from_json(&out->suites, json_object_get(guest, "suites"),
				err);
}

/* A plan without it has one round. */
static int read_first(struct collide_plan *p, const json_t *guest,
		      struct err *err)
{
	const json_t *first = json_object_get(guest, "first");
	AUTO(suites_release) struct suites other = { 0 };

	if (!first)
		return 0;
	if (suites_from_json(&p->first, first, err) < 0)
		return -1;
	other = suites_without(&p->first, &p->all.suites);
	return other.n == 0 ? 0
			    : err_set(err, ERR_INPUT,
				      "'first' has what is not in 'suites'");
}

int collide_read_plan(struct collide_plan *out, const json_t *guest,
		      struct err *err)
{
	AUTO(collide_plan_release) struct collide_plan p = { 0 };

	*out = (struct collide_plan){ 0 };
	if (read_all(&p.all, guest, err) < 0 || read_first(&p, guest, err) < 0)
		return -1;
	*out = p;
	p = (struct collide_plan){ 0 };
	return 0;
}

/* One guest of the step, or all of them together. */
struct told {
	struct guest_plan plan;
	struct guest_result result;
	char *console; /* file in the job's folder */
};

struct run {
	const struct collide_spec *spec;
	const struct collide_plan *plan;
	struct told *v; /* all guests so far */
	size_t n;
	int64_t ms; /* of wall time */
};

static void run_release(struct run *r)
{
	for (size_t i = 0; i < r->n; i++) {
		guest_plan_release(&r->v[i].plan);
		guest_result_release(&r->v[i].result);
		free(r->v[i].console);
	}
	free(r->v);
}
DEFINE_AUTO_VALUE(struct run, run_release)

/* "1.console.log", "1.console.2.log" */
static char *name_console(const struct run *r, size_t n)
{
	if (n == 0)
		return xasprintf("%s.console.log", r->spec->name);
	return xasprintf("%s.console.%zu.log", r->spec->name, n + 1);
}

static struct guest_spec spec_of(const struct run *r, const struct told *t,
				 const char *console)
{
	return (struct guest_spec){
		.kind = r->spec->kind,
		.kernel = r->spec->kernel,
		.initramfs = r->spec->initramfs,
		.plan = &t->plan,
		.console = console,
		.timeout_s = r->spec->timeout_s,
		.memory_mib = r->spec->memory_mib,
		.has_kvm = r->spec->has_kvm,
		.profile = r->spec->profile,
	};
}

/* The plan of one guest. Consumes @suites. */
static struct guest_plan plan_of(const struct run *r, struct suites suites)
{
	struct guest_plan plan = r->plan->all;

	plan.suites = suites;
	return plan;
}

static size_t count_jobs(const struct run *r)
{
	size_t jobs = r->spec->jobs ? r->spec->jobs : 1;

	return jobs < COLLIDE_MAX_GUESTS ? jobs : COLLIDE_MAX_GUESTS;
}

/* Boot the last @n of @r side by side. */
static int boot(struct run *r, size_t n, struct err *err)
{
	struct guest_result results[COLLIDE_MAX_GUESTS] = { 0 };
	struct guest_spec specs[COLLIDE_MAX_GUESTS];
	AUTO(strings_release) struct strings consoles = { 0 };
	struct told *round = &r->v[r->n - n];
	int64_t longest = 0;

	for (size_t i = 0; i < n; i++) {
		strings_push_take(&consoles, xasprintf("%s/%s", r->spec->dir,
						       round[i].console));
		specs[i] = spec_of(r, &round[i], consoles.v[i]);
	}
	if (guest_run_all(results, specs, n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		round[i].result = results[i];
		longest = results[i].ms > longest ? results[i].ms : longest;
	}
	r->ms += longest;
	return 0;
}

/* Guests for @suites, side by side. */
static int run_round(struct run *r, const struct suites *suites,
		     struct err *err)
{
	struct suites shares[COLLIDE_MAX_GUESTS];
	size_t n =
		share_run(shares, count_jobs(r), suites, r->plan->all.repeat);

	r->v = xreallocarray(r->v, r->n + n, sizeof(*r->v));
	for (size_t i = 0; i < n; i++, r->n++)
		r->v[r->n] = (struct told){ plan_of(r, shares[i]),
					    .console = name_console(r, r->n) };
	return boot(r, n, err);
}

static bool has_told(const struct told *t, const char *filesystem,
		     const char *scenario, unsigned repeat)
{
	unsigned n = 0;

	for (size_t i = 0; i < t->result.outcomes.n; i++)
		n += strcmp(t->result.outcomes.v[i].filesystem, filesystem) ==
			     0 &&
		     strcmp(t->result.outcomes.v[i].scenario, scenario) == 0;
	return n >= repeat;
}

/* The guest that @filesystem's @scenario was given to, or NULL. */
static const struct told *find_guest(const struct run *r,
				     const char *filesystem,
				     const char *scenario)
{
	for (size_t i = 0; i < r->n; i++)
		if (suites_has(&r->v[i].plan.suites, filesystem, scenario))
			return &r->v[i];
	return NULL;
}

/*
 * Whose end is told for all: of the guests that did not come to theirs, that
 * which owes the first pair of the plan.
 */
static const struct told *find_teller(const struct run *r)
{
	const struct suites *plan = &r->plan->all.suites;

	for (size_t i = 0; i < plan->n; i++) {
		const struct suite *s = &plan->v[i];

		for (size_t k = 0; k < s->scenarios.n; k++) {
			const struct told *t =
				find_guest(r, s->filesystem, s->scenarios.v[k]);

			if (t && t->result.end != GUEST_FINISHED &&
			    !has_told(t, s->filesystem, s->scenarios.v[k],
				      r->plan->all.repeat))
				return t;
		}
	}
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].result.end != GUEST_FINISHED)
			return &r->v[i];
	return &r->v[0];
}

static json_t *guest_to_json(const struct told *t)
{
	json_t *names = json_array();
	json_t *object = json_object();

	for (size_t i = 0; i < t->plan.suites.n; i++)
		json_array_append_new(
			names, json_string(t->plan.suites.v[i].filesystem));
	json_object_set_new(object, "filesystems", names);
	json_set_str(object, "end", guest_end_name(t->result.end));
	json_set_str(object, "says", t->result.says);
	json_set_int(object, "ms", t->result.ms);
	json_set_str(object, "console", t->console);
	return object;
}

/* In the plan's order, whoever ran it and when. */
static json_t *collect(const struct run *r)
{
	const struct suites *plan = &r->plan->all.suites;
	struct outcomes some = { 0 };
	json_t *array;
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += r->v[i].result.outcomes.n;
	some.v = xcalloc(n + 1, sizeof(*some.v));
	for (size_t i = 0; i < plan->n; i++)
		for (size_t k = 0; k < plan->v[i].scenarios.n; k++)
			for (size_t g = 0; g < r->n; g++)
				outcomes_borrow(&some, &r->v[g].result.outcomes,
						plan->v[i].filesystem,
						plan->v[i].scenarios.v[k]);
	array = outcomes_to_json(&some);
	free(some.v);
	return array;
}

static json_t *run_to_json(const struct run *r)
{
	const struct told *teller = find_teller(r);
	const bool is_finished = teller->result.end == GUEST_FINISHED;
	json_t *outcomes = collect(r);
	json_t *guests = json_array();
	json_t *object = json_object();
	AUTO(mem_free) char *all = NULL;
	size_t foreign = 0;

	for (size_t i = 0; i < r->n; i++) {
		json_array_append_new(guests, guest_to_json(&r->v[i]));
		foreign += r->v[i].result.foreign;
	}
	all = xasprintf("%zu runs", json_array_size(outcomes));
	json_set_str(object, "end", guest_end_name(teller->result.end));
	json_set_str(object, "says", is_finished ? all : teller->result.says);
	json_set_int(object, "ms", r->ms);
	json_set_int(object, "foreign", (int64_t)foreign);
	json_set_str(object, "console", teller->console);
	json_object_set_new(object, "guests", guests);
	json_object_set_new(object, "outcomes", outcomes);
	return object;
}

static int tell_first(const struct run *r, struct err *err)
{
	AUTO(json_free) json_t *guest = NULL;

	if (!r->spec->on_first)
		return 0;
	guest = run_to_json(r);
	return r->spec->on_first(r->spec->arg, guest, err);
}

/*
 * What a guest owes that broke off, but for the pair that it broke off in. One
 * that was ended by us would take as long again, and one that never began would
 * not begin.
 */
static void add_owed(struct suites *out, const struct run *r,
		     const struct told *t)
{
	const unsigned limit_s =
		r->spec->timeout_s ? r->spec->timeout_s : GUEST_TIMEOUT_S;
	const struct suites *plan = &t->plan.suites;
	bool is_past = false;

	if ((t->result.end != GUEST_PANICKED && t->result.end != GUEST_HUNG) ||
	    t->result.ms >= (int64_t)limit_s * 1000)
		return;
	for (size_t i = 0; i < plan->n; i++) {
		const char *filesystem = plan->v[i].filesystem;
		const struct strings *ids = &plan->v[i].scenarios;

		for (size_t k = 0; k < ids->n; k++) {
			if (has_told(t, filesystem, ids->v[k], t->plan.repeat))
				continue;
			if (is_past)
				suites_add_pair(out, filesystem, ids->v[k]);
			is_past = true;
		}
	}
}

/* Once more, without what broke them off; and of those again. */
static int run_owed(struct run *r, struct err *err)
{
	size_t from = 0;

	if (r->plan->all.sweep_us || r->plan->all.soak_ms)
		return 0;
	for (unsigned round = 0; round < COLLIDE_MAX_AGAIN; round++) {
		AUTO(suites_release) struct suites owed = { 0 };
		size_t to = r->n;

		for (; from < to; from++)
			add_owed(&owed, r, &r->v[from]);
		if (owed.n == 0)
			return 0;
		if (run_round(r, &owed, err) < 0)
			return -1;
	}
	return 0;
}

int collide_run(json_t **out, const json_t *guest,
		const struct collide_spec *spec, struct err *err)
{
	AUTO(collide_plan_release) struct collide_plan plan = { 0 };
	AUTO(suites_release) struct suites rest = { 0 };
	AUTO(run_release) struct run r = { .spec = spec, .plan = &plan };

	if (collide_read_plan(&plan, guest, err) < 0)
		return -1;
	rest = suites_without(&plan.all.suites, &plan.first);
	if (plan.first.n > 0 && run_round(&r, &plan.first, err) < 0)
		return -1;
	if (plan.first.n > 0 && rest.n > 0 && tell_first(&r, err) < 0)
		return -1;
	if ((rest.n > 0 && run_round(&r, &rest, err) < 0) ||
	    run_owed(&r, err) < 0)
		return -1;
	*out = run_to_json(&r);
	return 0;
}
