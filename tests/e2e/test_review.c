/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_review.c - whole reviews, from a mailbox to a drafted reply, on a real
 * kernel: what a user of build/collider gets
 *
 * tests/run has prepared the base. Each test runs the program itself and reads
 * its exit code, its --json object, its --mail file and what it printed.
 */
#include "bot/base/mem.h"
#include "tests/support/mutt.h"
#include "tests/support/run.h"

static void review_fixture(struct run *r, const char *name)
{
	AUTO(mem_free)
	char *command =
		xasprintf("$review tests/fixtures/series/%s.mbox", name);

	run_shell(r, command);
}

static const char *string_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

/*
 * How many findings are of @kind on @filesystem and in @patch; NULL, 0: any,
 * but for questions, which come of reading the code.
 */
static size_t count_findings(const struct run *r, const char *kind,
			     const char *filesystem, int patch)
{
	const json_t *all = json_object_get(r->json, "findings");
	size_t n = 0;

	ck_assert_msg(json_is_array(all), RUN_SAID(r));
	for (size_t i = 0; i < json_array_size(all); i++) {
		const json_t *f = json_array_get(all, i);

		if (!kind && strcmp(string_of(f, "kind"), "question") == 0)
			continue;
		if ((!kind || strcmp(string_of(f, "kind"), kind) == 0) &&
		    (!filesystem ||
		     strcmp(string_of(f, "filesystem"), filesystem) == 0) &&
		    (!patch ||
		     json_integer_value(json_object_get(f, "patch")) == patch))
			n++;
	}
	return n;
}

/* Each of the six scenarios has an outcome on each of three filesystems. */
static void expect_everything_ran(const struct run *r)
{
	const json_t *all = json_object_get(r->json, "outcomes");

	ck_assert_msg(json_array_size(all) == 18, RUN_SAID(r));
}

START_TEST(the_sample_is_a_regression_on_xfs_by_patch_2)
{
	AUTO(run_release) struct run r;

	review_fixture(&r, "sample");
	run_expect(&r, 1, "regression");
	expect_everything_ran(&r);
	ck_assert_uint_gt(count_findings(&r, "regression", "xfs", 2), 0);
	ck_assert_uint_eq(count_findings(&r, NULL, NULL, 0),
			  count_findings(&r, "regression", "xfs", 2));
	run_expect_text(&r.out, "xfs");
	run_expect_text(&r.out, "2/3");
	run_expect_text(&r.out, "ret = 0;");
	run_expect_text(&r.out, "0 of 2");
	run_expect_text(&r.out, "2 of 2");
	run_expect_text(&r.mail,
			"In-Reply-To: <20261026.sample-2@example.org>");
	run_expect_text(&r.mail, "> +\t\t\t\tret = 0;");
	ck_assert_ptr_null(strstr(buf_text(&r.mail), "\nReported-by"));
}
END_TEST

START_TEST(the_seed_alone_is_a_regression_on_xfs_alone)
{
	AUTO(run_release) struct run r;

	review_fixture(&r, "seed");
	run_expect(&r, 1, "regression");
	ck_assert_uint_gt(count_findings(&r, "regression", "xfs", 1), 0);
	ck_assert_uint_eq(count_findings(&r, NULL, "ext4", 0), 0);
	ck_assert_uint_eq(count_findings(&r, NULL, "btrfs", 0), 0);
}
END_TEST

/* The text of a mail, line by line: what is prose, and how much it is. */
static void expect_one_screen(const struct run *r)
{
	const char *p = strstr(buf_text(&r->mail), "\n\n");
	unsigned lines = 0;

	ck_assert_ptr_nonnull(p);
	for (p += 2; *p; lines++) {
		size_t len = strcspn(p, "\n");

		ck_assert_msg(len <= 72 || strncmp(p, "> ", 2) == 0 ||
				      strncmp(p, "  Closes: ", 10) == 0,
			      "%.*s", (int)len, p);
		p += len + (p[len] == '\n');
	}
	ck_assert_msg(lines <= 50, "%u lines\n%s", lines, buf_text(&r->mail));
}

/* By whom it is sent to: one fault is told once, base beside patched. */
static void expect_to_be_read(const struct run *r)
{
	static const char *const texts[] = {
		"\nWith this patch, on xfs, xfs1k, xfsreflink and zonefs, a "
		"direct write\nreturns 0: nothing was written and no error was "
		"given.\n",
		"\n> -                             ret = -ENOTBLK;\n",
		"65536 -> 0   0      nobody -> direct\n",
		"\n    zonefs: C01 C08 C09\n",
		"\n  Promised (xfs/full-or-negative): ",
	};
	AUTO(buf_release) struct buf screen = { 0 };
	AUTO(mutt_release) struct mutt m = { 0 };

	mutt_open(&m, "seed", &r->mail, 80, 50);
	mutt_open_reply(&screen, &m);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		mutt_see(&screen, &m, texts[i]);
	ck_assert_ptr_null(strstr(buf_text(&screen), "Is that meant?"));
}

/* Each filesystem of a finding of the whole catalogue. */
START_TEST(the_seed_is_found_on_xfs_and_zonefs_only)
{
	AUTO(run_release) struct run r;
	const json_t *all;

	run_shell(&r, "$all tests/fixtures/series/seed.mbox");
	run_expect(&r, 1, "regression");
	ck_assert_uint_gt(count_findings(&r, "regression", "xfs", 1), 0);
	ck_assert_uint_gt(count_findings(&r, "regression", "zonefs", 1), 0);
	all = json_object_get(r.json, "findings");
	for (size_t i = 0; i < json_array_size(all); i++) {
		const json_t *f = json_array_get(all, i);
		const char *fs = string_of(f, "filesystem");

		ck_assert_msg(strncmp(fs, "xfs", 3) == 0 ||
				      strcmp(fs, "zonefs") == 0 ||
				      strcmp(string_of(f, "kind"),
					     "question") == 0,
			      "%s on '%s'", string_of(f, "scenario"), fs);
	}
	run_expect_text(&r.out, "65536 -> 0");
	run_expect_text(&r.out, "nobody -> direct");
	run_expect_text(&r.out, "-EBUSY -> 0");
	expect_one_screen(&r);
	expect_to_be_read(&r);
}
END_TEST

/* A comment makes no other kernel. */
START_TEST(a_comment_boots_no_guest)
{
	AUTO(run_release) struct run r;

	review_fixture(&r, "comment");
	run_expect(&r, 0, "same");
	ck_assert(json_is_true(json_object_get(r.json, "base_kernel")));
	ck_assert_uint_eq(json_array_size(json_object_get(r.json, "outcomes")),
			  0);
	run_expect_text(&r.out, "no guest was run");
}
END_TEST

START_TEST(a_harmless_refactor_is_nothing_and_drafts_nothing)
{
	AUTO(run_release) struct run r;

	review_fixture(&r, "harmless");
	run_expect(&r, 0, "same");
	expect_everything_ran(&r);
	ck_assert_uint_eq(count_findings(&r, NULL, NULL, 0), 0);
	ck_assert_uint_eq(r.mail.len, 0);
}
END_TEST

START_TEST(the_third_patch_of_four_is_named)
{
	AUTO(run_release) struct run r;

	review_fixture(&r, "third-of-four");
	run_expect(&r, 1, "regression");
	ck_assert_uint_gt(count_findings(&r, "regression", "xfs", 3), 0);
	ck_assert_uint_eq(count_findings(&r, NULL, NULL, 0),
			  count_findings(&r, "regression", "xfs", 3));
	run_expect_text(&r.mail,
			"In-Reply-To: <20261026.third-of-four-3@example.org>");
}
END_TEST

/* As a series too long for a guest after each patch. */
START_TEST(the_patch_at_fault_is_found_by_halving_too)
{
	AUTO(run_release) struct run r;

	run_shell(&r, "printf '[review]\\n\\teachPatch = 0\\n' >$dir/conf\n"
		      "$all --config $dir/conf --fs xfs --scenario C01"
		      " tests/fixtures/series/third-of-four.mbox");
	run_expect(&r, 1, "regression");
	ck_assert_uint_eq(count_findings(&r, "regression", "xfs", 3), 1);
	run_expect_text(&r.mail,
			"In-Reply-To: <20261026.third-of-four-3@example.org>");
}
END_TEST

START_TEST(what_a_later_patch_repairs_is_told_as_such)
{
	AUTO(run_release) struct run r;

	review_fixture(&r, "repaired");
	run_expect(&r, 0, "same");
	ck_assert_uint_eq(count_findings(&r, "regression", NULL, 0), 0);
	ck_assert_uint_gt(count_findings(&r, "repaired", "xfs", 1), 0);
	run_expect_text(&r.out, "patch 3");
}
END_TEST

START_TEST(a_patch_that_does_not_apply_names_the_hunk_and_the_nearest_base)
{
	AUTO(run_release) struct run r;

	review_fixture(&r, "does-not-apply");
	run_expect(&r, 2, "does not apply");
	run_expect_text(&r.out, "fs/iomap/direct-io.c");
	run_expect_text(&r.out, "hunk 1");
	run_expect_text(&r.mail, "hunk 1");
	run_expect_text(&r.mail, "1 of 2");
}
END_TEST

START_TEST(a_patch_that_does_not_compile_is_quoted_with_its_error)
{
	AUTO(run_release) struct run r;

	review_fixture(&r, "does-not-compile");
	run_expect(&r, 1, "does not build");
	ck_assert_uint_eq(count_findings(&r, "build", NULL, 1), 1);
	run_expect_text(&r.out, "nr_invalidate_failures");
	run_expect_text(&r.mail, "nr_invalidate_failures");
}
END_TEST

START_TEST(a_new_warning_is_told_and_is_no_regression)
{
	AUTO(run_release) struct run r;

	review_fixture(&r, "warning");
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	ck_assert_uint_eq(count_findings(&r, "warning", NULL, 1), 1);
	ck_assert_uint_eq(count_findings(&r, "regression", NULL, 0), 0);
	run_expect_text(&r.out, "iomap_dio_invalidate_again");
}
END_TEST

static const struct {
	const char *fixture;
	const char *says;
} ends_of_guests[] = {
	{ "panic", "panic" },
	{ "hang", "hung" },
	{ "forged", "silent" },
};

START_TEST(a_guest_that_does_not_finish_is_a_regression_that_says_how)
{
	AUTO(run_release) struct run r;

	review_fixture(&r, ends_of_guests[_i].fixture);
	run_expect(&r, 1, "regression");
	ck_assert_uint_gt(count_findings(&r, "regression", NULL, 1), 0);
	run_expect_text(&r.out, ends_of_guests[_i].says);
}
END_TEST

START_TEST(an_incomplete_series_has_no_verdict_and_names_what_is_missing)
{
	AUTO(run_release) struct run r;

	review_fixture(&r, "incomplete");
	run_expect(&r, 2, "could not tell");
	run_expect_text(&r.out, "2/3");
}
END_TEST

/* No content shows it: what was written is in the disk's cache. */
START_TEST(a_sync_that_is_gone_shows_in_what_the_disk_was_told)
{
	AUTO(run_release) struct run r;

	run_shell(&r, "$all --fs xfs --fs btrfs --scenario N14"
		      " tests/fixtures/series/no-sync.mbox");
	run_expect(&r, 1, "regression");
	ck_assert_uint_eq(count_findings(&r, "regression", "xfs", 1), 1);
	ck_assert_uint_eq(count_findings(&r, NULL, "btrfs", 0), 0);
	run_expect_text(&r.mail, "the disk is not told to flush its cache");
}
END_TEST

/* A thread that never comes back does not keep its guest from ending. */
START_TEST(what_never_returns_is_told_and_the_rest_is_run)
{
	AUTO(run_release) struct run r;

	run_shell(&r, "$all --fs xfs --fs ext4 --scenario C06a,C18"
		      " tests/fixtures/series/never-ends.mbox");
	run_expect(&r, 1, "regression");
	ck_assert_uint_eq(count_findings(&r, "regression", "xfs", 1), 1);
	ck_assert_uint_eq(count_findings(&r, "regression", "ext4", 1), 1);
	run_expect_text(&r.out, "a truncate to 4096 bytes never returns");
	run_expect_text(&r.out, "C18     same           same");
}
END_TEST

START_TEST(a_configuration_named_from_here_is_the_labs_too)
{
	AUTO(run_release) struct run r;

	run_shell(&r, "mbox=$PWD/tests/fixtures/series/harmless.mbox\n"
		      "cd $dir && : >conf && $all --config conf --fs xfs"
		      " --scenario C01 $mbox");
	run_expect(&r, 0, "same");
}
END_TEST

TEST_MAIN("review", TEST(the_sample_is_a_regression_on_xfs_by_patch_2),
	  TEST(the_seed_alone_is_a_regression_on_xfs_alone),
	  TEST(the_seed_is_found_on_xfs_and_zonefs_only),
	  TEST(a_comment_boots_no_guest),
	  TEST(a_harmless_refactor_is_nothing_and_drafts_nothing),
	  TEST(the_third_patch_of_four_is_named),
	  TEST(the_patch_at_fault_is_found_by_halving_too),
	  TEST(what_a_later_patch_repairs_is_told_as_such),
	  TEST(a_patch_that_does_not_apply_names_the_hunk_and_the_nearest_base),
	  TEST(a_patch_that_does_not_compile_is_quoted_with_its_error),
	  TEST(a_new_warning_is_told_and_is_no_regression),
	  TABLE(a_guest_that_does_not_finish_is_a_regression_that_says_how,
		ends_of_guests),
	  TEST(an_incomplete_series_has_no_verdict_and_names_what_is_missing),
	  TEST(what_never_returns_is_told_and_the_rest_is_run),
	  TEST(a_sync_that_is_gone_shows_in_what_the_disk_was_told),
	  TEST(a_configuration_named_from_here_is_the_labs_too))
