/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_apply.c - a patch on a commit, by us and by the real git apply
 *
 * Each case makes a repository and a patch with shell and git; then
 * `git apply --cached` and apply_run have their turn at the same commit. Either
 * the trees that come out are the same, or both refuse; or we refuse what git
 * takes, and the row says with which words.
 */
#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/base/span.h"
#include "bot/git/apply.h"
#include "tests/support/run.h"

/* What the scripts of the cases call. */
static const char prelude[] =
	"export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a "
	"GIT_COMMITTER_NAME=c\n"
	"export GIT_COMMITTER_EMAIL=c "
	"GIT_CONFIG_GLOBAL=/dev/null\n"
	"set -e; mkdir $dir/repo; cd $dir/repo; git init "
	"-q .\n" /* a function of n equal lines and one of its own */
	"f() { printf 'int %s(int "
	"x)\\n{\\n\\tx++;\\n\\tx++;\\n\\tx++;\\n\\t"
	"%s = "
	"x;\\n\\tx--;\\n\\tx--;\\n\\tx--;\\n\\treturn "
	"x;\\n}\\n\\n' $1 "
	"$2; }\n"
	"save() { git add -A; git commit -qm \"$1\" "
	/* the difference to the last commit becomes the patch */
	"--allow-empty; }\n"
	"take() { git add -A; git diff --cached --binary "
	"\"$@\" >$dir/p;"
	" git reset -q --hard; git clean -qfd; }\n"
	"(f one a; f two b; f three c; f four d) >f.c; "
	"echo old >plain\n"
	"printf '#!/bin/sh\\necho\\n' >run; chmod +x "
	"run; ln -s f.c link\n"
	"mkdir d; echo x >d/x; : >empty; printf 'no end' "
	">noeol\n"
	"echo s >'with space'; printf "
	"'a\\r\\nb\\r\\nc\\r\\n' >crlf; save "
	"base\n";

/* After a case: what git makes of it, a tree or "refused". */
static const char git_apply[] =
	"\ngit apply --cached $dir/p && git write-tree || echo refused\n"
	"exec >>$dir/err; git reset -q --hard";

static const struct {
	const char *claim;
	const char *script;
	/*
	 * NULL: as git apply. Else we refuse, with these words in our reason.
	 */
	const char *stricter;
} turns[] = {
	{ "exact", "sed -i 's/b = x/b = 2/' f.c; take", NULL },
	{ "two hunks", "sed -i 's/a = x/a = 2/;s/d = x/d = 2/' f.c; take",
	  NULL },
	{ "lines were added above",
	  "sed -i 's/b = x/b = 2/' f.c; take;"
	  " (echo '/* 1 */'; echo '/* 2 */'; cat f.c) >g; mv g f.c; save x",
	  NULL },
	{ "lines were removed above",
	  "sed -i 's/d = x/d = 2/' f.c; take; sed -i 3,5d f.c; save x", NULL },
	{ "the wrong new start, the right old one",
	  "sed -i 's/c = x/c = 2/' f.c; take;"
	  " sed -i 's/^@@ -\\(.*\\) +27,/@@ -\\1 +20,/' $dir/p",
	  NULL },
	{ "context differs",
	  "sed -i 's/b = x/b = 2/' f.c; take; sed -i 's/b = x/b = y/' f.c;"
	  " save x",
	  NULL },
	{ "at the beginning of the file", "sed -i 1i//first f.c; take", NULL },
	{ "at the beginning, which has moved",
	  "sed -i 1i//first f.c; take; (echo; cat f.c) >g; mv g f.c; save x",
	  NULL },
	{ "at the end of the file", "echo //last >>f.c; take", NULL },
	{ "at the end, which has moved down",
	  "echo //last >>f.c; take; (echo; cat f.c) >g; mv g f.c; save x",
	  NULL },
	{ "at the end, after which there is more now",
	  "echo //last >>f.c; take; echo //more >>f.c; save x", NULL },
	{ "no line of context", "sed -i 's/b = x/b = 2/' f.c; take -U0", NULL },
	{ "one line of context", "sed -i 's/b = x/b = 2/' f.c; take -U1",
	  NULL },
	{ "nearest of two places, in the function of its header",
	  "sed -i 's/b = x/b = 2/' f.c; take;"
	  " (f zero b; f two b; f one b; cat f.c) | tail -n +4 >g; mv g f.c;"
	  " sed -i 's/-13,/-15,/;s/+13,/+15,/' $dir/p; save x",
	  NULL },
	{ "only in another function",
	  "sed -i 's/b = x/b = 2/' f.c; take -U2; sed -i 's/two/deux/' f.c;"
	  " sed -i /^index/d $dir/p; (echo; cat f.c) >g; mv g f.c; save x",
	  "but belongs in 'int two(int x)'" },
	{ "another function, but where it says",
	  "sed -i 's/b = x/b = 2/' f.c; take -U2; sed -i 's/two/deux/' f.c;"
	  " save x",
	  NULL },
	{ "the function's arguments have changed",
	  "sed -i 's/b = x/b = 2/' f.c; take -U2; sed -i 's/two(int/two(long/'"
	  " f.c; (echo; cat f.c) >g; mv g f.c; save x",
	  NULL },
	{ "the function is renamed by an earlier hunk",
	  "sed -i 's/two/deux/;s/b = x/b = 2/' f.c; take -U2;"
	  " (echo; cat f.c) >g; mv g f.c; save x",
	  NULL },
	{ "a heading that is no function: plain text moves freely",
	  "seq 1 9 | sed 's/^/word /' >t; save t; sed -i 's/ 8$/ 80/' t; take"
	  " -U1; sed -i 's/word 6/word six/;1i new' t; save x",
	  NULL },
	{ "hunks may not overlap",
	  "sed -i 's/b = x/b = 2/' f.c; take; cp $dir/p $dir/q;"
	  " sed -n '/^@@/,$p' $dir/q >>$dir/p",
	  NULL },
	{ "a second diff of the same file",
	  "sed -i 's/b = x/b = 2/' f.c; take; cp $dir/p $dir/q;"
	  " git apply $dir/p; save x; sed -i 's/c = x/c = 2/' f.c; take;"
	  " git reset -q --hard HEAD~; cat $dir/q $dir/p >$dir/r;"
	  " mv $dir/r $dir/p",
	  NULL },
	{ "a new file", "echo n >d/new; take", NULL },
	{ "a new file in a new folder", "mkdir -p n/m; echo n >n/m/f; take",
	  NULL },
	{ "a new file that is there already",
	  "echo n >d/new; take; echo other >d/new; save x", NULL },
	{ "a new file that is there, and the same",
	  "echo n >d/new; echo m >>plain; take; echo n >d/new; save x", NULL },
	{ "a new empty file, last", "echo n >>f.c; : >z; take", NULL },
	{ "a new empty file, first", ": >a; echo n >>f.c; take", NULL },
	{ "a new executable file", "echo n >n; chmod +x n; take", NULL },
	{ "a new file where a folder is",
	  "echo n >n; take; mkdir n; echo x >n/x; save x", NULL },
	{ "a new file below a file",
	  "mkdir n; echo n >n/x; take; echo f >n;"
	  " save x",
	  NULL },
	{ "a new file below a link",
	  "mkdir n; echo n >n/x; take; ln -s d n; save x", NULL },
	{ "a change below a link",
	  "mkdir n; echo n >n/x; save x; echo m >n/x; take; rm -r n; ln -s d n;"
	  " save y",
	  NULL },
	{ "a deleted file", "rm plain; take", NULL },
	{ "a deleted empty file", "rm empty; take", NULL },
	{ "a deleted file with a line more",
	  "rm plain; take; echo more >>plain; save x", NULL },
	{ "a deleted file that has changed",
	  "rm plain; take; echo other >plain; save x", NULL },
	{ "a deleted empty file that is not empty",
	  "rm empty; take; echo more >empty; save x", NULL },
	{ "a deleted file that is not there",
	  "rm plain; take; git rm -q plain;"
	  " save x",
	  NULL },
	{ "the last file of a folder", "rm d/x; take", NULL },
	{ "a folder becomes a file", "rm -r d; echo f >d; take", NULL },
	{ "a file becomes a folder",
	  "rm plain; mkdir plain; echo x >plain/x;"
	  " take",
	  NULL },
	{ "a rename", "git mv f.c g.c; take -M", NULL },
	{ "a rename with a change",
	  "git mv f.c d/g.c; sed -i 's/b = x/b = 2/' d/g.c; take -M", NULL },
	{ "a rename onto a file", "git mv plain q; take -M; echo x >q; save x",
	  NULL },
	{ "a rename of nothing",
	  "git mv f.c g.c; take -M; git rm -q f.c;"
	  " save x",
	  NULL },
	{ "two files change places",
	  "seq 1 9 >p1; seq 11 19 >p2; save x; mv p1 t; mv p2 p1; mv t p2;"
	  " take -B -M",
	  NULL },
	{ "a copy",
	  "seq 1 30 >s; save x; cp s t; echo y >>t; echo z >>s;"
	  " take -C --find-copies-harder",
	  NULL },
	{ "a copy onto a file",
	  "seq 1 30 >s; save x; cp s t; take -C --find-copies-harder;"
	  " echo y >t; save y",
	  NULL },
	{ "a mode change", "chmod +x f.c; take", NULL },
	{ "a mode change with a change", "chmod -x run; echo x >>run; take",
	  NULL },
	{ "an executable file, and no index line",
	  "echo x >>run; take; sed -i /^index/d $dir/p", NULL },
	{ "an executable file, and the wrong mode in the index line",
	  "echo x >>run; take; sed -i 's/100755$/100644/' $dir/p", NULL },
	{ "a file becomes a link", "rm plain; ln -s f.c plain; take", NULL },
	{ "a link is pointed elsewhere", "ln -sf run link; take", NULL },
	{ "a patch of a file that is a link here",
	  "echo x >>plain; take; rm plain; ln -s f.c plain; save x", NULL },
	{ "without a newline at the end", "printf 'still no end' >noeol; take",
	  NULL },
	{ "a newline at the end is added", "echo >>noeol; take", NULL },
	{ "a newline at the end is removed", "printf old >plain; take", NULL },
	{ "a newline at the end that came meanwhile",
	  "printf 'still no end' >noeol; take; echo >>noeol; save x", NULL },
	{ "CRLF", "sed -i 's/b/B/' crlf; take", NULL },
	{ "a path with a space", "echo t >>'with space'; take", NULL },
	{ "a new path with a space", ": >'new space'; take", NULL },
	{ "a path with a tab and quotes",
	  "echo t >\"$(printf 't\\tb\"')\"; take", NULL },
	{ "a path in UTF-8, quoted", "echo t >h\xc3\xa9; take", NULL },
	{ "a path in UTF-8, bare",
	  "git config core.quotepath 0;"
	  " echo t >h\xc3\xa9; take",
	  NULL },
	{ "a plain diff",
	  "cp f.c f.c.orig; sed -i 's/b = x/b = 2/' f.c;"
	  " diff -u f.c.orig f.c | sed 's,^--- ,&a/,;s,^+++ ,&b/,' >$dir/p;"
	  " rm f.c.orig; git checkout -q .",
	  NULL },
	{ "a quilt patch",
	  "echo x >>d/x; git diff --no-prefix | sed 's,^--- ,&linux.orig/,;"
	  "s,^+++ ,&linux/,;s/^diff .*/Index: linux\\/d\\/x/;s/^index .*/====/'"
	  " >$dir/p; git checkout -q .",
	  NULL },
	{ "a plain diff that makes a file",
	  "printf -- '--- /dev/null\\n+++ b/n\\n@@ -0,0 +1 @@\\n+n\\n' >$dir/p",
	  NULL },
	{ "a plain diff that makes a file, with dates",
	  "printf -- '--- a/n\\t1970-01-01 00:00:00.000000000 +0000\\n+++ "
	  "b/n\\t"
	  "2020-01-01 00:00:00.000000000 +0000\\n@@ -0,0 +1 @@\\n+n\\n' "
	  ">$dir/p",
	  NULL },
	{ "a plain diff that makes a file, with dates of the west",
	  "printf -- '--- a/n\\t1969-12-31 19:00:00.000000000 -0500\\n+++ "
	  "b/n\\t"
	  "2020-01-01 00:00:00.000000000 -0500\\n@@ -0,0 +1 @@\\n+n\\n' "
	  ">$dir/p",
	  NULL },
	{ "a plain diff that makes a file, unsaid",
	  "printf -- '--- a/n\\n+++ b/n\\n@@ -0,0 +1 @@\\n+n\\n' >$dir/p",
	  NULL },
	{ "a plain diff that deletes a file",
	  "printf -- '--- a/plain\\n+++ /dev/null\\n@@ -1 +0,0 @@\\n-old\\n'"
	  " >$dir/p",
	  NULL },
	{ "a plain diff of a file at the top, without prefix",
	  "printf -- '--- plain\\n+++ plain\\n@@ -1 +1 @@\\n-old\\n+new\\n'"
	  " >$dir/p",
	  NULL },
	{ "a long hunk header",
	  "sed -i 's/b = x/b = 2/' f.c; take;"
	  " sed -i \"s/^@@ .*/&$(seq -s, 1 100)/\" $dir/p",
	  NULL },
	{ "blank context lines that lost their blank",
	  "sed -i 's/^int three.*/& \\/\\/ x/' f.c; take;"
	  " sed -i 's/^ $//' $dir/p",
	  NULL },
	{ "a mail around it",
	  "sed -i 's/b = x/b = 2/' f.c; take; (echo From: x; echo; echo log;"
	  " echo ---; echo ' f.c | 2 +-'; echo; cat $dir/p; echo '-- ';"
	  " echo 2.39.5; echo; echo ____; echo list) >$dir/q; mv $dir/q $dir/p",
	  NULL },
	{ "a binary change",
	  "printf 'a\\0b' >bin; save x; printf 'a\\0c' >bin; take",
	  "is a binary change" },
	{ "a binary change without its content",
	  "printf 'a\\0b' >bin; save x; printf 'a\\0c' >bin; git add .;"
	  " git diff --cached >$dir/p; git reset -q --hard",
	  NULL },
	{ "a submodule",
	  "printf 'diff --git a/s b/s\\nnew file mode 160000\\nindex 0000000.."
	  "1234567\\n--- /dev/null\\n+++ b/s\\n@@ -0,0 +1 @@\\n+Subproject "
	  "commit "
	  "1234567890123456789012345678901234567890\\n' >$dir/p",
	  "is a submodule" },
};

/* ---- one turn ---- */

struct turn {
	struct run run;
	struct tree *tree;
	struct patch *patch;
	struct apply_result result;
	char tip[TREE_HEX_LEN + 1];
};

static void turn_release(struct turn *t)
{
	apply_result_release(&t->result);
	patch_free(t->patch);
	tree_free(t->tree);
	run_release(&t->run);
}
DEFINE_AUTO_VALUE(struct turn, turn_release)

static struct apply_patch signed_off(const struct patch *diff)
{
	return (struct apply_patch){
		.diff = diff,
		.author_name = "A. Author",
		.author_email = "a@example.org",
		.author_time = 1700000000,
		.author_tz = -90,
		.message = "fs: a subject\n\nwhy\n",
	};
}

static void make_repo(struct turn *t, const char *script, const char *after)
{
	AUTO(mem_free)
	char *whole = xasprintf("%s%s%s", prelude, script, after);
	AUTO(mem_free) char *repo = NULL;
	AUTO(mem_free) char *scratch = NULL;
	struct err err = ERR_INIT;

	run_shell(&t->run, whole);
	ck_assert_msg(t->run.exit_code == 0, RUN_SAID(&t->run));
	repo = xasprintf("%s/repo", t->run.dir);
	scratch = xasprintf("%s/scratch.git", t->run.dir);
	ck_ok(tree_open(&t->tree, "test", repo, scratch, &err), &err);
	ck_ok(tree_resolve(t->tip, t->tree, "HEAD", &err), &err);
}

/* Read $dir/p and apply it. False: it is no patch, and why says what is. */
static bool apply_ours(struct turn *t, char **why)
{
	AUTO(mem_free) char *path = xasprintf("%s/p", t->run.dir);
	AUTO(buf_release) struct buf text = { 0 };
	struct apply_patch patch;
	struct err err = ERR_INIT;

	ck_ok(fs_read(&text, path, PATCH_MAX_BYTES, &err), &err);
	if (patch_parse(&t->patch, buf_text(&text), text.len, &err) < 0) {
		*why = xstrdup(err.msg);
		return false;
	}
	patch = signed_off(t->patch);
	ck_ok(apply_run(&t->result, t->tree, t->tip, &patch, 1, &err), &err);
	*why = xstrdup(t->result.why ? t->result.why : "");
	return t->result.outcome == APPLY_OK;
}

static void result_tree(char hex[TREE_HEX_LEN + 1], const struct turn *t)
{
	struct err err = ERR_INIT;

	ck_ok(tree_hash(hex, t->tree, t->result.steps[0].commit, &err), &err);
}

START_TEST(a_patch_makes_the_tree_that_git_apply_makes)
{
	AUTO(turn_release) struct turn t = { 0 };
	AUTO(mem_free) char *why = NULL;
	char ours[TREE_HEX_LEN + 1] = "refused";
	struct span theirs;

	make_repo(&t, turns[_i].script, git_apply);
	theirs = span_trim(span_of(buf_text(&t.run.out), t.run.out.len));
	if (apply_ours(&t, &why))
		result_tree(ours, &t);
	if (turns[_i].stricter) {
		ck_assert_msg(!span_is(theirs, "refused"), "%s: git refuses",
			      turns[_i].claim);
		ck_assert_msg(strstr(why, turns[_i].stricter), "%s: '%s'",
			      turns[_i].claim, why);
		ck_assert_str_eq(ours, "refused");
		return;
	}
	ck_assert_msg(span_is(theirs, ours), "%s: git %.*s, we %s: %s\n%s",
		      turns[_i].claim, (int)span_len(theirs), theirs.p, ours,
		      why, buf_text(&t.run.err));
}
END_TEST

/* ---- what git apply alone does not do ---- */

static void apply_one(struct turn *t, const char *script)
{
	AUTO(mem_free) char *why = NULL;

	make_repo(t, script, "");
	apply_ours(t, &why);
	ck_assert_ptr_nonnull(t->patch);
}

/* What `git show` and the like say of the commit that came out. */
static void expect_git(const struct turn *t, const char *command,
		       const char *says)
{
	AUTO(run_release) struct run r = { 0 };
	AUTO(mem_free)
	char *script =
		xasprintf("c=%s; export GIT_DIR=%s/scratch.git\n%s",
			  t->result.steps[0].commit, t->run.dir, command);

	ck_assert_int_eq(t->result.outcome, APPLY_OK);
	run_shell(&r, script);
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	ck_assert_str_eq(buf_text(&r.out), says);
}

static const struct {
	const char *script;
	const char *says;
} refusals[] = {
	{ "sed -i 's/c = x/c = 2/' f.c; take; sed -i /^index/d $dir/p;"
	  " sed -i 's/c = x/c = y/' f.c; save x",
	  "hunk 1 of f.c does not apply at line 27: line 30 is 'c = y;', the "
	  "patch expects 'c = x;'" },
	{ "sed -i 's/a = x/a = 2/;s/d = x/d = 2/' f.c; take;"
	  " sed -i 's/d = x/d = y/' f.c; save x",
	  "hunk 2 of f.c does not apply at line 39: line 42 is 'd = y;', the "
	  "patch expects 'd = x;'; a three-way merge conflicts" },
	{ "seq 1 20 >t; save x; sed -i 's/18/x/' t; take; sed -i 17,20d t;"
	  " sed -i 's/^index.*/index 0123456789..0 100644/' $dir/p; save x",
	  "hunk 1 of t does not apply at line 15: the file ends at line 16, "
	  "the patch expects '17'; its index line names a file that this tree "
	  "never had" },
	{ "rm plain; take; echo more >>plain; save x",
	  "hunk 1 of plain does not apply at line 1: it belongs at the file's "
	  "beginning or end, where other lines are" },
	{ "echo m >>plain; take; git rm -q plain; save x",
	  "plain is not in the tree" },
	{ "git mv plain q; take -M; git rm -q plain; save x",
	  "q is not in the tree, it would come from plain" },
	{ "echo n >d/new; take; echo other >d/new; save x",
	  "d/new is to be added, but exists already" },
	{ "mkdir n; echo n >n/x; take; ln -s d n; save x",
	  "n/x cannot be written: 'n' is a symbolic link, not a folder" },
	{ "echo x >>plain; take; rm plain; ln -s f.c plain; save x",
	  "plain is a symbolic link in the tree, but not in the patch" },
};

START_TEST(a_refusal_says_which_hunk_of_which_file_and_why)
{
	AUTO(turn_release) struct turn t = { 0 };

	apply_one(&t, refusals[_i].script);
	ck_assert_int_eq(t.result.outcome, APPLY_CONFLICT);
	ck_assert_uint_eq(t.result.n, 0);
	ck_assert_uint_eq(t.result.patch, 1);
	ck_assert_str_eq(t.result.why, refusals[_i].says);
}
END_TEST

START_TEST(lines_changed_beside_the_hunk_are_merged_three_ways)
{
	AUTO(turn_release) struct turn t = { 0 };

	apply_one(&t, "sed -i '6s/.*/\tnew;/' f.c; take;"
		      " sed -i '3s/.*/\tmeanwhile;/' f.c; save x");
	ck_assert_msg(t.result.outcome == APPLY_OK, "%s", t.result.why);
	ck_assert_int_eq(t.result.steps[0].how, APPLY_THREE_WAY);
	ck_assert_uint_eq(t.result.steps[0].notes.n, 1);
	expect_git(&t, "git cat-file blob $c:f.c | sed -n '3p;6p'",
		   "\tmeanwhile;\n\tnew;\n");
}
END_TEST

START_TEST(a_merge_is_what_git_apply_makes_three_ways)
{
	AUTO(turn_release) struct turn t = { 0 };
	char ours[TREE_HEX_LEN + 1];

	make_repo(&t,
		  "sed -i '6s/.*/\tnew;/' f.c; take;"
		  " sed -i '3s/.*/\tmeanwhile;/' f.c; save x",
		  "\ngit apply --3way $dir/p; git write-tree; git reset -q "
		  "--hard");
	{
		AUTO(mem_free) char *why = NULL;

		ck_assert(apply_ours(&t, &why));
	}
	result_tree(ours, &t);
	run_expect_text(&t.run.out, ours);
}
END_TEST

START_TEST(a_commit_has_the_author_the_date_and_the_words_of_the_mail)
{
	AUTO(turn_release) struct turn t = { 0 };

	apply_one(&t, "sed -i 's/b = x/b = 2/' f.c; take");
	expect_git(&t, "git cat-file commit $c | sed 1,2d",
		   "author A. Author <a@example.org> 1700000000 -0130\n"
		   "committer collider <collider@localhost> 1700000000 -0130\n"
		   "\nfs: a subject\n\nwhy\n");
}
END_TEST

START_TEST(a_moved_hunk_is_noted_and_so_is_a_second_place)
{
	AUTO(turn_release) struct turn t = { 0 };

	apply_one(&t, "seq 1 9 >t; seq 1 9 >>t; save x; sed -i '5s/5/five/' t;"
		      " take; (echo 0; cat t) >u; mv u t; save y");
	ck_assert_int_eq(t.result.outcome, APPLY_OK);
	ck_assert_int_eq(t.result.steps[0].how, APPLY_OFFSET);
	ck_assert_uint_eq(t.result.steps[0].notes.n, 2);
	ck_assert_str_eq(t.result.steps[0].notes.v[0],
			 "t: hunk 1 moved by +1 lines");
	ck_assert_str_eq(t.result.steps[0].notes.v[1],
			 "t: hunk 1 fits at line 3, and at line 12 as well");
}
END_TEST

START_TEST(a_farther_place_in_the_right_function_wins_over_a_nearer_one)
{
	AUTO(turn_release) struct turn t = { 0 };

	/* two() moves down; what is where it was is the body of zero() */
	apply_one(&t, "sed -i 's/b = x/b = 2/' f.c; take -U2;"
		      " sed -i /^index/d $dir/p;"
		      " (f one a; echo; f zero b; f two b) >f.c; save x");
	ck_assert_int_eq(t.result.outcome, APPLY_OK);
	ck_assert_uint_eq(t.result.steps[0].notes.n, 2);
	ck_assert_str_eq(t.result.steps[0].notes.v[1],
			 "f.c: hunk 1 fits nearer at line 17, but in another "
			 "function");
	expect_git(&t, "git cat-file blob $c:f.c | grep -n 'b = '",
		   "19:\tb = x;\n31:\tb = 2;\n");
}
END_TEST

static const struct {
	const char *claim;
	const char *script;
	enum apply_outcome outcome;
} merged[] = {
	{ "what was applied",
	  "sed -i 's/b = x/b = 2/' f.c; take;"
	  " git apply $dir/p; save x",
	  APPLY_ALREADY_MERGED },
	{ "and has moved since",
	  "sed -i 's/b = x/b = 2/' f.c; take; git apply $dir/p;"
	  " (echo; cat f.c) >g; mv g f.c; save x",
	  APPLY_ALREADY_MERGED },
	{ "a new file that is there and the same",
	  "echo n >n; take; echo n >n; save x", APPLY_ALREADY_MERGED },
	{ "a rename that was made",
	  "git mv f.c g.c; take -M; git mv f.c g.c;"
	  " save x",
	  APPLY_ALREADY_MERGED },
	{ "a deletion that was made", "rm plain; take; git rm -q plain; save x",
	  APPLY_ALREADY_MERGED },
	{ "a mode that was changed", "chmod +x f.c; take; chmod +x f.c; save x",
	  APPLY_ALREADY_MERGED },
	{ "a mode that was not", "chmod +x f.c; take", APPLY_OK },
	{ "lines that are there a second time",
	  "(echo a; echo a) >t; save x; (echo a; echo a; echo a) >t; take",
	  APPLY_OK },
};

START_TEST(a_patch_that_is_in_the_base_is_found_first)
{
	AUTO(turn_release) struct turn t = { 0 };

	apply_one(&t, merged[_i].script);
	ck_assert_msg(t.result.outcome == merged[_i].outcome, "%s: %s",
		      merged[_i].claim, t.result.why ? t.result.why : "");
}
END_TEST

static const struct {
	const char *name, *email;
	const char *says;
} authors[] = {
	{ "", "", "unknown <unknown>" },
	{ "A <b> C", "a@b>", "A b C <a@b>" },
	{ "two\nlines", "a@b", "twolines <a@b>" },
	{ "'\"", "a@b", "unknown <a@b>" },
};

START_TEST(an_author_that_git_has_no_room_for_is_cleaned)
{
	AUTO(turn_release) struct turn t = { 0 };
	AUTO(mem_free) char *want = xasprintf("%s\n", authors[_i].says);
	AUTO(mem_free) char *why = NULL;
	struct apply_patch patch;
	struct err err = ERR_INIT;

	make_repo(&t, "sed -i 's/b = x/b = 2/' f.c; take", "");
	apply_ours(&t, &why);
	apply_result_release(&t.result);
	patch = signed_off(t.patch);
	patch.author_name = authors[_i].name;
	patch.author_email = authors[_i].email;
	ck_ok(apply_run(&t.result, t.tree, t.tip, &patch, 1, &err), &err);
	expect_git(&t, "git log -1 --format='%an <%ae>' $c", want);
}
END_TEST

/* The same patch two times. */
static void apply_twice(struct turn *t, const char *script)
{
	AUTO(mem_free) char *why = NULL;
	struct apply_patch twice[2];
	struct err err = ERR_INIT;

	make_repo(t, script, "");
	apply_ours(t, &why);
	apply_result_release(&t->result);
	twice[0] = twice[1] = signed_off(t->patch);
	ck_ok(apply_run(&t->result, t->tree, t->tip, twice, 2, &err), &err);
}

START_TEST(a_series_is_a_chain_of_commits_up_to_the_patch_that_fails)
{
	AUTO(turn_release) struct turn t = { 0 };

	apply_twice(&t, "sed -i 's/b = x/b = 2/' f.c; take;"
			" sed -i /^index/d $dir/p");
	ck_assert_int_eq(t.result.outcome, APPLY_CONFLICT);
	ck_assert_uint_eq(t.result.n, 1);
	ck_assert_uint_eq(t.result.patch, 2);
	ck_assert_uint_eq(t.result.hunk, 1);
	ck_assert_str_eq(t.result.file, "f.c");
}
END_TEST

START_TEST(a_patch_that_is_done_already_is_an_empty_commit_and_noted)
{
	AUTO(turn_release) struct turn t = { 0 };
	struct strings *notes;

	apply_twice(&t, "sed -i 's/b = x/b = 2/' f.c; take");
	ck_assert_int_eq(t.result.outcome, APPLY_OK);
	ck_assert_uint_eq(t.result.n, 2);
	notes = &t.result.steps[1].notes;
	ck_assert_uint_eq(notes->n, 2);
	ck_assert_str_eq(notes->v[1],
			 "changes nothing: what it does is done already");
}
END_TEST

START_TEST(the_users_repository_is_not_written)
{
	AUTO(turn_release) struct turn t = { 0 };
	AUTO(run_release) struct run r = { 0 };
	AUTO(mem_free) char *script = NULL;
	AUTO(mem_free) char *why = NULL;

	make_repo(
		&t, "sed -i 's/b = x/b = 2/' f.c; take",
		"\nfind $dir/repo -type f -exec cksum {} + | sort >$dir/sums");
	ck_assert(apply_ours(&t, &why));
	script = xasprintf("find %s/repo -type f -exec cksum {} + | sort |"
			   " cmp - %s/sums",
			   t.run.dir, t.run.dir);
	run_shell(&r, script);
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
}
END_TEST

TEST_MAIN("apply", TABLE(a_patch_makes_the_tree_that_git_apply_makes, turns),
	  TABLE(a_refusal_says_which_hunk_of_which_file_and_why, refusals),
	  TEST(lines_changed_beside_the_hunk_are_merged_three_ways),
	  TEST(a_merge_is_what_git_apply_makes_three_ways),
	  TEST(a_commit_has_the_author_the_date_and_the_words_of_the_mail),
	  TEST(a_moved_hunk_is_noted_and_so_is_a_second_place),
	  TEST(a_farther_place_in_the_right_function_wins_over_a_nearer_one),
	  TABLE(a_patch_that_is_in_the_base_is_found_first, merged),
	  TABLE(an_author_that_git_has_no_room_for_is_cleaned, authors),
	  TEST(a_series_is_a_chain_of_commits_up_to_the_patch_that_fails),
	  TEST(a_patch_that_is_done_already_is_an_empty_commit_and_noted),
	  TEST(the_users_repository_is_not_written))
