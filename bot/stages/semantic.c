/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * semantic.c - the rules of rules/semantic/ over the files of one step of a job
 *
 * What a file was like before a step is known from the step before; a file that
 * is touched for the first time is read from the base as well. spatch takes
 * each file as a group of its own, so one run with all rules that are meant for
 * any of them is enough, and starting it is paid for once.
 */
#include "bot/stages/semantic.h"

#include <dirent.h>
#include <fcntl.h>

#include "bot/base/argv.h"
#include "bot/base/fs.h"
#include "bot/run/beneath.h"
#include "bot/run/sandbox.h"
#include "bot/run/worker.h"
#include "rules/callers.h"
#include "rules/cocci.h"

#define BASE "/base"
#define TREE "/patched"
#define INPUT "/input" /* the rules and the list of files */
#define FILE_TIME "20" /* seconds that one file may take */

/* What is running. */
struct running {
	struct semantic_spec spec;
	char *input;	      /* folder */
	char *log;	      /* file */
	struct strings files; /* that a rule is meant for */
	int tree_fd;
	struct worker worker;
	struct err err; /* why it did not start */
	bool is_on;
};

struct semantic {
	struct cocci_rules rules;
	struct callers callers;
	struct profile *profile;
	char *spatch;		  /* NULL: not installed */
	struct strings known;	  /* files whose facts are those after the */
	struct cocci_facts facts; /* last step that touched them */
	struct running now;
};

/* ---- rules ---- */

static int read_callers(struct semantic *s, const char *dir, struct err *err)
{
	AUTO(mem_free) char *path = xasprintf("%s/callers.conf", dir);
	AUTO(buf_release) struct buf text = { 0 };

	if (fs_read(&text, path, CALLERS_MAX_BYTES, err) < 0) {
		err->kind = ERR_CONFIG; /* the file is part of the program */
		return -1;
	}
	return callers_parse(&s->callers, path, buf_text(&text), text.len, err);
}

static int read_rule(struct semantic *s, const char *dir, const char *name,
		     struct err *err)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s", dir, name);
	AUTO(buf_release) struct buf text = { 0 };

	if (fs_read(&text, path, COCCI_MAX_RULE, err) < 0) {
		err->kind = ERR_CONFIG;
		return -1;
	}
	return cocci_add(&s->rules, path, buf_text(&text), text.len, err);
}

static int is_rule(const struct dirent *e)
{
	const char *dot = strrchr(e->d_name, '.');

	return dot && strcmp(dot, ".cocci") == 0;
}

static int read_rules(struct semantic *s, const char *dir, struct err *err)
{
	struct dirent **v;
	int n = scandir(dir, &v, is_rule, alphasort);
	int rc = 0;

	if (n < 0)
		return err_sys(err, ERR_CONFIG, "cannot read '%s'", dir);
	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = read_rule(s, dir, v[i]->d_name, err);
		free(v[i]);
	}
	free(v);
	return rc;
}

int semantic_open(struct semantic **out, const char *dir, struct err *err)
{
	AUTO(semantic_free) struct semantic *s = xcalloc(1, sizeof(*s));

	s->now.worker = (struct worker)WORKER_NONE;
	if (profile_read(&s->profile, SEMANTIC_PROFILE, err) < 0 ||
	    read_callers(s, dir, err) < 0 || read_rules(s, dir, err) < 0)
		return -1;
	s->spatch = fs_find_program("spatch");
	*out = TAKE(s);
	return 0;
}

/* ---- one run ---- */

static void end_running(struct running *now)
{
	worker_stop(&now->worker);
	free(now->input);
	free(now->log);
	strings_release(&now->files);
	*now = (struct running){ .worker = WORKER_NONE };
}

void semantic_free(struct semantic *s)
{
	if (!s)
		return;
	end_running(&s->now);
	cocci_rules_release(&s->rules);
	callers_release(&s->callers);
	profile_free(s->profile);
	strings_release(&s->known);
	cocci_facts_release(&s->facts);
	free(s->spatch);
	free(s);
}

static bool is_for_any_rule(const struct semantic *s, const char *path)
{
	for (size_t i = 0; i < s->rules.n; i++)
		if (strcmp(s->rules.v[i].id, "functions") != 0 &&
		    cocci_is_for(&s->rules.v[i], path))
			return true;
	return false;
}

/* A path that could be taken for two, or for the end of a group. */
static bool is_plain(const char *path)
{
	return !strpbrk(path, " \t\r\n");
}

static char *list_files(const struct semantic *s, const char *base)
{
	const struct strings *files = &s->now.files;
	struct buf out;

	buf_init(&out, 2 * BENEATH_MAX_PATH * (files->n + 1));
	for (size_t i = 0; i < files->n; i++) {
		AUTO(mem_free)
		char *before = xasprintf("%s/%s", base, files->v[i]);

		if (!strings_has(&s->known, files->v[i]) && fs_exists(before))
			buf_addf(&out, BASE "/%s\n\n", files->v[i]);
		buf_addf(&out, TREE "/%s\n\n", files->v[i]);
	}
	return buf_take(&out);
}

/* rules.cocci and files in a folder of their own. */
static int write_input(const struct semantic *s,
		       const struct semantic_spec *spec, struct err *err)
{
	const struct running *now = &s->now;
	AUTO(mem_free) char *rules = xasprintf("%s/rules.cocci", now->input);
	AUTO(mem_free) char *files = xasprintf("%s/files", now->input);
	AUTO(mem_free) char *text = cocci_select(&s->rules, &now->files);
	AUTO(mem_free) char *list = list_files(s, spec->base);

	if (fs_mkdirs(now->input, 0755, err) < 0 ||
	    fs_write(rules, text, strlen(text), err) < 0)
		return -1;
	return fs_write(files, list, strlen(list), err);
}

static int run_spatch(const struct semantic *s, int log, struct err *err)
{
	const char *argv[] = { s->spatch,
			       "--very-quiet",
			       "--no-includes",
			       "--timeout",
			       FILE_TIME,
			       "--sp-file",
			       INPUT "/rules.cocci",
			       "--file-groups",
			       INPUT "/files",
			       NULL };
	const struct sandbox_bind binds[] = {
		{ .from = s->now.spec.base, .to = BASE },
		{ .from = s->now.spec.tree, .to = TREE },
		{ .from = s->now.input, .to = INPUT },
	};
	struct sandbox box = { s->profile, binds, ARRAY_LEN(binds) };
	AUTO(buf_release) struct buf says = { 0 };
	struct child_result result;

	if (sandbox_run(&result, &box,
			&(struct child_spec){
				.argv = argv, .dir = "/tmp", .out_fd = log },
			err) < 0)
		return -1;
	if (child_is_ok(&result))
		return 0;
	buf_init(&says, ERR_MAX_MSG);
	child_says(&says, &result);
	return err_set(err, ERR_RETRY, "spatch %s", buf_text(&says));
}

/* In a process of its own. */
static int work(void *arg, struct err *err)
{
	const struct semantic *s = arg;
	AUTO(fd_close)
	int log = open(s->now.log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		       0644);

	if (log < 0)
		return err_sys(err, ERR_SYSTEM, "cannot write '%s'",
			       s->now.log);
	return run_spatch(s, log, err);
}

static void choose_files(struct semantic *s, const struct semantic_spec *spec)
{
	for (size_t i = 0; i < spec->changed->n; i++) {
		const char *path = spec->changed->v[i];

		if (is_plain(path) && is_for_any_rule(s, path))
			strings_push(&s->now.files, path);
	}
}

void semantic_start(struct semantic *s, const struct semantic_spec *spec)
{
	struct running *now = &s->now;

	end_running(now);
	choose_files(s, spec);
	if (now->files.n == 0)
		return;
	now->is_on = true;
	now->spec = *spec;
	now->tree_fd = spec->tree_fd;
	now->input = xasprintf("%s/%s.semantic", spec->dir, spec->name);
	now->log = xasprintf("%s/%s.semantic.log", spec->dir, spec->name);
	if (!s->spatch) {
		(void)err_set(&now->err, ERR_CONFIG, "spatch is not installed");
		return;
	}
	if (write_input(s, spec, &now->err) == 0)
		(void)!worker_start(&now->worker, NULL, work, s, &now->err);
}

/* ---- what came of it ---- */

static int read_log(struct cocci_facts *all, struct strings *said,
		    const struct running *now, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };

	if (fs_read(&text, now->log, SEMANTIC_MAX_LOG, err) < 0)
		return -1;
	return cocci_parse(all, said, buf_text(&text), text.len, err);
}

static void tell_unparsed(struct strings *untold, const struct semantic *s,
			  const char *path, const struct cocci_facts *before,
			  const struct cocci_facts *after)
{
	AUTO(strings_release) struct strings names = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(fd_close) int fd = -1;
	struct err err = ERR_INIT;

	if (beneath_open(&fd, s->now.tree_fd, path, &err) < 0 ||
	    fs_read_fd(&text, fd, path, SEMANTIC_MAX_FILE, &err) < 0) {
		strings_push_take(untold, xasprintf("%s: %s", path, err.msg));
		return;
	}
	cocci_find_unparsed(&names, before, after, buf_text(&text), text.len);
	for (size_t i = 0; i < names.n; i++)
		strings_push_take(untold, xasprintf("spatch cannot parse %s() "
						    "in %s, so no semantic "
						    "rule saw it",
						    names.v[i], path));
}

/* What is known of @path is @after from now on. */
static void replace_facts(struct semantic *s, const char *path,
			  const struct cocci_facts *after)
{
	struct cocci_facts kept = { 0 };

	for (size_t i = 0; i < s->known.n; i++)
		if (strcmp(s->known.v[i], path) != 0)
			cocci_pick(&kept, &s->facts, s->known.v[i],
				   s->known.v[i]);
	cocci_pick(&kept, after, path, path);
	cocci_facts_release(&s->facts);
	s->facts = kept;
	if (!strings_has(&s->known, path))
		strings_push(&s->known, path);
}

static void look_at_file(struct semantic_result *out, struct semantic *s,
			 const struct cocci_facts *all, const char *path)
{
	AUTO(cocci_facts_release) struct cocci_facts before = { 0 };
	AUTO(cocci_facts_release) struct cocci_facts after = { 0 };
	AUTO(mem_free) char *base = xasprintf(BASE "/%s", path);
	AUTO(mem_free) char *tree = xasprintf(TREE "/%s", path);

	if (strings_has(&s->known, path))
		cocci_pick(&before, &s->facts, path, path);
	else
		cocci_pick(&before, all, path, base);
	cocci_pick(&after, all, path, tree);
	cocci_ask(&out->questions, &s->rules, path, &before, &after);
	callers_ask(&out->questions, &s->callers, path, &before, &after);
	tell_unparsed(&out->untold, s, path, &before, &after);
	replace_facts(s, path, &after);
}

static void tell_said(struct strings *untold, const struct strings *said)
{
	if (said->n > 0)
		strings_push_take(untold,
				  xasprintf("spatch says: %.200s", said->v[0]));
}

void semantic_finish(struct semantic *s, struct semantic_result *out)
{
	struct running *now = &s->now;
	AUTO(cocci_facts_release) struct cocci_facts all = { 0 };
	AUTO(strings_release) struct strings said = { 0 };

	*out = (struct semantic_result){ 0 };
	if (!now->is_on)
		return;
	if (now->err.kind != ERR_NONE ||
	    worker_wait(&now->worker, &now->err) < 0 ||
	    read_log(&all, &said, now, &now->err) < 0) {
		strings_push_take(&out->untold,
				  xasprintf("the semantic rules were not run: "
					    "%s",
					    now->err.msg));
		end_running(now);
		return;
	}
	tell_said(&out->untold, &said);
	for (size_t i = 0; i < now->files.n; i++)
		look_at_file(out, s, &all, now->files.v[i]);
	end_running(now);
}

void semantic_result_release(struct semantic_result *r)
{
	questions_release(&r->questions);
	strings_release(&r->untold);
}

/* ---- the record ---- */

json_t *semantic_to_json(const struct semantic_result *r)
{
	json_t *o = json_object();

	json_object_set_new(o, "questions", questions_to_json(&r->questions));
	json_object_set_new(o, "untold", json_from_strings(&r->untold));
	return o;
}

int semantic_from_json(struct semantic_result *out, const json_t *object,
		       struct err *err)
{
	if (questions_from_json(&out->questions,
				json_object_get(object, "questions"), err) < 0)
		return -1;
	return json_get_strings(&out->untold, object, "untold",
				SEMANTIC_MAX_UNTOLD, err);
}
