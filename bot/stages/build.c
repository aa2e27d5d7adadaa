/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A step that is not booted needs no link: its changed sources are made one by
 * one when each is known to have an object of its own, else all objects are
 * ("./"), for a header, a Makefile or a Kconfig may concern any of them.
 */
#include "bot/stages/build.h"

#include <fcntl.h>
#include <string.h>

#include "bot/base/argv.h"
#include "bot/base/fs.h"
#include "bot/base/span.h"
#include "bot/run/beneath.h"
#include "bot/run/sandbox.h"

#define MAX_GOALS 64	   /* objects named to make; more is "./" */
#define MAX_CMD (1u << 20) /* bytes of a .cmd file: 60 KiB at most */

const char *build_outcome_name(enum build_outcome outcome)
{
	switch (outcome) {
	case BUILD_OK:
		return "ok";
	case BUILD_BROKEN:
		return "broken";
	case BUILD_TIMED_OUT:
		return "timed-out";
	}
	return "unknown";
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len > n && strcmp(text + len - n, end) == 0;
}

/* Where kbuild keeps what an object was made of: "fs/.a.o.cmd". */
static char *name_cmd(const char *object)
{
	const char *name = fs_name(object);

	return xasprintf("%.*s.%s.cmd", (int)(name - object), object, name);
}

/* "fs/a.o" of "fs/a.c", if the tree has made it before; NULL else. */
static char *find_object(const struct overlay *view, const char *source)
{
	AUTO(mem_free)
	char *object = xasprintf("%.*so", (int)strlen(source) - 1, source);
	AUTO(mem_free) char *cmd = name_cmd(object);
	AUTO(fd_close) int fd = -1;
	struct err none = ERR_INIT;

	if (beneath_open(&fd, view->fd, cmd, &none) < 0)
		return NULL;
	return TAKE(object);
}

/* False: not all of the step's sources are objects of this configuration. */
static bool find_goals(struct strings *out, const struct build_spec *spec)
{
	if (!spec->only_objects || spec->changed->n > MAX_GOALS)
		return false;
	for (size_t i = 0; i < spec->changed->n; i++) {
		char *object = find_object(spec->view, spec->changed->v[i]);

		if (!object)
			return false;
		strings_push_take(out, object);
	}
	return true;
}

static void push_goals(struct argv *argv, const struct build_spec *spec)
{
	AUTO(strings_release) struct strings goals = { 0 };

	if (spec->link) {
		if (spec->arch->target)
			argv_push(argv, spec->arch->target);
		return;
	}
	if (!find_goals(&goals, spec)) {
		argv_push(argv, "./");
		return;
	}
	for (size_t i = 0; i < goals.n; i++)
		argv_push(argv, goals.v[i]);
}

static void show_life(void *arg, const char *data, size_t len)
{
	struct progress *progress = arg;

	(void)data;
	progress_update(progress, progress->done + len);
}

static int run_make(struct child_result *out, struct buf *text,
		    const struct build_spec *spec, struct err *err)
{
	AUTO(argv_release) struct argv argv = ARGV_INIT;
	AUTO(fd_close)
	int log =
		open(spec->log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	struct sandbox_bind tree = { spec->view->tree, LANE_INSIDE, true };
	struct sandbox box = { spec->profile, &tree, 1 };

	if (log < 0)
		return err_sys(err, ERR_SYSTEM, "cannot write '%s'", spec->log);
	argv_push(&argv, "/usr/bin/make");
	argv_pushf(&argv, "ARCH=%s", spec->arch->name);
	argv_pushf(&argv, "-kj%u", spec->jobs);
	push_goals(&argv, spec);
	return sandbox_run(out, &box,
			   &(struct child_spec){
				   .argv = (const char *const *)argv.v,
				   .dir = LANE_INSIDE,
				   .limits.memory_mib = spec->memory_mib,
				   .timeout_s = spec->timeout_s,
				   .max_output = BUILD_MAX_LOG,
				   .out_fd = log,
				   .out = text,
				   .on_output = show_life,
				   .arg = spec->progress,
			   },
			   err);
}

static enum build_outcome judge(const struct child_result *r)
{
	if (r->timed_out)
		return BUILD_TIMED_OUT;
	return child_is_ok(r) ? BUILD_OK : BUILD_BROKEN;
}

/* A way to break that leaves no diagnostic of its own. */
static void explain(struct buildlog *log, const char *why)
{
	buildlog_push(log, &(struct diagnostic){
				   .file = (char *)(uintptr_t) "make",
				   .severity = DIAGNOSTIC_ERROR,
				   .text = (char *)(uintptr_t)why,
			   });
}

static void push_fresh(struct buildlog *fresh, const struct buildlog *log,
		       struct buildlog *known)
{
	for (size_t i = 0; i < log->n; i++)
		if (buildlog_is_new(log, i, known))
			buildlog_push(fresh, &log->v[i]);
	for (size_t i = 0; i < fresh->n; i++)
		buildlog_push(known, &fresh->v[i]);
}

/* ---- which of the changed files went into no object ---- */

static bool is_source(const char *path)
{
	return ends_with(path, ".c") || ends_with(path, ".h") ||
	       ends_with(path, ".S");
}

/*
 * Is @path among the words of a .cmd file? One that goes up and down again
 * ("fs/xfs/libxfs/../xfs.h") is taken by its last part: better to name a file
 * too few than to call a built one unbuilt.
 */
static bool is_word_of(const char *path, struct span cmd)
{
	AUTO(mem_free) char *last = xasprintf("/%s", fs_name(path));
	struct span line, word;

	while (span_line(&cmd, &line)) {
		while (span_word(&line, &word)) {
			AUTO(mem_free) char *text = NULL;

			if (span_is(word, path))
				return true;
			if (!span_find(word, "/../"))
				continue;
			text = span_dup(word);
			if (ends_with(text, last))
				return true;
		}
	}
	return false;
}

static void strike_out(struct strings *unbuilt, struct span cmd)
{
	size_t kept = 0;

	for (size_t i = 0; i < unbuilt->n; i++) {
		if (is_word_of(unbuilt->v[i], cmd))
			free(unbuilt->v[i]);
		else
			unbuilt->v[kept++] = unbuilt->v[i];
	}
	unbuilt->n = kept;
}

/*
 * A changed file is newer than every object, so whatever it goes into was made
 * anew: the .cmd files of the objects just made name all files that were used.
 */
static void find_unbuilt(struct strings *out, const struct build_spec *spec,
			 const struct buildlog *log)
{
	for (size_t i = 0; i < spec->changed->n; i++)
		if (is_source(spec->changed->v[i]))
			strings_push(out, spec->changed->v[i]);
	for (size_t i = 0; i < log->built.n && out->n; i++) {
		AUTO(mem_free) char *cmd = name_cmd(log->built.v[i]);
		AUTO(buf_release) struct buf text = { 0 };
		AUTO(fd_close) int fd = -1;
		struct err none = ERR_INIT;

		if (beneath_open(&fd, spec->view->fd, cmd, &none) < 0 ||
		    fs_read_fd(&text, fd, cmd, MAX_CMD, &none) < 0)
			continue;
		strike_out(out, span_of(buf_text(&text), text.len));
	}
}

/* The kernel is a file that a stranger's Makefile made: maybe it is none. */
static void check_kernel(struct build_result *r, const struct build_spec *spec)
{
	AUTO(fd_close) int fd = -1;
	struct err none = ERR_INIT;

	if (beneath_open(&fd, spec->view->fd, spec->arch->kernel, &none) == 0)
		return;
	r->outcome = BUILD_BROKEN;
	explain(&r->fresh, "the build left no kernel");
}

int build_run(struct build_result *out, const struct build_spec *spec,
	      struct buildlog *known, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(buildlog_release) struct buildlog log = { 0 };
	struct child_result child;

	*out = (struct build_result){ 0 };
	buf_init(&text, BUILD_MAX_LOG);
	if (run_make(&child, &text, spec, err) < 0)
		return -1;
	out->outcome = judge(&child);
	out->ms = child.ms;
	buildlog_parse(&log, buf_text(&text), text.len, LANE_INSIDE);
	if (child.flooded)
		explain(&log, "the build printed more than it may");
	push_fresh(&out->fresh, &log, known);
	if (out->outcome == BUILD_BROKEN && out->fresh.n == 0)
		explain(&out->fresh, "the build failed without a word");
	if (out->outcome == BUILD_OK && spec->link)
		check_kernel(out, spec);
	if (out->outcome == BUILD_OK)
		find_unbuilt(&out->unbuilt, spec, &log);
	for (size_t i = 0; i < log.built.n && i < BUILD_MAX_TOLD; i++)
		strings_push(&out->built, log.built.v[i]);
	return 0;
}

void build_result_release(struct build_result *r)
{
	buildlog_release(&r->fresh);
	strings_release(&r->built);
	strings_release(&r->unbuilt);
}

/* ---- the record ---- */

static json_t *strings_to_json(const struct strings *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(array, json_string(list->v[i]));
	return array;
}

static json_t *diagnostic_to_json(const struct diagnostic *d)
{
	json_t *object = json_object();

	json_set_str(object, "file", d->file);
	json_set_int(object, "line", d->line);
	json_set_int(object, "column", d->column);
	json_set_str(object, "severity", diagnostic_severity_name(d->severity));
	json_set_str(object, "text", d->text);
	json_set_str(object, "function", d->function);
	json_set_str(object, "via", d->via);
	return object;
}

json_t *build_to_json(const struct build_result *r, const char *log)
{
	json_t *object = json_object();
	json_t *fresh = json_array();

	for (size_t i = 0; i < r->fresh.n; i++)
		json_array_append_new(fresh,
				      diagnostic_to_json(&r->fresh.v[i]));
	json_set_str(object, "outcome", build_outcome_name(r->outcome));
	json_set_int(object, "ms", r->ms);
	json_set_str(object, "log", log);
	json_object_set_new(object, "new_diagnostics", fresh);
	json_set_int(object, "left_out", (int64_t)r->fresh.left_out);
	json_object_set_new(object, "built", strings_to_json(&r->built));
	json_object_set_new(object, "unbuilt", strings_to_json(&r->unbuilt));
	return object;
}
