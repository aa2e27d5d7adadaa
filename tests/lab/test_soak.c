// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * On a real kernel with two processors, as a user has it: mixes that run free.
 * COLLIDER_TEST_LANE_X86 says that the base has a kernel for QEMU.
 */
#include "tests/support/booted.h"
#include "tests/support/run.h"

START_TEST(the_base_is_soaked_and_nothing_is_broken)
{
	AUTO(run_release) struct run r;

	run_shell(&r, "$collider soak --fs xfs,ext4 --for 12 --seed 7");
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	run_expect_text(&r.out, "seed 7: 4 mixes, 1 run of 3.0 s of each");
	run_expect_text(&r.out, "xfs N02: nothing was broken\n"
				"  base: collided in 1 of 1 runs");
	run_expect_text(&r.out, "xfs N03: nothing was broken\n"
				"  base: collided in 1 of 1 runs");
	run_expect_text(&r.out, "ext4 N02: nothing was broken\n"
				"  base: collided in 1 of 1 runs");
	run_expect_text(&r.out, "ext4 N03: cannot collide in this kernel");
}
END_TEST

START_TEST(a_write_that_returns_0_is_found_by_chance)
{
	AUTO(run_release) struct run r;

	run_shell(&r, "$collider soak --fs xfs --mix N02 --for 8 --seed 7"
		      " tests/fixtures/series/seed.mbox");
	ck_assert_msg(r.exit_code == 1, RUN_SAID(&r));
	run_expect_text(&r.out, "xfs N02: broken after the series, not on the "
				"base\n  xfs/soak-returns: round ");
	run_expect_text(&r.out, " returned 0\n    in 1 of 1 runs of the "
				"series, first with seed 7:");
}
END_TEST

START_TEST(a_review_soaks_after_its_verdict)
{
	AUTO(run_release) struct run r;

	run_shell(&r, "$collider review --soak 2 --fs xfs --scenario C01"
		      " tests/fixtures/series/seed.mbox");
	ck_assert_msg(r.exit_code == 1, RUN_SAID(&r));
	run_expect_text(&r.out, "regression: on xfs, a direct write of 65536 "
				"bytes returns 0");
	run_expect_text(&r.out, "\nsoaked: seed ");
	run_expect_text(&r.out, ": 2 mixes, 1 run of 1.0 s of each on ");
	run_expect_text(&r.out, "\n  patched: ");
}
END_TEST

START_TEST(what_never_collided_is_no_pass)
{
	AUTO(run_release) struct run r;

	run_shell(&r, "$collider soak --fs btrfscow --mix N02 --for 1");
	ck_assert_msg(r.exit_code == 2, RUN_SAID(&r));
	run_expect_text(&r.out, "btrfscow N02: did not collide, so it proves "
				"nothing\n");
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
		TEST(a_write_that_returns_0_is_found_by_chance),
		TEST(a_review_soaks_after_its_verdict),
		TEST(what_never_collided_is_no_pass),
		TABLE(what_cannot_be_is_said, refused),
	};

	return booted_run_qemu("soak", cases, ARRAY_LEN(cases));
}
