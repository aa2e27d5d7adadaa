/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each rule of rules/semantic/ has two snippets of ours in tests/fixtures/
 * semantic/<rule>.c: what stands before the line "== hit ==" makes it silent,
 * what stands after it is the patched file. The first line names the path that
 * the snippet stands for.
 */
#include "bot/stages/semantic.h"

#include <dirent.h>
#include <fcntl.h>

#include "bot/base/fs.h"
#include "bot/base/span.h"
#include "tests/support/support.h"

#define RULES COLLIDER_DATA "/" SEMANTIC_DIR
#define SNIPPETS COLLIDER_DATA "/tests/fixtures/semantic"
#define MAX_SNIPPET 65536

/* Two trees and a folder for logs, all of one temporary folder. */
struct place {
	char *dir;
	char *base;
	char *tree;
	struct strings changed;
	struct semantic *semantic;
	int fd;
};

static bool has_spatch(void)
{
	AUTO(mem_free) char *spatch = fs_find_program("spatch");

	if (!spatch)
		printf("SKIP: no spatch\n");
	return spatch;
}

static void begin(struct place *p)
{
	struct err err = ERR_INIT;

	support_drop();
	*p = (struct place){ .dir = support_tmpdir() };
	p->base = xasprintf("%s/base", p->dir);
	p->tree = xasprintf("%s/tree", p->dir);
	ck_ok(fs_mkdirs(p->base, 0755, &err), &err);
	ck_ok(fs_mkdirs(p->tree, 0755, &err), &err);
	p->fd = open(p->tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(p->fd, 0);
	ck_ok(semantic_open(&p->semantic, RULES, &err), &err);
}

static void end(struct place *p)
{
	struct err err = ERR_INIT;

	semantic_free(p->semantic);
	fd_close(p->fd);
	ck_ok(fs_remove_tree(p->dir, &err), &err);
	strings_release(&p->changed);
	free(p->dir);
	free(p->base);
	free(p->tree);
}

static void put(const char *root, const char *path, struct span text)
{
	AUTO(mem_free) char *file = xasprintf("%s/%s", root, path);
	AUTO(mem_free) char *dir = xstrdup(file);
	struct err err = ERR_INIT;

	*strrchr(dir, '/') = '\0';
	ck_ok(fs_mkdirs(dir, 0755, &err), &err);
	ck_ok(fs_write(file, text.p, span_len(text), &err), &err);
}

static void run(struct semantic_result *out, struct place *p, const char *name)
{
	semantic_start(p->semantic, &(struct semantic_spec){
					    .base = p->base,
					    .tree = p->tree,
					    .tree_fd = p->fd,
					    .changed = &p->changed,
					    .dir = p->dir,
					    .name = name,
				    });
	semantic_finish(p->semantic, out);
}

/* ---- every rule, by its snippets ---- */

struct snippet {
	char *text;
	char *path;
	struct span silent;
	struct span hit;
};

static void read_snippet(struct snippet *out, const char *rule)
{
	static const char border[] = "== hit ==\n";
	AUTO(mem_free) char *name = xasprintf(SNIPPETS "/%s.c", rule);
	AUTO(buf_release) struct buf text = { 0 };
	struct err err = ERR_INIT;
	struct span rest, line;
	const char *at;

	ck_ok(fs_read(&text, name, MAX_SNIPPET, &err), &err);
	out->text = buf_take(&text);
	rest = span_cstr(out->text);
	ck_assert(span_line(&rest, &line) && span_eat(&line, "// path: "));
	out->path = span_dup(line);
	at = span_find(rest, border);
	ck_assert_msg(at, "%s has no border", name);
	out->silent = span_of(rest.p, (size_t)(at - rest.p));
	at += strlen(border);
	out->hit = span_of(at, (size_t)(rest.end - at));
}

static bool is_asked(const struct semantic_result *r, const char *rule)
{
	AUTO(mem_free) char *id = xasprintf("semantic/%s", rule);

	for (size_t i = 0; i < r->questions.n; i++)
		if (strcmp(r->questions.v[i].rule, id) == 0)
			return true;
	return false;
}

static void check_none_untold(const struct semantic_result *r)
{
	ck_assert_msg(r->untold.n == 0, "%s",
		      r->untold.n ? r->untold.v[0] : "");
}

/* From @before to @after: is @rule new? */
static bool is_new(const struct snippet *s, const char *rule,
		   struct span before, struct span after)
{
	AUTO(semantic_result_release) struct semantic_result r = { 0 };
	struct place p;
	bool asked;

	begin(&p);
	strings_push(&p.changed, s->path);
	put(p.base, s->path, before);
	put(p.tree, s->path, after);
	run(&r, &p, "1");
	check_none_untold(&r);
	asked = is_asked(&r, rule);
	end(&p);
	return asked;
}

static int is_cocci(const struct dirent *e)
{
	return span_find(span_cstr(e->d_name), ".cocci") != NULL;
}

/* The rules that only list are tested by what is made of their lists. */
static bool is_list(const char *rule)
{
	return strcmp(rule, "functions") == 0 || strcmp(rule, "calls") == 0;
}

/* A hit that the silent snippet had as well would not be new. */
static void check_rule(const char *rule)
{
	struct snippet s;

	read_snippet(&s, rule);
	ck_assert_msg(is_new(&s, rule, s.silent, s.hit), "%s does not see it",
		      rule);
	free(s.text);
	free(s.path);
}

/* A part of them in each row, so that no row takes too long. */
#define ROWS 7
static const int rows[ROWS] = { 0, 1, 2, 3, 4, 5, 6 };

START_TEST(each_rule_hits_what_is_new_and_nothing_else)
{
	struct dirent **v;
	int n = scandir(RULES, &v, is_cocci, alphasort);

	ck_assert_int_gt(n, 10);
	for (int i = 0; i < n; i++) {
		char *rule = v[i]->d_name;

		rule[strlen(rule) - strlen(".cocci")] = '\0';
		if (i % ROWS == rows[_i] && !is_list(rule) && has_spatch())
			check_rule(rule);
		free(v[i]);
	}
	free(v);
}
END_TEST

/* ---- steps ---- */

#define PATH "fs/ext4/file.c"
#define MAPS                                                                \
	"static ssize_t ext4_dio_write_iter(struct kiocb *i)\n{\n\tssize_t" \
	" ret = iomap_dio_rw(i);\n\n\tif (ret == -ENOTBLK)\n\t\tret = 0;"   \
	"\n\treturn ret;\n}\n"
#define RAW                                                                 \
	"static ssize_t ext4_dio_write_iter(struct kiocb *i)\n{\n\treturn " \
	"iomap_dio_rw(i);\n}\n"
#define MAD                                                                    \
	"static ssize_t ext4_dio_write_iter(struct kiocb *i)\n{\n\tif (a b c " \
	"{{ ;\n\treturn iomap_dio_rw(i);\n}\n"
#define OTHER "static int ext4_other(int x)\n{\n\treturn x;\n}\n"

static void step(struct semantic_result *out, struct place *p, const char *name,
		 const char *text)
{
	put(p->tree, PATH, span_cstr(text));
	run(out, p, name);
}

START_TEST(a_step_is_compared_with_the_one_before)
{
	AUTO(semantic_result_release) struct semantic_result first = { 0 };
	AUTO(semantic_result_release) struct semantic_result second = { 0 };
	struct place p;

	if (!has_spatch())
		return;
	begin(&p);
	strings_push(&p.changed, PATH);
	put(p.base, PATH, span_cstr(MAPS OTHER));
	step(&first, &p, "1", RAW OTHER);
	ck_assert(is_asked(&first, "caller-enotblk"));
	step(&second, &p, "2", RAW);
	ck_assert(!is_asked(&second, "caller-enotblk"));
	end(&p);
}
END_TEST

START_TEST(a_call_that_comes_is_asked_about)
{
	AUTO(semantic_result_release) struct semantic_result r = { 0 };
	struct place p;

	if (!has_spatch())
		return;
	begin(&p);
	strings_push(&p.changed, PATH);
	put(p.base, PATH, span_cstr(OTHER));
	step(&r, &p, "1",
	     "static int ext4_other(int x)\n{\n\treturn iomap_dio_rw(x);\n}\n");
	check_none_untold(&r);
	ck_assert_uint_eq(r.questions.n, 1);
	ck_assert_str_eq(r.questions.v[0].says,
			 "iomap_dio_rw is called in ext4_other(), which did "
			 "not call it");
	end(&p);
}
END_TEST

START_TEST(what_spatch_cannot_parse_is_told)
{
	AUTO(semantic_result_release) struct semantic_result r = { 0 };
	struct place p;

	if (!has_spatch())
		return;
	begin(&p);
	strings_push(&p.changed, PATH);
	put(p.base, PATH, span_cstr(MAPS OTHER));
	step(&r, &p, "1", MAD);
	ck_assert_uint_ge(r.untold.n, 1);
	ck_assert_str_eq(r.untold.v[r.untold.n - 1],
			 "spatch cannot parse ext4_dio_write_iter() in " PATH
			 ", so no semantic rule saw it");
	end(&p);
}
END_TEST

START_TEST(a_machine_without_spatch_says_so)
{
	AUTO(semantic_result_release) struct semantic_result r = { 0 };
	struct place p;

	ck_assert_int_eq(setenv("PATH", "/nowhere", 1), 0);
	begin(&p);
	strings_push(&p.changed, PATH);
	put(p.base, PATH, span_cstr(MAPS));
	step(&r, &p, "1", RAW);
	ck_assert_uint_eq(r.questions.n, 0);
	ck_assert_uint_eq(r.untold.n, 1);
	ck_assert_str_eq(r.untold.v[0], "the semantic rules were not run: "
					"spatch is not installed");
	end(&p);
}
END_TEST

START_TEST(a_file_that_no_rule_is_for_starts_nothing)
{
	AUTO(semantic_result_release) struct semantic_result r = { 0 };
	struct place p;

	begin(&p);
	strings_push(&p.changed, "drivers/a.c");
	run(&r, &p, "1");
	ck_assert_uint_eq(r.untold.n + r.questions.n, 0);
	end(&p);
}
END_TEST

START_TEST(what_was_found_survives_its_record)
{
	AUTO(semantic_result_release) struct semantic_result r = { 0 };
	AUTO(semantic_result_release) struct semantic_result back = { 0 };
	AUTO(json_free) json_t *o = NULL;
	struct err err = ERR_INIT;
	struct question q = { .rule = xstrdup("semantic/x"),
			      .says = xstrdup("y"),
			      .promise = xstrdup("z"),
			      .file = xstrdup("a.c"),
			      .first = 3,
			      .last = 7 };

	strings_push(&q.sources, "commit 60263d5889e6");
	questions_take(&r.questions, &q);
	strings_push(&r.untold, "w");
	o = semantic_to_json(&r);
	ck_ok(semantic_from_json(&back, o, &err), &err);
	ck_assert_uint_eq(back.questions.n, 1);
	ck_assert_str_eq(back.questions.v[0].says, "y");
	ck_assert_uint_eq(back.questions.v[0].last, 7);
	ck_assert_str_eq(back.questions.v[0].sources.v[0],
			 "commit 60263d5889e6");
	ck_assert_str_eq(back.untold.v[0], "w");
}
END_TEST

TEST_MAIN("semantic", TABLE(each_rule_hits_what_is_new_and_nothing_else, rows),
	  TEST(a_step_is_compared_with_the_one_before),
	  TEST(a_call_that_comes_is_asked_about),
	  TEST(what_spatch_cannot_parse_is_told),
	  TEST(a_machine_without_spatch_says_so),
	  TEST(a_file_that_no_rule_is_for_starts_nothing),
	  TEST(what_was_found_survives_its_record))
