// SPDX-License-Identifier: GPL-2.0-or-later
#include "bot/stages/collide.h"

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

int collide_read_plan(struct guest_plan *out, const json_t *guest,
		      struct err *err)
{
	int64_t repeat;

	*out = (struct guest_plan){ 0 };
	if (json_get_int(&repeat, guest, "repeat", 1, GUEST_MAX_REPEAT, err) <
		    0 ||
	    read_sweep(out, guest, err) < 0)
		return -1;
	out->repeat = (unsigned)repeat;
	return suites_from_json(&out->suites, json_object_get(guest, "suites"),
				err);
}

static json_t *result_to_json(const struct guest_result *r, const char *console)
{
	json_t *object = json_object();

	json_set_str(object, "end", guest_end_name(r->end));
	json_set_str(object, "says", r->says);
	json_set_int(object, "ms", r->ms);
	json_set_int(object, "foreign", (int64_t)r->foreign);
	json_set_str(object, "console", console);
	json_object_set_new(object, "outcomes", outcomes_to_json(&r->outcomes));
	return object;
}

int collide_run(json_t **out, const json_t *guest,
		const struct collide_spec *spec, struct err *err)
{
	AUTO(guest_result_release) struct guest_result result = { 0 };
	AUTO(guest_plan_release) struct guest_plan plan = { 0 };
	AUTO(mem_free)
	char *console = xasprintf("%s/%s", spec->dir, spec->console);

	if (collide_read_plan(&plan, guest, err) < 0 ||
	    guest_run(&result,
		      &(struct guest_spec){
			      .kernel = spec->kernel,
			      .initramfs = spec->initramfs,
			      .plan = &plan,
			      .console = console,
			      .timeout_s = spec->timeout_s,
			      .memory_mib = spec->memory_mib,
			      .profile = spec->profile,
		      },
		      err) < 0)
		return -1;
	*out = result_to_json(&result, spec->console);
	return 0;
}
