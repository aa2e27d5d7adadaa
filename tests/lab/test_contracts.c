/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What rules/contracts/ say, on real kernels: the whole catalogue on each base
 * (COLLIDER_TEST_LANE of Debian's 6.12, COLLIDER_TEST_LANE_61 of its 6.1 when
 * that is set), and the source that they name.
 */
#include "bot/base/fs.h"
#include "bot/git/tree.h"
#include "bot/stages/catalogue.h"
#include "bot/stages/promises.h"
#include "rules/pair.h"
#include "tests/support/booted.h"
#include "tests/support/support.h"

#define DIR COLLIDER_DATA "/rules/contracts"
#define COLLIDE COLLIDER_BUILD "/collide"
#define TOLD_MAX (1u << 20)

static const struct {
	const char *variable, *tree;
} lanes[] = {
	{ "COLLIDER_TEST_LANE", "debian-6.12" },
	{ "COLLIDER_TEST_LANE_61", "debian-6.1" },
};

/* A base: its kernel, and what is promised there. */
struct base {
	const char *name;
	char *dir; /* for what is made */
	char *kernel;
	struct tree *tree;
	char commit[TREE_HEX_LEN + 1];
	struct contracts contracts;
};

static void base_release(struct base *b)
{
	struct err err = ERR_INIT;

	if (b->dir)
		ck_ok(fs_remove_tree(b->dir, &err), &err);
	free(b->dir);
	free(b->kernel);
	tree_free(b->tree);
	contracts_release(&b->contracts);
}
DEFINE_AUTO_VALUE(struct base, base_release)

/* False: there is no such lane. */
static bool base_open(struct base *b, size_t lane)
{
	AUTO(strings_release) struct strings filesystems = { 0 };
	AUTO(mem_free) char *repo = NULL;
	AUTO(mem_free) char *scratch = NULL;
	const char *path = getenv(lanes[lane].variable);
	struct err err = ERR_INIT;

	if (!path || !fs_is_dir(path))
		return false;
	b->name = lanes[lane].tree;
	b->dir = support_tmpdir();
	b->kernel = xasprintf("%s/src/linux", path);
	repo = xasprintf("%s/../../trees/%s.git", path, b->name);
	scratch = xasprintf("%s/scratch.git", b->dir);
	setenv("HOME", b->dir, 1); /* libgit2 looks there: we are nobody */
	ck_ok(tree_open(&b->tree, b->name, repo, scratch, &err), &err);
	ck_ok(tree_resolve(b->commit, b->tree, "HEAD", &err), &err);
	ck_ok(promises_list(&filesystems, DIR, &err), &err);
	ck_ok(promises_read(&b->contracts, DIR, &filesystems, &err), &err);
	ck_ok(promises_settle(&b->contracts, b->tree, b->commit, &err), &err);
	return true;
}

/* All scenarios of one filesystem, twice. */
static void run_catalogue(struct booted *out, const struct base *b,
			  const struct catalogue *c, const char *filesystem)
{
	AUTO(buf_release) struct buf ids = { 0 };

	buf_init(&ids, CATALOGUE_MAX_BYTES);
	for (size_t i = 0; i < c->n; i++)
		if (strings_has(&c->v[i].filesystems, filesystem))
			buf_addf(&ids, "%s,", c->v[i].id);
	booted_prepare(out, "uml", xstrdup(b->kernel), filesystem,
		       buf_text(&ids), 2);
	booted_run(out);
	booted_assert_finished(out);
}

/* What was found, over all bases. */
struct findings {
	struct buf wrong;
	struct strings excepted; /* exceptions that stand there */
	struct strings met;	 /* those that are needed */
};

static void check_outcome(struct findings *f, const struct base *b,
			  const struct contract *c, const struct outcome *o)
{
	const struct contract_clause *broken = contract_find_broken(c, o);
	const struct contract_exception *e =
		contract_find_exception(c, o->scenario);
	const char *value;

	if (e && broken)
		strings_push_take(&f->met,
				  xasprintf("%s in %s", c->id, o->scenario));
	if (e && o->provoked)
		strings_push_take(&f->excepted,
				  xasprintf("%s in %s", c->id, o->scenario));
	if (e || !broken)
		return;
	value = outcome_find(o, broken->field);
	buf_addf(&f->wrong, "%s %s.%u on %s: %s is %s (%s)\n", c->id,
		 o->scenario, o->run, b->name, broken->field, value, o->how);
}

static bool is_covered(const struct contract *c, const struct outcome *o,
		       const char *field)
{
	if (!contract_is_about(c, o->filesystem, o->scenario))
		return false;
	for (size_t i = 0; i < c->expect.n; i++)
		if (strcmp(c->expect.v[i].field, field) == 0)
			return true;
	return false;
}

/* For whoever wants to know what no promise is about. */
static void tell_uncovered(const struct base *b, const struct outcome *o)
{
	for (size_t i = 0; o->provoked && o->run == 1 && i < o->n; i++) {
		size_t n = 0;

		for (size_t k = 0; k < b->contracts.n; k++)
			n += is_covered(&b->contracts.v[k], o, o->v[i].name);
		if (n == 0 && pair_is_told(o->v[i].name))
			printf("uncovered: %s %s %s is %s on %s\n",
			       o->filesystem, o->scenario, o->v[i].name,
			       o->v[i].value, b->name);
	}
	if (!o->provoked && o->run == 1)
		printf("not provoked: %s %s on %s: %s\n", o->filesystem,
		       o->scenario, b->name, o->how);
}

static void check_filesystem(struct findings *f, const struct base *b,
			     const struct catalogue *c, const char *filesystem)
{
	AUTO(booted_release) struct booted run = { 0 };

	run_catalogue(&run, b, c, filesystem);
	for (size_t i = 0; i < run.result.outcomes.n; i++) {
		const struct outcome *o = &run.result.outcomes.v[i];

		tell_uncovered(b, o);
		for (size_t k = 0; k < b->contracts.n; k++)
			if (contract_is_about(&b->contracts.v[k], filesystem,
					      o->scenario))
				check_outcome(f, b, &b->contracts.v[k], o);
	}
}

static void check_base(struct findings *f, const struct base *b,
		       const struct catalogue *c)
{
	AUTO(strings_release) struct strings filesystems = { 0 };
	struct err err = ERR_INIT;

	ck_ok(promises_list(&filesystems, DIR, &err), &err);
	for (size_t i = 0; i < filesystems.n; i++)
		check_filesystem(f, b, c, filesystems.v[i]);
}

START_TEST(a_base_keeps_its_contracts_or_the_exception_stands_there)
{
	AUTO(catalogue_release) struct catalogue c = { 0 };
	struct findings f = { 0 };
	struct err err = ERR_INIT;

	support_drop();
	buf_init(&f.wrong, TOLD_MAX);
	ck_ok(catalogue_read(&c, COLLIDE, &err), &err);
	for (size_t i = 0; i < ARRAY_LEN(lanes); i++) {
		AUTO(base_release) struct base b = { 0 };

		if (base_open(&b, i))
			check_base(&f, &b, &c);
		else
			printf("SKIP: no base, set %s\n", lanes[i].variable);
	}
	for (size_t i = 0; i < f.excepted.n; i++)
		if (!strings_has(&f.met, f.excepted.v[i]))
			buf_addf(&f.wrong, "%s is kept, but excepted\n",
				 f.excepted.v[i]);
	fputs(buf_text(&f.wrong), stdout);
	fflush(stdout);
	ck_assert_uint_eq(f.wrong.len, 0);
	buf_release(&f.wrong);
	strings_release(&f.met);
	strings_release(&f.excepted);
}
END_TEST

/* "fs/a.c:f": the file has a call or a definition of f. */
static bool is_there(const struct base *b, const char *source)
{
	AUTO(buf_release) struct buf text = { 0 };
	AUTO(mem_free) char *path = NULL;
	const char *colon = strchr(source, ':');
	size_t len = strlen(colon + 1);
	struct err err = ERR_INIT;
	bool found;

	path = xstrndup(source, (size_t)(colon - source));
	ck_ok(tree_read_file(&text, b->tree, b->commit, path, TREE_MAX_FILE,
			     &found, &err),
	      &err);
	for (const char *p = buf_text(&text); (p = strstr(p, colon + 1));
	     p += len)
		if (p[len] == '(')
			return true;
	return false;
}

START_TEST(the_functions_that_contracts_name_are_in_the_tree)
{
	AUTO(base_release) struct base b = { 0 };
	AUTO(strings_release) struct strings gone = { 0 };

	support_drop();
	ck_assert(base_open(&b, 0));
	for (size_t i = 0; i < b.contracts.n; i++) {
		const struct contract *c = &b.contracts.v[i];

		for (size_t k = 0; c->is_in_force && k < c->sources.n; k++) {
			const char *source = c->sources.v[k];

			if (strchr("<", *source) || strchr(source, ' ') ||
			    is_there(&b, source) || strings_has(&gone, source))
				continue;
			printf("%s: no %s\n", c->id, source);
			strings_push(&gone, source);
		}
	}
	fflush(stdout);
	ck_assert_uint_eq(gone.n, 0);
}
END_TEST

static int run_all(const struct test_case *cases, size_t n)
{
	const char *lane = getenv("COLLIDER_TEST_LANE");

	if (!lane || !fs_is_dir(lane)) {
		printf("SKIP: no lane, set COLLIDER_TEST_LANE\n");
		return 77;
	}
	return support_run("contracts", cases, n);
}

int main(void)
{
	const struct test_case cases[] = {
		TEST(the_functions_that_contracts_name_are_in_the_tree),
		TEST(a_base_keeps_its_contracts_or_the_exception_stands_there),
	};

	return run_all(cases, ARRAY_LEN(cases));
}
