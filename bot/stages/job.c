/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/job.h"

#include <sys/stat.h>

#include "bot/base/argv.h"
#include "bot/base/fs.h"
#include "bot/base/json.h"
#include "bot/run/child.h"
#include "bot/stages/collide.h"

static json_t *plan_to_json(const struct job_plan *plan)
{
	json_t *object;

	if (!plan)
		return json_null();
	object = json_object();
	json_object_set_new(object, "suites", suites_to_json(plan->suites));
	if (plan->first && plan->first->n > 0)
		json_object_set_new(object, "first",
				    suites_to_json(plan->first));
	if (plan->always)
		json_set_bool(object, "always", true);
	json_set_int(object, "repeat", plan->repeat);
	if (plan->sweep_us) {
		json_t *sweep = json_object();

		json_set_int(sweep, "step_us", plan->sweep_us);
		json_set_int(sweep, "at", plan->sweep_at);
		json_object_set_new(object, "sweep", sweep);
	}
	if (plan->soak_ms) {
		json_t *soak = json_object();

		json_set_int(soak, "ms", plan->soak_ms);
		json_set_int(soak, "seed", plan->seed);
		json_object_set_new(object, "soak", soak);
	}
	return object;
}

/* The file as @commit has it, below files/<step>/ of the job. */
static int copy_file(const struct job_spec *spec, const struct job_step *step,
		     const char *path, const char *inside, struct err *err)
{
	AUTO(mem_free) char *to = xasprintf("%s/%s", spec->dir, inside);
	AUTO(mem_free) char *folder = xstrndup(to, (size_t)(fs_name(to) - to));
	AUTO(buf_release) struct buf content = { 0 };
	bool found;

	if (tree_read_file(&content, spec->tree, step->to, path, TREE_MAX_FILE,
			   &found, err) < 0)
		return -1;
	if (!found)
		return err_set(err, ERR_SYSTEM, "'%s' is not in '%s'", path,
			       step->to);
	if (fs_mkdirs(folder, 0755, err) < 0)
		return -1;
	return fs_write(to, buf_text(&content), content.len, err);
}

static int add_change(json_t *files, const struct job_spec *spec,
		      const struct job_step *step, const struct tree_change *c,
		      struct err *err)
{
	AUTO(json_free) json_t *file = json_object();
	AUTO(mem_free) char *inside = NULL;
	char mode[8];

	/* A path is bytes and JSON is text: what is not UTF-8 stays out. */
	if (json_object_set_new(file, "path", json_string(c->path)) < 0)
		return err_set(err, ERR_INPUT,
			       "'%s': a file name that is not UTF-8", c->path);
	if (c->is_deleted) {
		json_set_bool(file, "delete", true);
	} else {
		inside = xasprintf("files/%s/%s", step->name, c->path);
		if (copy_file(spec, step, c->path, inside, err) < 0)
			return -1;
		snprintf(mode, sizeof(mode), "%06o", c->mode);
		json_set_str(file, "from", inside);
		json_set_str(file, "mode", mode);
	}
	json_array_append(files, file);
	return 0;
}

static int add_step(json_t *steps, const struct job_spec *spec,
		    const struct job_step *step, struct err *err)
{
	AUTO(tree_changes_release) struct tree_changes changes = { 0 };
	AUTO(json_free) json_t *object = json_object();
	json_t *files = json_array();

	json_set_str(object, "name", step->name);
	json_object_set_new(object, "files", files);
	json_object_set_new(object, "guest", plan_to_json(step->plan));
	if (step->to &&
	    tree_diff(&changes, spec->tree, step->from, step->to, err) < 0)
		return -1;
	for (size_t i = 0; i < changes.n; i++)
		if (add_change(files, spec, step, &changes.v[i], err) < 0)
			return -1;
	json_array_append(steps, object);
	return 0;
}

static json_t *limits_to_json(const struct job_spec *spec)
{
	json_t *object = json_object();

	json_set_int(object, "build_s", spec->build_s);
	json_set_int(object, "guest_s", spec->guest_s);
	json_set_int(object, "memory_mib", spec->memory_mib);
	json_set_int(object, "guest_mib", spec->guest_mib);
	return object;
}

int job_write(const struct job_spec *spec, struct err *err)
{
	AUTO(json_free) json_t *root = json_object();
	AUTO(mem_free) char *path = xasprintf("%s/spec.json", spec->dir);
	json_t *steps = json_array();

	if (mkdir(spec->dir, 0755) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot make folder '%s'",
			       spec->dir);
	json_set_int(root, "version", 1);
	json_set_str(root, "lane", spec->lane);
	json_set_str(root, "program", spec->initramfs);
	json_object_set_new(root, "steps", steps);
	json_object_set_new(root, "limits", limits_to_json(spec));
	for (size_t i = 0; i < spec->n_steps; i++)
		if (add_step(steps, spec, &spec->steps[i], err) < 0)
			return -1;
	if (json_write(root, path, err) < 0)
		return -1;
	return geteuid() == 0
		       ? fs_chown_tree(spec->dir, spec->uid, spec->gid, err)
		       : 0;
}

/* Where our own program is; the lab is a subcommand of it. */
static char *own_program(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	return n < 0 ? NULL : xstrndup(path, (size_t)n);
}

/* What a child gets of our environment: where things are, and nothing else. */
static void push_environment(struct argv *env)
{
	static const char *const names[] = { "PATH", "HOME", "COLLIDER_DATA",
					     "COLLIDER_CONFIG",
					     "COLLIDER_STATE" };

	argv_push(env, "LC_ALL=C");
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (getenv(names[i]))
			argv_pushf(env, "%s=%s", names[i], getenv(names[i]));
}

static void pass_on(void *arg, const char *data, size_t len)
{
	const struct job_spec *spec = arg;

	fwrite(data, 1, len, stderr);
	if (spec->on_progress)
		spec->on_progress(spec->arg);
}

/* Each step may take all of its time, and copying some more. */
static unsigned job_time(const struct job_spec *spec)
{
	uint64_t s =
		60 + spec->n_steps * (spec->build_s + spec->guest_s + 60ull);

	return s < JOB_MAX_TIME_S ? (unsigned)s : JOB_MAX_TIME_S;
}

int job_run(const struct job_spec *spec, struct err *err)
{
	AUTO(mem_free) char *program = own_program();
	AUTO(argv_release) struct argv env = ARGV_INIT;
	AUTO(argv_release) struct argv argv = ARGV_INIT;
	AUTO(buf_release) struct buf says = { 0 };
	struct child_result result;

	if (!program)
		return err_sys(err, ERR_SYSTEM, "cannot find our own program");
	push_environment(&env);
	argv_push(&argv, program);
	argv_push(&argv, "lab");
	if (spec->config)
		argv_pushf(&argv, "--config=%s", spec->config);
	argv_push(&argv, spec->dir);
	buf_init(&says, ERR_MAX_MSG);
	if (child_run(&result,
		      &(struct child_spec){
			      .argv = (const char *const *)argv.v,
			      .dir = ".", /* paths may be relative */
			      .env = (const char *const *)env.v,
			      .timeout_s = job_time(spec),
			      .max_output = JOB_MAX_PROGRESS,
			      .on_output = pass_on,
			      .arg = (void *)spec,
		      },
		      err) < 0)
		return -1;
	if (child_is_ok(&result))
		return 0;
	child_says(&says, &result);
	return err_set(err, ERR_SYSTEM, "the lab %s", buf_text(&says));
}

static int read_diagnostic(struct review_diagnostics *errors,
			   struct review_diagnostics *warnings,
			   const json_t *object, struct err *err)
{
	struct review_diagnostic *d;
	const char *file, *severity, *text;
	int64_t line, column;
	bool is_error;

	if (json_get_string(&file, object, "file", err) < 0 ||
	    json_get_int(&line, object, "line", 0, INT32_MAX, err) < 0 ||
	    json_get_int(&column, object, "column", 0, INT32_MAX, err) < 0 ||
	    json_get_string(&severity, object, "severity", err) < 0 ||
	    json_get_string(&text, object, "text", err) < 0)
		return -1;
	is_error = strcmp(severity, "error") == 0;
	if (!is_error && strcmp(severity, "warning") != 0)
		return err_set(err, ERR_INPUT, "'severity' is '%s'", severity);
	d = review_add_diagnostic(is_error ? errors : warnings);
	d->file = xstrdup(file);
	d->line = (unsigned)line;
	d->column = (unsigned)column;
	d->text = xstrdup(text);
	return 0;
}

static int read_build_outcome(enum review_build *out, const json_t *build,
			      struct err *err)
{
	static const struct {
		const char *word;
		enum review_build is;
	} words[] = {
		{ "ok", REVIEW_BUILD_OK },
		{ "broken", REVIEW_BUILD_BROKEN },
		{ "timed-out", REVIEW_BUILD_TIMED_OUT },
		{ "skipped", REVIEW_BUILD_SKIPPED },
	};
	const char *word;

	if (json_get_string(&word, build, "outcome", err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(word, words[i].word) == 0) {
			*out = words[i].is;
			return 0;
		}
	}
	return err_set(err, ERR_INPUT, "'outcome' is '%s'", word);
}

static int read_build(struct job_step_result *out, const json_t *build,
		      struct err *err)
{
	json_t *diagnostics;

	if (read_build_outcome(&out->build, build, err) < 0 ||
	    json_get_int(&out->build_ms, build, "ms", 0,
			 JOB_MAX_TIME_S * 1000ll, err) < 0 ||
	    json_get_array(&diagnostics, build, "new_diagnostics",
			   JOB_MAX_DIAGNOSTICS, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(diagnostics); i++)
		if (read_diagnostic(&out->errors, &out->new_warnings,
				    json_array_get(diagnostics, i), err) < 0)
			return -1;
	return 0;
}

static int read_unbuilt(struct job_step_result *out, const json_t *build,
			struct err *err)
{
	json_t *files;

	if (json_get_array(&files, build, "unbuilt", TREE_MAX_CHANGES, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(files); i++) {
		const char *file = json_string_value(json_array_get(files, i));

		if (!file)
			return err_set(err, ERR_INPUT,
				       "'unbuilt' is no list of"
				       " strings");
		strings_push(&out->unbuilt, file);
	}
	return 0;
}

static int read_guest(struct job_guest *out, const json_t *guest,
		      struct err *err)
{
	const char *end, *says;
	json_t *outcomes;

	if (json_get_string(&end, guest, "end", err) < 0 ||
	    json_get_string(&says, guest, "says", err) < 0 ||
	    json_get_int(&out->ms, guest, "ms", 0, JOB_MAX_TIME_S * 1000ll,
			 err) < 0 ||
	    json_get_array(&outcomes, guest, "outcomes", OUTCOMES_MAX, err) <
		    0 ||
	    outcomes_from_json(&out->outcomes, outcomes, err) < 0)
		return -1;
	out->end = xstrdup(end);
	out->says = xstrdup(says);
	if (strcmp(end, COLLIDE_SAME) == 0)
		out->same = xstrdup(says);
	return 0;
}

static int read_step(struct job_step_result *out, const json_t *step,
		     const char *name, struct err *err)
{
	const json_t *build = json_object_get(step, "build");
	const json_t *guest = json_object_get(step, "guest");
	const json_t *semantic = json_object_get(step, "semantic");
	const char *its;

	if (json_get_string(&its, step, "name", err) < 0)
		return -1;
	if (strcmp(its, name) != 0)
		return err_set(err, ERR_INPUT, "step '%s' in place of '%s'",
			       its, name);
	if (json_is_object(build) && (read_build(out, build, err) < 0 ||
				      read_unbuilt(out, build, err) < 0))
		return -1;
	if (json_is_object(semantic) &&
	    semantic_from_json(&out->semantic, semantic, err) < 0)
		return -1;
	return json_is_object(guest) ? read_guest(&out->guest, guest, err) : 0;
}

static int read_result(struct job_result *r, const json_t *root,
		       const struct job_spec *spec, struct err *err)
{
	json_t *steps;

	if (json_get_array(&steps, root, "steps", spec->n_steps, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(steps); i++)
		if (read_step(&r->v[i], json_array_get(steps, i),
			      spec->steps[i].name, err) < 0)
			return err_wrap(err, "step '%s'", spec->steps[i].name);
	return 0;
}

/* The lab itself could not go on: its kind of error is ours. */
static int read_error(const json_t *root, struct err *err)
{
	const json_t *error = json_object_get(root, "error");
	const char *kind, *message;
	enum err_kind is = ERR_SYSTEM;

	if (!json_is_object(error))
		return 0;
	if (json_get_string(&kind, error, "kind", err) < 0 ||
	    json_get_string(&message, error, "message", err) < 0)
		return -1;
	for (int k = ERR_INPUT; k <= ERR_SYSTEM; k++)
		if (strcmp(kind, err_kind_name((enum err_kind)k)) == 0)
			is = (enum err_kind)k;
	return err_set(err, is, "%s", message);
}

int job_read(struct job_result *out, const struct job_spec *spec,
	     struct err *err)
{
	AUTO(mem_free) char *path = xasprintf("%s/result.json", spec->dir);
	AUTO(job_result_release) struct job_result r = { 0 };
	AUTO(json_free) json_t *root = NULL;

	r.v = xcalloc(spec->n_steps, sizeof(*r.v));
	r.n = spec->n_steps;
	if (json_read(&root, path, JOB_MAX_RESULT, err) < 0)
		return -1;
	if (read_error(root, err) < 0)
		return -1;
	if (read_result(&r, root, spec, err) < 0)
		return err_wrap(err, "'%s'", path);
	*out = r;
	r = (struct job_result){ 0 };
	return 0;
}

int job_read_first(bool *found, struct job_guest *out,
		   const struct job_spec *spec, const char *step,
		   struct err *err)
{
	AUTO(mem_free)
	char *path = xasprintf("%s/%s.first.json", spec->dir, step);
	AUTO(json_free) json_t *guest = NULL;

	*out = (struct job_guest){ 0 };
	*found = fs_exists(path);
	if (!*found)
		return 0;
	if (json_read(&guest, path, JOB_MAX_RESULT, err) < 0)
		return -1;
	return read_guest(out, guest, err);
}

void job_guest_release(struct job_guest *g)
{
	free(g->end);
	free(g->says);
	free(g->same);
	outcomes_release(&g->outcomes);
	*g = (struct job_guest){ 0 };
}

void job_result_release(struct job_result *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct job_step_result *s = &r->v[i];

		review_diagnostics_release(&s->errors);
		review_diagnostics_release(&s->new_warnings);
		strings_release(&s->unbuilt);
		semantic_result_release(&s->semantic);
		job_guest_release(&s->guest);
	}
	free(r->v);
	*r = (struct job_result){ 0 };
}
