/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_lane.c - a lane is whole or it is not there
 *
 * The trees are small: a Makefile with the targets that a kernel has. What is
 * tested is how a lane comes and goes, in the real sandbox; that a real kernel
 * builds in it is tests/e2e's.
 */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/git/lane.h"
#include "bot/run/privilege.h"
#include "tests/support/run.h"

/* @all: the recipe of the build; no single quote in it. */
#define REPO(all)                                                         \
	"chmod 755 $dir && mkdir $dir/w && cd $dir/w && git init -q . &&" \
	" printf 'VERSION = 6\\nPATCHLEVEL = 5\\n"                        \
	"all: ; " all "\\n"                                               \
	"tinyconfig: ; echo CONFIG_TINY=y >.config\\n"                    \
	"olddefconfig: ; grep -v UNKNOWN .config >c; mv c .config\\n'"    \
	" >Makefile && printf 'CONFIG_A=y\\n' >../fragment &&"            \
	" git add . && git -c user.name=x -c user.email=x commit -qm x"

#define GOOD                                                                  \
	"mkdir -p include/config; echo 6.1-x >include/config/kernel.release;" \
	" grep -q CONFIG_A=y .config && echo CC a.o && echo x >linux &&"      \
	" chmod +x linux"

struct ground {
	struct run run;
	char *repo, *scratch, *lanes, *fragment;
	struct tree *tree;
	char tip[TREE_HEX_LEN + 1];
	struct lane_spec spec;
};

static void ground_release(struct ground *g)
{
	tree_free(g->tree);
	free(g->repo);
	free(g->scratch);
	free(g->lanes);
	free(g->fragment);
	run_release(&g->run);
}
DEFINE_AUTO_VALUE(struct ground, ground_release)

static void lay_ground(struct ground *g, const char *script)
{
	struct err err = ERR_INIT;

	run_shell(&g->run, script);
	ck_assert_msg(g->run.exit_code == 0, RUN_SAID(&g->run));
	g->repo = xasprintf("%s/w", g->run.dir);
	g->scratch = xasprintf("%s/scratch.git", g->run.dir);
	g->lanes = xasprintf("%s/lanes", g->run.dir);
	g->fragment = xasprintf("%s/fragment", g->run.dir);
	ck_ok(tree_open(&g->tree, "t", g->repo, g->scratch, &err), &err);
	ck_ok(tree_resolve(g->tip, g->tree, "HEAD", &err), &err);
	g->spec = (struct lane_spec){
		.lanes = g->lanes,
		.arch = lane_arch_find("um"),
		.fragment = g->fragment,
		.jobs = 1,
		.timeout_s = SUPPORT_AMPLE_S,
		.user = "nobody",
		.uid = getuid(),
		.gid = getgid(),
	};
	if (getuid() == 0)
		ck_ok(privilege_find(&g->spec.uid, &g->spec.gid, "nobody",
				     &err),
		      &err);
}

START_TEST(a_lane_is_built_once_and_found_again)
{
	AUTO(ground_release) struct ground g = { 0 };
	AUTO(lane_release) struct lane built = { 0 };
	AUTO(lane_release) struct lane again = { 0 };
	AUTO(mem_free) char *mark = NULL;
	struct err err = ERR_INIT;
	struct stat st;

	lay_ground(&g, REPO(GOOD));
	ck_ok(lane_prepare(&built, &g.spec, g.tree, g.tip, &err), &err);
	ck_assert_str_eq(built.release, "6.1-x");
	ck_assert_uint_gt(built.lines, 0);
	mark = xasprintf("%s/src/linux", built.path);
	ck_assert_int_eq(stat(mark, &st), 0);
	ck_assert_uint_eq(st.st_uid, g.spec.uid);
	ck_assert_uint_eq(st.st_gid, g.spec.gid);
	ck_ok(fs_remove_tree(mark, &err), &err); /* would be there if rebuilt */
	ck_ok(lane_prepare(&again, &g.spec, g.tree, g.tip, &err), &err);
	ck_assert_str_eq(built.key, again.key);
	ck_assert(!fs_exists(mark));
}
END_TEST

START_TEST(another_configuration_is_another_lane)
{
	AUTO(ground_release) struct ground g = { 0 };
	AUTO(lane_release) struct lane one = { 0 };
	AUTO(lane_release) struct lane two = { 0 };
	struct err err = ERR_INIT;

	lay_ground(&g, REPO(GOOD));
	ck_ok(lane_prepare(&one, &g.spec, g.tree, g.tip, &err), &err);
	ck_ok(fs_write(g.fragment, "CONFIG_A=y\nCONFIG_B=y\n", 22, &err), &err);
	ck_ok(lane_prepare(&two, &g.spec, g.tree, g.tip, &err), &err);
	ck_assert_str_ne(one.key, two.key);
}
END_TEST

START_TEST(an_option_that_the_tree_does_not_take_is_named)
{
	AUTO(ground_release) struct ground g = { 0 };
	AUTO(lane_release) struct lane lane = { 0 };
	struct err err = ERR_INIT;

	lay_ground(&g, REPO(GOOD));
	ck_ok(fs_write(g.fragment, "CONFIG_UNKNOWN=y\n", 17, &err), &err);
	ck_assert_int_eq(lane_prepare(&lane, &g.spec, g.tree, g.tip, &err), -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_msg(strstr(err.msg, "does not take CONFIG_UNKNOWN=y"), "%s",
		      err.msg);
}
END_TEST

static const struct {
	const char *fragment;
	bool is_made; /* of a tree that is 6.5 and takes no UNKNOWN */
} younger[] = {
	{ "CONFIG_A=y\n# Since 6.6: it is new\nCONFIG_UNKNOWN=y\n", true },
	{ "CONFIG_A=y\n# Since 7.0: it is new\nCONFIG_UNKNOWN=y\n", true },
	{ "CONFIG_A=y\n# Since 6.5: it is there\nCONFIG_UNKNOWN=y\n", false },
	{ "CONFIG_A=y\n# Since 5.6: it is there\nCONFIG_UNKNOWN=y\n", false },
	{ "CONFIG_A=y\n# Since ever\nCONFIG_UNKNOWN=y\n", false },
	{ "# Since 6.6: of the next line only\nCONFIG_A=y\nCONFIG_UNKNOWN=y\n",
	  false },
};

START_TEST(an_option_that_is_younger_than_the_tree_is_not_asked_of_it)
{
	AUTO(ground_release) struct ground g = { 0 };
	AUTO(lane_release) struct lane lane = { 0 };
	const char *fragment = younger[_i].fragment;
	struct err err = ERR_INIT;

	lay_ground(&g, REPO(GOOD));
	ck_ok(fs_write(g.fragment, fragment, strlen(fragment), &err), &err);
	ck_assert_int_eq(lane_prepare(&lane, &g.spec, g.tree, g.tip, &err),
			 younger[_i].is_made ? 0 : -1);
	if (!younger[_i].is_made)
		ck_assert_int_eq(err.kind, ERR_CONFIG);
}
END_TEST

START_TEST(other_comments_in_the_fragment_are_no_other_lane)
{
	AUTO(ground_release) struct ground g = { 0 };
	AUTO(lane_release) struct lane one = { 0 };
	AUTO(lane_release) struct lane two = { 0 };
	struct err err = ERR_INIT;

	lay_ground(&g, REPO(GOOD));
	ck_ok(lane_prepare(&one, &g.spec, g.tree, g.tip, &err), &err);
	ck_ok(fs_write(g.fragment, "# why\nCONFIG_A=y\n\n", 18, &err), &err);
	ck_ok(lane_prepare(&two, &g.spec, g.tree, g.tip, &err), &err);
	ck_assert_str_eq(one.key, two.key);
}
END_TEST

START_TEST(a_tree_that_does_not_build_leaves_its_log_and_no_lane)
{
	AUTO(ground_release) struct ground g = { 0 };
	AUTO(lane_release) struct lane lane = { 0 };
	AUTO(run_release) struct run left = { 0 };
	AUTO(mem_free) char *look = NULL;
	struct err err = ERR_INIT;

	lay_ground(&g, REPO("echo a.c:1: error: no semicolon; false"));
	ck_assert_int_eq(lane_prepare(&lane, &g.spec, g.tree, g.tip, &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_msg(strstr(err.msg, "a.c:1: error: no semicolon"), "%s",
		      err.msg);
	look = xasprintf("cd %s && ls && grep semicolon *.failed.log", g.lanes);
	run_shell(&left, look);
	ck_assert_msg(left.exit_code == 0, RUN_SAID(&left));
	ck_assert_ptr_null(strstr(buf_text(&left.out), ".new"));
}
END_TEST

/* Kill -9 while it builds; what stays must not be taken for a lane. */
START_TEST(a_lane_whose_build_was_killed_is_built_anew)
{
	AUTO(ground_release) struct ground g = { 0 };
	AUTO(lane_release) struct lane lane = { 0 };
	AUTO(mem_free) char *wait = NULL;
	AUTO(run_release) struct run waited = { 0 };
	struct err err = ERR_INIT;
	pid_t child;

	/* A build that stops half-way unless the tree itself has "half". */
	lay_ground(&g, REPO("test -e half || "
			    "{ echo half-done >half; sleep 1000; }; " GOOD));
	child = fork();
	if (child == 0)
		_exit(lane_prepare(&lane, &g.spec, g.tree, g.tip, &err) == 0);
	wait = xasprintf("for i in $(seq 1200); do"
			 " ls %s/*.new/src/half 2>/dev/null && exit 0;"
			 " sleep 0.1; done; exit 1",
			 g.lanes);
	run_shell(&waited, wait);
	ck_assert_msg(waited.exit_code == 0, RUN_SAID(&waited));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);

	/* The same commit would stop again: one that has the file goes on. */
	{
		AUTO(run_release) struct run next = { 0 };
		AUTO(mem_free) char *script = NULL;

		script = xasprintf("cd %s/w && : >half && git add . &&"
				   " git -c user.name=x -c user.email=x"
				   " commit -qm y",
				   g.run.dir);
		run_shell(&next, script);
		ck_assert_msg(next.exit_code == 0, RUN_SAID(&next));
	}
	ck_ok(tree_resolve(g.tip, g.tree, "HEAD", &err), &err);
	ck_ok(lane_prepare(&lane, &g.spec, g.tree, g.tip, &err), &err);
	ck_assert_str_eq(lane.release, "6.1-x");
}
END_TEST

START_TEST(a_dropped_lane_is_gone_and_dropping_it_again_is_fine)
{
	AUTO(ground_release) struct ground g = { 0 };
	AUTO(lane_release) struct lane lane = { 0 };
	AUTO(lane_release) struct lane none = { 0 };
	struct err err = ERR_INIT;
	bool found;

	lay_ground(&g, REPO(GOOD));
	ck_ok(lane_prepare(&lane, &g.spec, g.tree, g.tip, &err), &err);
	ck_ok(lane_drop(g.lanes, lane.key, &err), &err);
	ck_ok(lane_find(&found, &none, g.lanes, lane.key, &err), &err);
	ck_assert(!found && !fs_exists(lane.path));
	ck_ok(lane_drop(g.lanes, lane.key, &err), &err);
}
END_TEST

TEST_MAIN("lane", TEST(a_lane_is_built_once_and_found_again),
	  TEST(another_configuration_is_another_lane),
	  TEST(an_option_that_the_tree_does_not_take_is_named),
	  TABLE(an_option_that_is_younger_than_the_tree_is_not_asked_of_it,
		younger),
	  TEST(other_comments_in_the_fragment_are_no_other_lane),
	  TEST(a_tree_that_does_not_build_leaves_its_log_and_no_lane),
	  TEST(a_lane_whose_build_was_killed_is_built_anew),
	  TEST(a_dropped_lane_is_gone_and_dropping_it_again_is_fine))
