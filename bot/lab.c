/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one subcommand that meets what a stranger wrote: files of a patch, a
 * kernel built from them, what that kernel prints. It is a function from folder
 * to folder. Nothing of a run outlives it but the result and the logs: the
 * changed tree is memory in a mount namespace of this process.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>

#include "bot/base/fs.h"
#include "bot/command.h"
#include "bot/config.h"
#include "bot/git/lane.h"
#include "bot/guest/loaded.h"
#include "bot/run/beneath.h"
#include "bot/run/kvm.h"
#include "bot/run/overlay.h"
#include "bot/run/privilege.h"
#include "bot/stages/build.h"
#include "bot/stages/collide.h"
#include "bot/stages/semantic.h"
#include "bot/stages/spec.h"

/* What a job may write into its tree; all objects of a lane have 300 MiB. */
#define LAB_VIEW_MIB 2048
#define LAB_TICK_NS 20000000 /* more than one tick of a kernel with HZ=100 */

static const char usage[] =
	"usage: collider lab [--config FILE] JOBDIR\n"
	"\n"
	"Run one lab job: JOBDIR/spec.json and the files beside it in,\n"
	"JOBDIR/result.json and logs out. As root it becomes the unprivileged\n"
	"user of the configuration first.\n"
	"\n"
	"  -c, --config FILE  the configuration\n"
	"  -h, --help         show this\n"
	"\n"
	"Exit code: 0 when result.json was written, which also tells of what\n"
	"went wrong; 2 when it could not be; 64 for a wrong command line or\n"
	"configuration.\n";

struct lab {
	const char *dir;
	int dir_fd;
	unsigned jobs;
	struct profile *build;
	struct profile *guests[GUEST_KINDS];
	struct semantic *semantic;
	struct spec *spec;
	const struct lane_arch *arch;
	const struct guest_kind *kind; /* that boots such kernels */
	bool has_kvm;
	int kvm_memory; /* a file that outlives the job; or -1 */
	char *lane_src;
	struct overlay view;   /* empty until a step needs it */
	struct buildlog known; /* what the lane and earlier steps printed */
	json_t *steps;	       /* of the result */
	struct known *kernels; /* those that a step may turn out to be */
	size_t n_kernels;
};

/* A kernel of the job, and what it puts into memory. */
struct known {
	const char *name; /* of its step, or "base"; borrowed */
	struct hash hash;
};

static void lab_release(struct lab *lab)
{
	fd_close(lab->dir_fd);
	fd_close(lab->kvm_memory);
	profile_free(lab->build);
	for (size_t i = 0; i < GUEST_KINDS; i++)
		profile_free(lab->guests[i]);
	semantic_free(lab->semantic);
	spec_free(lab->spec);
	free(lab->lane_src);
	overlay_release(&lab->view);
	buildlog_release(&lab->known);
	json_decref(lab->steps);
	free(lab->kernels);
}
DEFINE_AUTO_VALUE(struct lab, lab_release)

/* ---- one step ---- */

static int put_file(struct lab *lab, const struct spec_file *file,
		    struct err *err)
{
	AUTO(fd_close) int from = -1;

	if (!file->from)
		return beneath_delete(lab->view.fd, file->path, err);
	if (beneath_open(&from, lab->dir_fd, file->from, err) < 0)
		return -1;
	return beneath_put(lab->view.fd, file->path, file->mode, from, err);
}

static bool is_c_file(const struct spec_file *file)
{
	size_t len = strlen(file->path);

	return file->from && file->mode != 0120000 && len > 2 &&
	       strcmp(file->path + len - 2, ".c") == 0;
}

/*
 * make compares times, and a file's is that of the last clock tick: what was
 * built in the same tick as the next step's source would seem up to date.
 */
static void wait_for_clock_tick(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = LAB_TICK_NS }, NULL);
}

/* Bring the view to the state after the step's patch. */
static int put_files(struct build_spec *build, struct strings *changed,
		     struct lab *lab, const struct spec_step *step,
		     struct err *err)
{
	wait_for_clock_tick();
	build->only_objects = true;
	for (size_t i = 0; i < step->n; i++) {
		const struct spec_file *file = &step->files[i];

		if (put_file(lab, file, err) < 0)
			return -1;
		if (file->from)
			strings_push(changed, file->path);
		if (!is_c_file(file))
			build->only_objects = false;
	}
	return 0;
}

/* At the same time as make, which leaves the sources alone. */
static void start_reading(struct lab *lab, const struct spec_step *step,
			  const struct strings *changed)
{
	semantic_start(lab->semantic, &(struct semantic_spec){
					      .base = lab->lane_src,
					      .tree = lab->view.tree,
					      .tree_fd = lab->view.fd,
					      .changed = changed,
					      .dir = lab->dir,
					      .name = step->name,
				      });
}

static void finish_reading(struct lab *lab, json_t *told)
{
	AUTO(semantic_result_release) struct semantic_result result = { 0 };

	semantic_finish(lab->semantic, &result);
	json_object_set_new(told, "semantic", semantic_to_json(&result));
}

static int build_step(enum build_outcome *outcome_out, struct lab *lab,
		      const struct spec_step *step, bool link, json_t *told,
		      struct err *err)
{
	AUTO(build_result_release) struct build_result result = { 0 };
	AUTO(strings_release) struct strings changed = { 0 };
	AUTO(mem_free) char *log = xasprintf("%s.build.log", step->name);
	AUTO(mem_free) char *path = xasprintf("%s/%s", lab->dir, log);
	AUTO(mem_free) char *what = NULL;
	struct progress progress;
	struct build_spec spec = {
		.view = &lab->view,
		.profile = lab->build,
		.arch = lab->arch,
		.changed = &changed,
		.link = link,
		.jobs = lab->jobs,
		.timeout_s = lab->spec->build_s,
		.memory_mib = lab->spec->memory_mib,
		.log = path,
		.progress = &progress,
	};

	if (put_files(&spec, &changed, lab, step, err) < 0)
		return -1;
	what = xasprintf("patch %s: building %s", step->name,
			 link ? "the kernel" : "objects");
	progress_start(&progress, stderr, what, 0);
	start_reading(lab, step, &changed);
	if (build_run(&result, &spec, &lab->known, err) < 0)
		return -1;
	progress_end(&progress, build_outcome_name(result.outcome));
	json_object_set_new(told, "build", build_to_json(&result, log));
	finish_reading(lab, told);
	*outcome_out = result.outcome;
	return 0;
}

static char *kernel_of(const struct lab *lab, const struct spec_step *step)
{
	return xasprintf("%s/%s",
			 step->is_base ? lab->lane_src : lab->view.tree,
			 lab->arch->kernel);
}

/*
 * What was built, under @name; *same_out is the first kernel that is the same
 * in memory, or NULL. What cannot be read is like no other.
 */
static void know_kernel(const char **same_out, struct lab *lab,
			const char *name, const char *path)
{
	struct err unread = ERR_INIT;
	struct hash hash;

	*same_out = NULL;
	if (loaded_hash(&hash, path, &unread) < 0)
		return;
	for (size_t i = 0; i < lab->n_kernels && !*same_out; i++)
		if (strcmp(lab->kernels[i].hash.hex, hash.hex) == 0)
			*same_out = lab->kernels[i].name;
	lab->kernels = xreallocarray(lab->kernels, lab->n_kernels + 1,
				     sizeof(*lab->kernels));
	lab->kernels[lab->n_kernels++] = (struct known){ name, hash };
}

/* No guest is run of a kernel that a guest was run of. */
static json_t *tell_same(const char *same)
{
	json_t *guest = json_object();

	json_set_str(guest, "end", COLLIDE_SAME);
	json_set_str(guest, "says", same);
	json_set_int(guest, "ms", 0);
	json_object_set_new(guest, "outcomes", json_array());
	return guest;
}

/* Who is colliding, and who is told of the first round. */
struct colliding {
	const struct lab *lab;
	const struct spec_step *step;
	struct progress progress;
};

static void show_round(struct colliding *c, const char *which)
{
	AUTO(mem_free)
	char *what =
		xasprintf("%s%s: colliding%s", c->step->is_base ? "" : "patch ",
			  c->step->name, which);

	progress_start(&c->progress, stderr, what, 0);
}

/* The job's owner looks for the file when it hears of the round's end. */
static int write_first(void *arg, const json_t *guest, struct err *err)
{
	struct colliding *c = arg;
	AUTO(mem_free)
	char *path = xasprintf("%s/%s.first.json", c->lab->dir, c->step->name);

	if (json_write(guest, path, err) < 0)
		return -1;
	progress_end(&c->progress,
		     json_string_value(json_object_get(guest, "end")));
	show_round(c, " the rest");
	return 0;
}

static int boot_step(struct lab *lab, const struct spec_step *step,
		     const char *kernel, json_t *told, struct err *err)
{
	struct colliding c = { .lab = lab, .step = step };
	json_t *guest;

	show_round(&c, "");
	if (collide_run(&guest, step->guest,
			&(struct collide_spec){
				.kind = lab->kind,
				.kernel = kernel,
				.initramfs = lab->spec->program,
				.dir = lab->dir,
				.name = step->name,
				.jobs = lab->jobs / lab->kind->processors,
				.timeout_s = lab->spec->guest_s,
				.memory_mib = lab->spec->guest_mib,
				.has_kvm = lab->has_kvm,
				.profile = lab->guests[lab->kind - guest_kinds],
				.on_first = write_first,
				.arg = &c,
			},
			err) < 0)
		return -1;
	progress_end(&c.progress,
		     json_string_value(json_object_get(guest, "end")));
	json_object_set_new(told, "guest", guest);
	return 0;
}

/* Boot the step's kernel, unless it is one that the job has already. */
static int try_step(struct lab *lab, const struct spec_step *step, json_t *told,
		    struct err *err)
{
	AUTO(mem_free) char *kernel = kernel_of(lab, step);
	const char *same;

	know_kernel(&same, lab, step->name, kernel);
	if (!step->guest)
		return 0;
	if (!same || json_is_true(json_object_get(step->guest, "always")))
		return boot_step(lab, step, kernel, told, err);
	fprintf(stderr, "patch %s: in memory it is the kernel of %s%s\n",
		step->name, *same >= '0' && *same <= '9' ? "patch " : "", same);
	json_object_set_new(told, "guest", tell_same(same));
	return 0;
}

/* *broken: the kernel of this step cannot be, nor those of later ones. */
static int run_step(bool *broken, struct lab *lab, size_t i, json_t *told,
		    struct err *err)
{
	const struct spec_step *step = &lab->spec->steps[i];
	AUTO(mem_free) char *view = xasprintf("%s/view", lab->dir);
	bool link = step->guest || i + 1 == lab->spec->n;
	enum build_outcome outcome = BUILD_OK;

	if (!step->is_base && !lab->view.tree &&
	    overlay_mount(&lab->view, lab->lane_src, view, LAB_VIEW_MIB, err) <
		    0)
		return -1;
	if (!step->is_base &&
	    build_step(&outcome, lab, step, link, told, err) < 0)
		return -1;
	*broken = outcome != BUILD_OK;
	return *broken || !link ? 0 : try_step(lab, step, told, err);
}

static void skip_step(json_t *told)
{
	json_t *build = json_object();

	json_set_str(build, "outcome", "skipped");
	json_set_int(build, "ms", 0);
	json_object_set_new(build, "new_diagnostics", json_array());
	json_object_set_new(told, "build", build);
}

/* ---- the job ---- */

static int run_steps(struct lab *lab, struct err *err)
{
	bool broken = false;

	for (size_t i = 0; i < lab->spec->n; i++) {
		const char *name = lab->spec->steps[i].name;
		json_t *told = json_object();

		json_set_str(told, "name", name);
		json_object_set_new(told, "build", json_null());
		json_object_set_new(told, "guest", json_null());
		json_array_append_new(lab->steps, told);
		if (broken)
			skip_step(told);
		else if (run_step(&broken, lab, i, told, err) < 0)
			return err_wrap(err, "step '%s'", name);
	}
	return 0;
}

static int open_lane(struct lab *lab, struct err *err)
{
	AUTO(mem_free)
	char *record = xasprintf("%s/lane.json", lab->spec->lane);
	AUTO(mem_free) char *log = xasprintf("%s/build.log", lab->spec->lane);
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(json_free) json_t *lane = NULL;
	const char *arch;

	if (json_read(&lane, record, LANE_MAX_JSON, err) < 0 ||
	    json_get_string(&arch, lane, "arch", err) < 0 ||
	    fs_read(&text, log, BUILD_MAX_LOG, err) < 0)
		return err_wrap(err, "no lane");
	buildlog_parse(&lab->known, buf_text(&text), text.len, LANE_INSIDE);
	lab->arch = lane_arch_find(arch);
	lab->kind = guest_kind_of_arch(arch);
	if (!lab->arch || !lab->kind)
		return err_set(err, ERR_CONFIG, "a lane of '%.40s' kernels",
			       arch);
	lab->lane_src = xasprintf("%s/src", lab->spec->lane);
	return 0;
}

/* Unless the first step is the base itself, or makes it. */
static void know_base(struct lab *lab)
{
	AUTO(mem_free) char *kernel = NULL;
	const char *unused;

	if (lab->spec->n == 0 || !spec_is_patch(&lab->spec->steps[0]))
		return;
	kernel = xasprintf("%s/%s", lab->lane_src, lab->arch->kernel);
	know_kernel(&unused, lab, SPEC_BASE, kernel);
}

static int find_kvm(struct lab *lab, struct err *err)
{
	enum kvm_state state;

	if (!lab->kind->is_emulated || kvm_is_known_slow(lab->kvm_memory))
		return 0;
	if (kvm_probe(&state, KVM_DEVICE, err) < 0)
		return -1;
	kvm_note(lab->kvm_memory, state);
	lab->has_kvm = state == KVM_WORKS;
	return 0;
}

static int run_job(struct lab *lab, struct err *err)
{
	AUTO(mem_free) char *path = xasprintf("%s/spec.json", lab->dir);

	if (spec_read(&lab->spec, path, err) < 0 || open_lane(lab, err) < 0 ||
	    find_kvm(lab, err) < 0)
		return -1;
	know_base(lab);
	return run_steps(lab, err);
}

static int write_result(const struct lab *lab, const struct err *why,
			struct err *err)
{
	AUTO(mem_free) char *path = xasprintf("%s/result.json", lab->dir);
	AUTO(json_free) json_t *result = json_object();
	json_t *error = json_null();

	if (why->kind != ERR_NONE) {
		error = json_object();
		json_set_str(error, "kind", err_kind_name(why->kind));
		json_set_str(error, "message", why->msg);
	}
	json_set_int(result, "version", 1);
	json_object_set(result, "steps", lab->steps);
	json_object_set_new(result, "error", error);
	return json_write(result, path, err);
}

/* A result of an earlier run is not to be taken for ours. */
static int open_dir(struct lab *lab, struct err *err)
{
	lab->dir_fd = open(lab->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lab->dir_fd < 0)
		return err_sys(err, ERR_SYSTEM, "cannot open '%s'", lab->dir);
	if (unlinkat(lab->dir_fd, "result.json", 0) < 0 && errno != ENOENT)
		return err_sys(err, ERR_SYSTEM, "cannot write in '%s'",
			       lab->dir);
	return 0;
}

/* Opened while we may write to the state folder, if we may. */
static void open_kvm_memory(struct lab *lab, const struct config *config)
{
	AUTO(mem_free) char *path = config_state_path(config, "kvm-is-slow");

	lab->kvm_memory = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
}

/* Our data and configuration may be where the unprivileged user cannot read. */
static int prepare(struct lab *lab, const char *config_path, struct err *err)
{
	AUTO(config_free) struct config *config = NULL;

	if (config_load(&config, config_path, err) < 0 ||
	    profile_read(&lab->build, "build", err) < 0 ||
	    semantic_open(&lab->semantic, COLLIDER_DATA "/" SEMANTIC_DIR, err) <
		    0)
		return -1;
	for (size_t i = 0; i < GUEST_KINDS; i++)
		if (profile_read(&lab->guests[i], guest_kinds[i].profile, err) <
		    0)
			return -1;
	open_kvm_memory(lab, config);
	lab->jobs = config->lane_jobs;
	return privilege_drop(config->user, err);
}

static int run(const char *dir, const char *config_path)
{
	AUTO(mem_free) char *absolute = realpath(dir, NULL);
	AUTO(lab_release) struct lab lab = { .dir_fd = -1, .kvm_memory = -1 };
	struct err why = ERR_INIT;
	struct err err = ERR_INIT;

	if (prepare(&lab, config_path, &err) < 0)
		return command_failed("lab", &err);
	lab.dir = absolute ? absolute : dir;
	lab.steps = json_array();
	if (open_dir(&lab, &err) < 0)
		return command_failed("lab", &err);
	(void)!run_job(&lab, &why);
	if (write_result(&lab, &why, &err) < 0)
		return command_failed("lab", &err);
	return EXIT_BETTER_OR_SAME;
}

int lab_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *config_path = NULL;
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return EXIT_BETTER_OR_SAME;
		}
		if (c != 'c')
			return command_misused("lab", "unknown option '%s'",
					       argv[optind - 1]);
		config_path = optarg;
	}
	if (argc - optind != 1)
		return command_misused("lab", "one JOBDIR");
	return run(argv[optind], config_path);
}
