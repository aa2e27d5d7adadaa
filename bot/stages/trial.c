/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/trial.h"

#include "bot/base/clock.h"
#include "bot/base/fs.h"
#include "bot/guest/guest.h"
#include "bot/stages/folder.h"
#include "bot/stages/job.h"
#include "bot/stages/known.h"
#include "bot/stages/spec.h"
#include "rules/join.h"
#include "rules/judge.h"
#include "rules/question.h"
#include "rules/selection.h"

/* What is known of one kernel. */
struct kernel {
	unsigned patch; /* the last one in it; 0: the base */
	struct job_guest guest;
};

struct trial {
	const struct trial_spec *spec;
	struct review *r;
	struct kernel *v; /* the base first, then ascending */
	size_t n;
	struct suites first;	    /* what can see the series best */
	struct known base;	    /* what it did before */
	const struct job_spec *job; /* that is running */
	bool is_first_told;
	bool is_unbuilt; /* some file of it is in no kernel of ours */
	int64_t began_ms;
};

static void trial_release(struct trial *t)
{
	for (size_t i = 0; i < t->n; i++)
		job_guest_release(&t->v[i].guest);
	free(t->v);
	suites_release(&t->first);
	known_release(&t->base);
}
DEFINE_AUTO_VALUE(struct trial, trial_release)

/* Moves @guest in, at its place. */
static void add_kernel(struct trial *t, unsigned patch, struct job_guest *guest)
{
	size_t at = t->n++;

	t->v = xreallocarray(t->v, t->n, sizeof(*t->v));
	for (; at > 0 && t->v[at - 1].patch > patch; at--)
		t->v[at] = t->v[at - 1];
	t->v[at] = (struct kernel){ patch, *guest };
	*guest = (struct job_guest){ 0 };
}

/* The series stands on more than the lane has: it has prerequisites. */
static bool has_needs(const struct review *r)
{
	return strcmp(r->base.parent, r->base.commit) != 0;
}

/* With prerequisites the base is another one, told apart by its content. */
static int name_program(char **out, const struct trial *t, struct err *err)
{
	const char *initramfs = fs_name(t->spec->initramfs);
	char tree[TREE_HEX_LEN + 1];

	if (!has_needs(t->r)) {
		*out = xstrdup(initramfs);
		return 0;
	}
	if (tree_hash(tree, t->spec->tree, t->r->base.parent, err) < 0)
		return -1;
	*out = xasprintf("%s on %s", initramfs, tree);
	return 0;
}

/* The base's kernel, with what is known of it and what @ran told. */
static void add_base(struct trial *t, struct job_guest *ran)
{
	if (!ran->end)
		ran->end = xstrdup("finished");
	outcomes_take_all(&ran->outcomes, &t->base.outcomes);
	add_kernel(t, 0, ran);
}

static int find_base(struct trial *t, struct err *err)
{
	const struct trial_spec *spec = t->spec;
	struct job_guest none = { 0 };

	t->base.store = spec->store;
	t->base.lane = spec->lane_key;
	t->base.repeat = spec->repeat;
	if (name_program(&t->base.program, t, err) < 0 ||
	    known_find(&t->base, spec->plan, err) < 0)
		return -1;
	if (t->base.unknown.n == 0)
		add_base(t, &none);
	return 0;
}

/* Only a guest that finished has said all; only then is it worth keeping. */
static int keep_base(const struct trial *t, const struct job_guest *guest,
		     struct err *err)
{
	if (judge_read_end(guest->end) != END_FINISHED)
		return 0;
	return known_keep(&t->base, &guest->outcomes, err);
}

static void move_diagnostics(struct review_diagnostics *to,
			     struct review_diagnostics *from)
{
	review_diagnostics_release(to);
	*to = *from;
	*from = (struct review_diagnostics){ 0 };
}

static void tell_unbuilt(struct review *r, unsigned patch,
			 const struct strings *files)
{
	for (size_t i = 0; i < files->n; i++)
		strings_push_take(
			&r->skipped,
			xasprintf("patch %u: %s is not built by this "
				  "configuration, so nothing was tried of it",
				  patch, files->v[i]));
}

static void take_questions(struct review *r, unsigned patch,
			   const struct semantic_result *from)
{
	questions_add(r, patch, &from->questions);
	for (size_t i = 0; i < from->untold.n; i++)
		if (!strings_has(&r->skipped, from->untold.v[i]))
			strings_push(&r->skipped, from->untold.v[i]);
}

/* What the job says of patch @patch goes into the review and the trial. */
static void take_step(struct trial *t, unsigned patch,
		      struct job_step_result *from)
{
	struct review_patch *to = &t->r->patches[patch - 1];

	to->build = from->build;
	to->build_ms = from->build_ms;
	move_diagnostics(&to->errors, &from->errors);
	move_diagnostics(&to->new_warnings, &from->new_warnings);
	tell_unbuilt(t->r, patch, &from->unbuilt);
	take_questions(t->r, patch, &from->semantic);
	t->is_unbuilt = t->is_unbuilt || from->unbuilt.n > 0;
	if (from->guest.end)
		add_kernel(t, patch, &from->guest);
}

static void add_times(struct review *r, const struct job_result *result)
{
	int64_t build = 0, guest = 0;

	for (size_t i = 0; i < result->n; i++) {
		build += result->v[i].build_ms;
		guest += result->v[i].guest.ms;
	}
	review_add_timing(r, "build", build);
	review_add_timing(r, "guest", guest);
}

/* Whose outcomes are this kernel's: its own, or those of one that it equals. */
static const struct kernel *find_ran(const struct trial *t,
				     const struct kernel *kernel)
{
	unsigned patch = 0;

	if (!kernel->guest.same)
		return kernel;
	if (kernel->guest.same[0] >= '0' && kernel->guest.same[0] <= '9')
		patch = (unsigned)strtoul(kernel->guest.same, NULL, 10);
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].patch == patch && !t->v[i].guest.same)
			return &t->v[i];
	return NULL;
}

static struct judge_step step_of(const struct trial *t,
				 const struct kernel *kernel)
{
	const struct kernel *ran = find_ran(t, kernel);
	struct judge_step step = { .patch = kernel->patch };

	if (!ran) {
		step.end = END_NOT_RUN;
		step.outcomes = &kernel->guest.outcomes;
		return step;
	}
	step.end = judge_read_end(ran->guest.end);
	step.says = ran->guest.says;
	step.outcomes = &ran->guest.outcomes;
	step.is_base = kernel->patch > 0 && ran->patch == 0;
	return step;
}

static void judge_plan(struct trial *t, const struct suites *plan)
{
	AUTO(mem_free) struct judge_step *steps = NULL;
	struct judge_evidence evidence = {
		.plan = plan,
		.n_steps = t->n,
		.is_racy = guest_kind_find(t->spec->guest)->processors > 1,
	};

	steps = xcalloc(t->n, sizeof(*steps));
	for (size_t i = 0; i < t->n; i++)
		steps[i] = step_of(t, &t->v[i]);
	evidence.steps = steps;
	judge_run(t->r, &evidence, t->spec->contracts);
	join_name_guest(t->r, t->spec->guest);
}

static void judge(struct trial *t)
{
	judge_plan(t, t->spec->plan);
	if (t->r->is_base_kernel && t->is_unbuilt)
		review_end(t->r, VERDICT_COULD_NOT_TELL,
			   "what the series changes is not in this kernel: it "
			   "is that of the base",
			   NULL);
}

/* ---- the first verdict ---- */

static int64_t sum_timing(const struct review *r)
{
	int64_t ms = 0;

	for (size_t i = 0; i < r->n_timing; i++)
		ms += r->timing[i].ms;
	return ms;
}

/* The kernel of the whole series has booted, so all of it was built. */
static void assume_built(struct review *r)
{
	for (size_t i = 0; i < r->n_patches; i++)
		r->patches[i].build = REVIEW_BUILD_OK;
}

static void tell_first(struct trial *t, struct job_guest *guest)
{
	struct review *r = t->r;

	assume_built(r);
	add_kernel(t, (unsigned)r->n_patches, guest);
	judge_plan(t, &t->first);
	r->first_verdict = r->verdict;
	r->first_ms = sum_timing(r) + clock_ms() - t->began_ms;
	if (t->spec->on_first)
		t->spec->on_first(t->spec->arg, r);
	job_guest_release(&t->v[--t->n].guest);
}

/* The lab has said something: perhaps that the first round is over. */
static void look_for_first(void *arg)
{
	struct trial *t = arg;
	AUTO(job_guest_release) struct job_guest guest = { 0 };
	struct err unread = ERR_INIT;
	char step[16];
	bool found;

	if (t->is_first_told || t->n == 0 || t->first.n == 0)
		return;
	snprintf(step, sizeof(step), "%zu", t->r->n_patches);
	if (job_read_first(&found, &guest, t->job, step, &unread) < 0)
		found = t->is_first_told = true;
	if (!found || t->is_first_told)
		return;
	t->is_first_told = true;
	tell_first(t, &guest);
}

/* One lab job from row to removed folder. */
static int run_job(struct job_result *out, struct trial *t,
		   const struct job_step *steps, size_t n, struct err *err)
{
	const struct trial_spec *spec = t->spec;
	AUTO(folder_release) struct folder folder = FOLDER_INIT;
	struct job_spec job;

	if (folder_begin(&folder, spec->store, spec->jobs, t->r->subject,
			 t->r->message_id, err) < 0)
		return -1;
	job = (struct job_spec){
		.dir = folder.row.folder,
		.lane = spec->lane,
		.initramfs = spec->initramfs,
		.tree = spec->tree,
		.steps = steps,
		.n_steps = n,
		.build_s = spec->build_s,
		.guest_s = spec->guest_s,
		.memory_mib = spec->memory_mib,
		.guest_mib = spec->guest_mib,
		.config = spec->config,
		.uid = spec->uid,
		.gid = spec->gid,
		.on_progress = look_for_first,
		.arg = t,
	};
	/* cppcheck-suppress autoVariables; looked at only while it runs */
	t->job = &job;
	if (job_write(&job, err) < 0 || job_run(&job, err) < 0 ||
	    job_read(out, &job, err) < 0)
		return err_wrap(err, "lab job %lld", (long long)folder.row.id);
	add_times(t->r, out);
	if (spec->keep)
		strings_push_take(&t->r->skipped,
				  xasprintf("kept: %s", folder.row.folder));
	return folder_end(&folder, spec->store, spec->keep, err);
}

int trial_job(struct job_result *out, struct review *r,
	      const struct trial_spec *spec, const struct job_step *steps,
	      size_t n, struct err *err)
{
	struct trial t = { .spec = spec, .r = r, .is_first_told = true };

	return run_job(out, &t, steps, n, err);
}

static const char *commit_after(const struct review *r, unsigned patch)
{
	return patch == 0 ? r->base.parent : r->patches[patch - 1].commit;
}

void trial_patch_step(struct job_step *step, const struct review *r,
		      unsigned from, unsigned to, const struct job_plan *plan)
{
	snprintf(step->name, sizeof(step->name), "%u", to);
	step->from = commit_after(r, from);
	step->to = commit_after(r, to);
	step->plan = plan;
}

void trial_base_step(struct job_step *step, const struct review *r,
		     const struct job_plan *plan)
{
	bool more = has_needs(r);

	snprintf(step->name, sizeof(step->name), more ? SPEC_NEEDS : SPEC_BASE);
	step->from = more ? r->base.commit : NULL;
	step->to = more ? r->base.parent : NULL;
	step->plan = plan;
}

static struct job_plan plan_of(const struct trial_spec *spec)
{
	return (struct job_plan){ .suites = spec->plan,
				  .repeat = spec->repeat };
}

/* False: there is no kernel to compare with, and the review is ended. */
static bool is_base_built(struct trial *t, const struct job_step_result *base)
{
	if (base->build == REVIEW_BUILD_OK || !has_needs(t->r))
		return true;
	review_end(t->r, VERDICT_COULD_NOT_TELL,
		   "what the series needs does not build on this base", NULL);
	return false;
}

/*
 * The base, when it has to be run or to be built, and every patch in turn.
 * *ended: the base is none.
 */
static int run_series(bool *ended, struct trial *t, struct err *err)
{
	const struct trial_spec *spec = t->spec;
	const unsigned n = (unsigned)t->r->n_patches;
	const bool is_known = t->base.unknown.n == 0;
	const struct job_plan plan = plan_of(spec);
	const struct job_plan base = { .suites = &t->base.unknown,
				       .repeat = spec->repeat };
	const struct job_plan whole = { .suites = spec->plan,
					.first = is_known ? &t->first : NULL,
					.repeat = spec->repeat };
	const bool with_base = !is_known || has_needs(t->r);
	AUTO(job_result_release) struct job_result result = { 0 };
	AUTO(mem_free) struct job_step *steps = NULL;
	struct job_step *step;

	steps = xcalloc(n + 1, sizeof(*steps));
	trial_base_step(&steps[0], t->r, is_known ? NULL : &base);
	for (unsigned k = 1; k <= n; k++)
		trial_patch_step(&steps[k], t->r, k - 1, k,
				 k == n			 ? &whole
				 : n <= spec->each_patch ? &plan
							 : NULL);
	step = with_base ? steps : steps + 1;
	if (run_job(&result, t, step, with_base ? n + 1 : n, err) < 0)
		return -1;
	*ended = with_base && !is_base_built(t, &result.v[0]);
	if (*ended)
		return 0;
	if (!is_known) {
		if (keep_base(t, &result.v[0].guest, err) < 0)
			return -1;
		add_base(t, &result.v[0].guest);
	}
	for (unsigned k = 1; k <= n; k++)
		take_step(t, k, &result.v[with_base ? k : k - 1]);
	return 0;
}

/* The pairs whose patch at fault is not known yet. */
static struct suites list_open(const struct trial *t)
{
	const struct review *r = t->r;
	struct suites open = { 0 };

	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];

		if (!f->next)
			continue;
		if (!f->base.path) { /* a guest as a whole */
			suites_release(&open);
			return suites_dup(t->spec->plan);
		}
		if (!suites_has(&open, f->filesystem, f->scenario))
			suites_add_pair(&open, f->filesystem, f->scenario);
	}
	return open;
}

/* The kernel after @patch alone, built from the base in one go. */
static int run_between(bool *ran, struct trial *t, unsigned patch,
		       struct err *err)
{
	AUTO(suites_release) struct suites open = list_open(t);
	/* What equals the lane's kernel is no base of a series with needs. */
	const struct job_plan plan = { .suites = &open,
				       .repeat = t->spec->repeat,
				       .always = has_needs(t->r) };
	AUTO(job_result_release) struct job_result result = { 0 };
	struct job_step step = { 0 };

	trial_patch_step(&step, t->r, 0, patch, &plan);
	step.from = t->r->base.commit; /* as the lane is */
	if (run_job(&result, t, &step, 1, err) < 0)
		return -1;
	*ran = result.v[0].guest.end;
	if (*ran)
		add_kernel(t, patch, &result.v[0].guest);
	return 0;
}

int trial_run(struct review *r, const struct trial_spec *spec, struct err *err)
{
	AUTO(trial_release)
	struct trial t = { .spec = spec, .r = r, .began_ms = clock_ms() };
	bool ended = false, ran = true;
	unsigned patch;

	selection_run(&t.first, r, spec->plan);
	if (folder_sweep(spec->store, err) < 0 || find_base(&t, err) < 0 ||
	    run_series(&ended, &t, err) < 0)
		return -1;
	if (ended)
		return 0;
	judge(&t);
	while (ran && (patch = judge_next_patch(r)) > 0) {
		if (run_between(&ran, &t, patch, err) < 0)
			return -1;
		judge(&t);
	}
	return 0;
}
