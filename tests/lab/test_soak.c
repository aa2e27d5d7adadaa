// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * On a real kernel with two processors, as a user has it: mixes that run free.
 * COLLIDER_TEST_LANE_X86 says that the base has a kernel for QEMU.
 */
#include "tests/support/booted.h"
#include "tests/support/run.h"

/* With these words; it has to end so. */
static void soak(struct run *r, const char *words, int exit_code)
{
	AUTO(mem_free)
	char *command = xasprintf("$collider soak --json $json %s", words);

	run_shell(r, command);
	ck_assert_msg(r->exit_code == exit_code, RUN_SAID(r));
}

/* What --json says of the first pair, and what of it of one kernel. */
static const json_t *first_of(const struct run *r)
{
	const json_t *told = json_object_get(r->json, "soak");

	return json_array_get(json_object_get(told, "outcomes"), 0);
}

static int64_t number_of(const struct run *r, const char *kernel,
			 const char *key)
{
	const json_t *side = json_object_get(first_of(r), kernel);

	ck_assert(json_is_integer(json_object_get(side, key)));
	return json_integer_value(json_object_get(side, key));
}

static void expect_verdict(const struct run *r, const char *verdict)
{
	struct err err = ERR_INIT;
	const char *said;

	ck_ok(json_get_string(&said, first_of(r), "verdict", &err), &err);
	ck_assert_str_eq(said, verdict);
}

START_TEST(the_base_is_soaked_and_nothing_is_broken)
{
	AUTO(run_release) struct run r;

	soak(&r, "--fs xfs,ext4 --for 12 --seed 7", 0);
	run_expect_text(&r.out, "seed 7: 4 mixes, 1 run of 3.0 s of each");
	run_expect_text(&r.out, "xfs N02: nothing was broken\n"
				"  base: collided in 1 of 1 runs");
	run_expect_text(&r.out, "xfs N03: nothing was broken\n"
				"  base: collided in 1 of 1 runs");
	run_expect_text(&r.out, "ext4 N02: nothing was broken\n"
				"  base: collided in 1 of 1 runs");
	run_expect_text(&r.out, "ext4 N03: cannot collide in this kernel");
	expect_verdict(&r, "held");
	ck_assert_int_gt(number_of(&r, "base", "invalidations") +
				 number_of(&r, "base", "told"),
			 0);
	ck_assert(json_is_null(json_object_get(r.json, "series")));
}
END_TEST

/* zonefs_file_fsync would have it go read-only. */
START_TEST(zonefs_outlives_the_collisions_that_it_is_told_of)
{
	AUTO(run_release) struct run r;

	soak(&r, "--fs zonefs --mix N02 --for 8 --seed 7", 0);
	run_expect_text(&r.out, "zonefs N02: nothing was broken\n"
				"  base: collided in 1 of 1 runs");
	ck_assert_int_gt(number_of(&r, "base", "told"), 0);
}
END_TEST

START_TEST(a_write_that_returns_0_is_found_by_chance)
{
	AUTO(run_release) struct run r;

	soak(&r,
	     "--fs xfs --mix N02 --for 8 --seed 7"
	     " tests/fixtures/series/seed.mbox",
	     1);
	run_expect_text(&r.out, "xfs N02: broken after the series, not on the "
				"base\n  xfs/soak-returns: round ");
	run_expect_text(&r.out, " returned 0\n    in 1 of 1 runs of the "
				"series, first with seed 7:");
	expect_verdict(&r, "broken");
	ck_assert_int_eq(number_of(&r, "patched", "collided"), 1);
	ck_assert_int_eq(number_of(&r, "patched", "hung"), 0);
}
END_TEST

/* Half a minute after the round; the others went on, and the base as well. */
START_TEST(a_call_that_never_comes_back_is_told_as_such)
{
	AUTO(run_release) struct run r;

	soak(&r,
	     "--fs xfs --mix N02 --for 2 --seed 7"
	     " tests/fixtures/series/sleep.mbox",
	     1);
	run_expect_text(&r.out,
			"xfs N02: broken after the series, not on the "
			"base\n  xfs/soak-comes-back: round 1: sendfile "
			"is held in xfs_file_splice_read\n");
	expect_verdict(&r, "broken");
	ck_assert_int_eq(number_of(&r, "base", "hung"), 0);
	ck_assert_int_eq(number_of(&r, "patched", "hung"), 1);
}
END_TEST

START_TEST(a_review_soaks_after_its_verdict)
{
	AUTO(run_release) struct run r;

	run_shell(&r, "$all --soak 2 --fs xfs --scenario C01"
		      " tests/fixtures/series/seed.mbox");
	run_expect(&r, 1, "regression");
	run_expect_text(&r.out, "regression: on xfs, a direct write of 65536 "
				"bytes returns 0");
	run_expect_text(&r.out, "\nsoaked: seed ");
	run_expect_text(&r.out, ": 2 mixes, 1 run of 1.0 s of each on ");
	run_expect_text(&r.out, "\n  patched: ");
	ck_assert_int_eq(number_of(&r, "patched", "runs"), 1);
}
END_TEST

START_TEST(what_never_collided_is_no_pass)
{
	AUTO(run_release) struct run r;

	soak(&r, "--fs btrfscow --mix N02 --for 1", 2);
	run_expect_text(&r.out, "btrfscow N02: did not collide, so it proves "
				"nothing\n");
	expect_verdict(&r, "did not collide");
	ck_assert_int_eq(number_of(&r, "base", "collided"), 0);
}
END_TEST

static const struct run_answer refused[] = {
	{ "--for 1 --fs xfs,ext4,ext2", 2, "", "1 seconds are too few for 6" },
	{ "--for 1201 --fs xfs", 2, "", "a soak is for 1 to 1200 seconds" },
	{ "--for never", 64, "", "'never' is no number" },
	{ "--mix C01", 64, "", "no mix 'C01'" },
	{ "a b", 64, "", "one mailbox at most" },
};

START_TEST(what_cannot_be_is_said)
{
	run_expect_answer("soak", &refused[_i]);
}
END_TEST

int main(void)
{
	const struct test_case cases[] = {
		TEST(the_base_is_soaked_and_nothing_is_broken),
		TEST(zonefs_outlives_the_collisions_that_it_is_told_of),
		TEST(a_write_that_returns_0_is_found_by_chance),
		TEST(a_call_that_never_comes_back_is_told_as_such),
		TEST(a_review_soaks_after_its_verdict),
		TEST(what_never_collided_is_no_pass),
		TABLE(what_cannot_be_is_said, refused),
	};

	return booted_run_qemu("soak", cases, ARRAY_LEN(cases));
}
