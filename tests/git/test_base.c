/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_base.c - which commit a series is for, and what was tried
 */
#include "bot/base/fs.h"
#include "bot/git/base.h"
#include "tests/support/run.h"

/*
 * Three commits; t has the lines 1 to 20, and line 10 is changed by the second
 * and again by the third. $dir/p changes what stands after the second.
 */
#define HISTORY                                                                \
	"export GIT_CONFIG_GLOBAL=/dev/null; set -e; mkdir $dir/repo\n"        \
	"cd $dir/repo; git init -q -b main .\n"                                \
	"save() { git add -A; git -c user.name=x -c user.email=x commit "      \
	"-qm $1; git tag $1; }\n"                                              \
	"seq 1 20 >t; echo o >o; save one; sed -i 's/^10$/ten/' t; save two\n" \
	"sed -i 's/^11$/new/' t; git diff >$dir/p; git checkout -q t\n"        \
	"sed -i 's/^ten$/TEN/;s/^11$/XI/' t; save three\n"

struct turn {
	struct run run;
	struct tree *trees[1];
	struct patch *patch;
	struct base base;
};

static void turn_release(struct turn *t)
{
	base_release(&t->base);
	patch_free(t->patch);
	tree_free(t->trees[0]);
	run_release(&t->run);
}
DEFINE_AUTO_VALUE(struct turn, turn_release)

static void find(struct turn *t, const char *script,
		 const struct base_hints *hints)
{
	AUTO(mem_free) char *repo = NULL;
	AUTO(mem_free) char *scratch = NULL;
	AUTO(mem_free) char *path = NULL;
	AUTO(buf_release) struct buf text = { 0 };
	struct apply_patch patch = { .author_name = "a",
				     .author_email = "a",
				     .message = "m\n" };
	struct err err = ERR_INIT;

	run_shell(&t->run, script);
	ck_assert_msg(t->run.exit_code == 0, RUN_SAID(&t->run));
	repo = xasprintf("%s/repo", t->run.dir);
	scratch = xasprintf("%s/scratch.git", t->run.dir);
	path = xasprintf("%s/p", t->run.dir);
	ck_ok(tree_open(&t->trees[0], "mine", repo, scratch, &err), &err);
	ck_ok(fs_read(&text, path, PATCH_MAX_BYTES, &err), &err);
	ck_ok(patch_parse(&t->patch, buf_text(&text), text.len, &err), &err);
	patch.diff = t->patch;
	ck_ok(base_find(&t->base, t->trees, 1, hints, &patch, 1, &err), &err);
}

static void expect_commit(const struct turn *t, const char *rev)
{
	char hex[TREE_HEX_LEN + 1];
	struct err err = ERR_INIT;

	ck_ok(tree_resolve(hex, t->trees[0], rev, &err), &err);
	ck_assert_str_eq(t->base.commit, hex);
}

START_TEST(the_blobs_of_the_index_lines_find_an_older_commit)
{
	AUTO(turn_release) struct turn t = { 0 };

	find(&t, HISTORY, &(struct base_hints){ 0 });
	expect_commit(&t, "two");
	ck_assert_str_eq(t.base.how, "blobs");
	ck_assert_str_eq(t.base.tree, "mine");
	ck_assert_uint_eq(t.base.n, 1);
	ck_assert_uint_eq(t.base.attempts[0].blobs_matched, 1);
	ck_assert_uint_eq(t.base.attempts[0].blobs_total, 1);
}
END_TEST

START_TEST(without_index_lines_the_tip_is_tried)
{
	AUTO(turn_release) struct turn t = { 0 };

	find(&t, HISTORY "git checkout -q -b x two; sed -i /^index/d $dir/p\n",
	     &(struct base_hints){ 0 });
	expect_commit(&t, "two");
	ck_assert_str_eq(t.base.how, "tip");
}
END_TEST

START_TEST(what_the_user_says_is_all_that_is_tried)
{
	AUTO(turn_release) struct turn t = { 0 };

	find(&t, HISTORY "sed -i /^index/d $dir/p\n",
	     &(struct base_hints){ .base = "three" });
	ck_assert_str_eq(t.base.commit, "");
	ck_assert_uint_eq(t.base.n, 1);
	ck_assert_str_eq(t.base.attempts[0].how, "--base");
	ck_assert(!t.base.attempts[0].applies);
	ck_assert_str_eq(t.base.attempts[0].why,
			 "hunk 1 of t does not apply at line 8: line 10 is "
			 "'TEN', the patch expects 'ten'");
	ck_assert_uint_eq(t.base.attempts[0].hunk, 1);
	ck_assert_str_eq(t.base.attempts[0].file, "t");
	ck_assert_ptr_eq(base_nearest(&t.base), &t.base.attempts[0]);
}
END_TEST

START_TEST(a_base_commit_that_nobody_has_is_named_and_passed_over)
{
	static const char unknown[] =
		"0123456789012345678901234567890123456789";
	AUTO(turn_release) struct turn t = { 0 };

	find(&t, HISTORY, &(struct base_hints){ .base_commit = unknown });
	expect_commit(&t, "two");
	ck_assert_uint_eq(t.base.n, 2);
	ck_assert_str_eq(t.base.attempts[0].how, "base-commit");
	ck_assert_str_eq(t.base.attempts[0].commit, "");
	ck_assert_str_eq(t.base.attempts[0].why,
			 "no tree has a commit "
			 "'0123456789012345678901234567890123456789'");
}
END_TEST

START_TEST(the_nearest_base_is_the_one_with_the_most_blobs)
{
	AUTO(turn_release) struct turn t = { 0 };

	/* o is as in the index line, t is not, and does not fit */
	find(&t,
	     HISTORY "echo p >>o; git diff >>$dir/p; git checkout -q o;"
		     " git checkout -q -B main three;"
		     " sed -i '/^--- a\\/t/,/^@@/!b;s/^@@ -8/@@ -9/' $dir/p;"
		     " sed -i 's/^-11$/-eleven/' $dir/p\n",
	     &(struct base_hints){ 0 });
	ck_assert_str_eq(t.base.commit, "");
	ck_assert_ptr_null(t.base.tree);
	ck_assert_ptr_nonnull(base_nearest(&t.base));
	ck_assert_uint_eq(base_nearest(&t.base)->blobs_total, 2);
	ck_assert_uint_eq(base_nearest(&t.base)->blobs_matched, 2);
}
END_TEST

TEST_MAIN("base", TEST(the_blobs_of_the_index_lines_find_an_older_commit),
	  TEST(without_index_lines_the_tip_is_tried),
	  TEST(what_the_user_says_is_all_that_is_tried),
	  TEST(a_base_commit_that_nobody_has_is_named_and_passed_over),
	  TEST(the_nearest_base_is_the_one_with_the_most_blobs))
