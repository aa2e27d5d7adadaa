/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_import.c - a tarball becomes a tree, and what is read back from it
 *
 * Real tarballs, made with tar(1), and the real git.
 */
#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/git/import.h"
#include "bot/git/tree.h"
#include "tests/support/run.h"

#define FILES                                                               \
	"mkdir -p $dir/linux-1/fs && cd $dir && printf 'int a;\\n' "        \
	">linux-1/fs/a.c"                                                   \
	" && printf '#!/bin/sh\\n' >linux-1/run && chmod 755 linux-1/run"   \
	" && ln -s fs/a.c linux-1/link && printf x >'linux-1/odd \"name\\'" \
	" && printf '*\\n' >linux-1/.gitignore"                             \
	" && tar --mtime=@1 -cJf src.tar.xz linux-1"

struct made {
	struct run run;
	char *tarball, *repo, *scratch, *work;
	struct tree *tree;
	char tip[TREE_HEX_LEN + 1];
};

static void make_tree(struct made *m, const char *script)
{
	struct err err = ERR_INIT;

	run_shell(&m->run, script);
	ck_assert_msg(m->run.exit_code == 0, RUN_SAID(&m->run));
	m->tarball = xasprintf("%s/src.tar.xz", m->run.dir);
	m->repo = xasprintf("%s/repo.git", m->run.dir);
	m->scratch = xasprintf("%s/scratch.git", m->run.dir);
	m->work = xasprintf("%s/work", m->run.dir);
	ck_ok(import_run(m->tarball, m->repo, NULL, &err), &err);
	ck_ok(tree_open(&m->tree, "test", m->repo, m->scratch, &err), &err);
	ck_ok(tree_resolve(m->tip, m->tree, "HEAD", &err), &err);
	ck_assert_uint_eq(strlen(m->tip), TREE_HEX_LEN);
}

static void made_release(struct made *m)
{
	tree_free(m->tree);
	free(m->tarball);
	free(m->repo);
	free(m->scratch);
	free(m->work);
	run_release(&m->run);
}
DEFINE_AUTO_VALUE(struct made, made_release)

START_TEST(an_import_has_every_file_with_its_mode_even_ignored_ones)
{
	AUTO(made_release) struct made m = { 0 };
	AUTO(run_release) struct run same = { 0 };
	AUTO(mem_free) char *compare = NULL;
	struct err err = ERR_INIT;

	make_tree(&m, FILES);
	ck_ok(tree_export(m.tree, m.tip, m.work, NULL, &err), &err);
	compare = xasprintf("cd %s && diff -r --no-dereference linux-1 work &&"
			    " test -x work/run && ! test -x work/fs/a.c",
			    m.run.dir);
	run_shell(&same, compare);
	ck_assert_msg(same.exit_code == 0, RUN_SAID(&same));
}
END_TEST

START_TEST(the_same_tarball_is_the_same_commit_everywhere)
{
	AUTO(made_release) struct made a = { 0 };
	AUTO(made_release) struct made b = { 0 };

	make_tree(&a, FILES);
	make_tree(&b, FILES);
	ck_assert_str_eq(a.tip, b.tip);
}
END_TEST

START_TEST(what_a_killed_import_left_is_removed_by_the_next)
{
	AUTO(made_release) struct made m = { 0 };

	make_tree(&m, FILES " && mkdir -p repo.git.new/objects &&"
			    " echo rest >repo.git.new/HEAD");
	ck_assert(!fs_exists(m.scratch) || strlen(m.tip) == TREE_HEX_LEN);
}
END_TEST

static const struct {
	const char *script;
	enum err_kind kind;
	const char *says;
} broken[] = {
	{ "cd $dir && head -c 1000 /dev/urandom >src.tar.xz", ERR_INPUT,
	  "src.tar.xz" },
	{ FILES " && head -c 200 src.tar.xz >cut && mv cut src.tar.xz",
	  ERR_INPUT, "src.tar.xz" },
	{ FILES " && mkfifo linux-1/fifo && tar -cJf src.tar.xz linux-1",
	  ERR_INPUT, "is no file, folder or link" },
	{ "mkdir $dir/linux-1 && tar -C $dir -cJf $dir/src.tar.xz linux-1",
	  ERR_INPUT, "no file in" },
	{ "true", ERR_CONFIG, "cannot find" },
};

START_TEST(a_broken_tarball_is_refused_and_leaves_no_repository)
{
	AUTO(run_release) struct run r = { 0 };
	AUTO(mem_free) char *tarball = NULL;
	AUTO(mem_free) char *repo = NULL;
	struct err err = ERR_INIT;

	run_shell(&r, broken[_i].script);
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	tarball = xasprintf("%s/src.tar.xz", r.dir);
	repo = xasprintf("%s/repo.git", r.dir);
	ck_assert_int_eq(import_run(tarball, repo, NULL, &err), -1);
	ck_assert_int_eq(err.kind, broken[_i].kind);
	ck_assert_msg(strstr(err.msg, broken[_i].says), "%s", err.msg);
	ck_assert(!fs_exists(repo));
}
END_TEST

START_TEST(a_file_is_read_by_its_path_under_a_ceiling)
{
	AUTO(made_release) struct made m = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	struct err err = ERR_INIT;
	bool found;

	make_tree(&m, FILES);
	ck_ok(tree_read_file(&text, m.tree, m.tip, "fs/a.c", 7, &found, &err),
	      &err);
	ck_assert(found);
	ck_assert_str_eq(buf_text(&text), "int a;\n");
	buf_release(&text);
	ck_ok(tree_read_file(&text, m.tree, m.tip, "fs/b.c", 7, &found, &err),
	      &err);
	ck_assert(!found);
	ck_ok(tree_read_file(&text, m.tree, m.tip, "fs", 7, &found, &err),
	      &err);
	ck_assert(!found);
	ck_assert_int_eq(tree_read_file(&text, m.tree, m.tip, "fs/a.c", 6,
					&found, &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
}
END_TEST

START_TEST(a_revision_that_is_not_there_is_an_answer)
{
	AUTO(made_release) struct made m = { 0 };
	char hex[TREE_HEX_LEN + 1];
	struct err err = ERR_INIT;

	make_tree(&m, FILES);
	ck_ok(tree_resolve(hex, m.tree, "v6.99", &err), &err);
	ck_assert_str_eq(hex, "");
	ck_ok(tree_resolve(hex, m.tree, "master^{tree}", &err), &err);
	ck_assert_str_eq(hex, "");
}
END_TEST

START_TEST(a_difference_names_each_file_once)
{
	AUTO(made_release) struct made m = { 0 };
	AUTO(run_release) struct run next = { 0 };
	AUTO(tree_changes_release) struct tree_changes c = { 0 };
	AUTO(mem_free) char *script = NULL;
	char tip[TREE_HEX_LEN + 1];
	struct err err = ERR_INIT;

	make_tree(&m, FILES);
	script = xasprintf(
		"git clone -q %s $dir/w && cd $dir/w && git rm -q link &&"
		" chmod -x run && echo b >fs/a.c && echo n >fs/n.c &&"
		" git add -f . && git -c user.name=x -c user.email=x"
		" commit -qm x && git push -q origin master",
		m.repo);
	run_shell(&next, script);
	ck_assert_msg(next.exit_code == 0, RUN_SAID(&next));
	ck_ok(tree_resolve(tip, m.tree, "master", &err), &err);
	ck_ok(tree_diff(&c, m.tree, m.tip, tip, &err), &err);
	ck_assert_uint_eq(c.n, 4);
	ck_assert_str_eq(c.v[0].path, "fs/a.c");
	ck_assert_uint_eq(c.v[1].mode, 0100644);
	ck_assert_str_eq(c.v[2].path, "link");
	ck_assert(c.v[2].is_deleted);
	ck_assert_str_eq(c.v[3].path, "run");
	ck_assert_uint_eq(c.v[3].mode, 0100644);
}
END_TEST

TEST_MAIN("import",
	  TEST(an_import_has_every_file_with_its_mode_even_ignored_ones),
	  TEST(the_same_tarball_is_the_same_commit_everywhere),
	  TEST(what_a_killed_import_left_is_removed_by_the_next),
	  TABLE(a_broken_tarball_is_refused_and_leaves_no_repository, broken),
	  TEST(a_file_is_read_by_its_path_under_a_ceiling),
	  TEST(a_revision_that_is_not_there_is_an_answer),
	  TEST(a_difference_names_each_file_once))
