/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/patchid.h"

#include <glob.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/run/child.h"
#include "tests/support/support.h"

#define MAX_DIFF (1u << 20)

/* The fixtures of diffs, of which git reads as much as we do. */
static void list_diffs(struct strings *out)
{
	glob_t found;

	ck_assert_int_eq(glob("tests/fixtures/patch/*.patch", 0, NULL, &found),
			 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		strings_push(out, found.gl_pathv[i]);
	globfree(&found);
}

static void ask_git(struct buf *out, const char *path)
{
	AUTO(mem_free) char *dir = realpath(".", NULL);
	AUTO(mem_free) char *script = NULL;
	struct child_result r;
	struct err err = ERR_INIT;

	script = xasprintf("git patch-id --stable <%s/%s", dir, path);
	buf_init(out, 1000);
	ck_ok(child_run(&r,
			&(struct child_spec){
				.argv = (const char *const[]){ "/bin/sh", "-c",
							       script, NULL },
				.timeout_s = 20,
				.max_output = 1000,
				.out = out },
			&err),
	      &err);
}

START_TEST(a_diff_has_the_name_that_git_gives_it)
{
	AUTO(strings_release) struct strings diffs = { 0 };
	size_t named = 0;

	list_diffs(&diffs);
	for (size_t i = 0; i < diffs.n; i++) {
		AUTO(buf_release) struct buf text = { 0 };
		AUTO(buf_release) struct buf git = { 0 };
		char hex[PATCHID_LEN + 1];
		struct err err = ERR_INIT;
		bool has_name;

		ck_ok(fs_read(&text, diffs.v[i], MAX_DIFF, &err), &err);
		ask_git(&git, diffs.v[i]);
		has_name = patchid_parse(hex, buf_text(&text), text.len);
		ck_assert_msg(has_name == (git.len > PATCHID_LEN), "%s: %s",
			      diffs.v[i], buf_text(&git));
		if (!has_name)
			continue;
		ck_assert_msg(strncmp(hex, buf_text(&git), PATCHID_LEN) == 0,
			      "%s: %s, git has %s", diffs.v[i], hex,
			      buf_text(&git));
		named++;
	}
	ck_assert_uint_gt(named, 10);
}
END_TEST

#define HEAD_A "diff --git a/a b/a\n--- a/a\n+++ b/a\n"
#define HEAD_B "diff --git a/b b/b\n--- a/b\n+++ b/b\n"

static const struct {
	const char *one, *other;
	bool same;
} pairs[] = {
	{ HEAD_A "@@ -1 +1 @@\n-x\n+y\n", HEAD_A "@@ -7 +9 @@\n-x\n+y\n",
	  true },
	{ HEAD_A "@@ -1 +1 @@\n-x\n+y\n", HEAD_A "@@ -1 +1 @@\n- x\n+y\t\n",
	  true },
	{ HEAD_A "@@ -1 +1 @@\n-x\n+y\n",
	  "words\n" HEAD_A "@@ -1 +1 @@\n-x\n+y\n-- \n2.39\n", true },
	{ HEAD_A "@@ -1 +1 @@\n-x\n+y\n" HEAD_B "@@ -1 +1 @@\n-x\n+y\n",
	  HEAD_B "@@ -1 +1 @@\n-x\n+y\n" HEAD_A "@@ -1 +1 @@\n-x\n+y\n", true },
	{ HEAD_A "@@ -1 +1 @@\n-x\n+y\n", HEAD_A "@@ -1 +1 @@\n-x\n+z\n",
	  false },
	{ HEAD_A "@@ -1 +1 @@\n-x\n+y\n", HEAD_B "@@ -1 +1 @@\n-x\n+y\n",
	  false },
};

START_TEST(only_what_a_patch_does_makes_its_name)
{
	char one[PATCHID_LEN + 1], other[PATCHID_LEN + 1];

	ck_assert(patchid_parse(one, pairs[_i].one, strlen(pairs[_i].one)));
	ck_assert(
		patchid_parse(other, pairs[_i].other, strlen(pairs[_i].other)));
	ck_assert((strcmp(one, other) == 0) == pairs[_i].same);
}
END_TEST

TEST_MAIN("patchid", TEST(a_diff_has_the_name_that_git_gives_it),
	  TABLE(only_what_a_patch_does_makes_its_name, pairs))
