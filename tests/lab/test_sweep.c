// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * On a real kernel, as a user has it: windows that are swept, and swept again.
 * tests/run has prepared the base.
 */
#include "bot/base/mem.h"
#include "tests/support/run.h"

/* What the sweep says, but for the first lines: they have the wall time. */
static const char *outcomes_of(const struct run *r, const char *pair)
{
	const char *at = strstr(buf_text(&r->out), pair);

	ck_assert_msg(at, RUN_SAID(r));
	return at;
}

START_TEST(a_window_swept_twice_has_the_same_outcomes)
{
	static const char sweep[] = "$collider sweep --fs xfs"
				    " --scenario C01,C02w";
	AUTO(run_release) struct run first, second;

	run_shell(&first, sweep);
	run_shell(&second, sweep);
	ck_assert_msg(first.exit_code == 0, RUN_SAID(&first));
	ck_assert_msg(second.exit_code == 0, RUN_SAID(&second));
	ck_assert_str_eq(outcomes_of(&first, "\nxfs C01"),
			 outcomes_of(&second, "\nxfs C01"));
}
END_TEST

/* Before the direct write, in its flush, in its flight, after it. */
static const char *const windows[] = {
	"steps 1-4 (not begun)\n      they did not meet\n",
	"steps 5-18 (folio_wait_writeback)\n      fell back to buffered;",
	"steps 19-32 (__iomap_dio_rw)\n      direct;",
	"steps 33-64 (returned)\n      they did not meet\n",
};

START_TEST(c01_has_an_outcome_for_each_window_it_passes)
{
	AUTO(run_release) struct run r;

	run_shell(&r, "$collider sweep --fs xfs --scenario C01");
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	for (size_t i = 0; i < ARRAY_LEN(windows); i++)
		run_expect_text(&r.out, windows[i]);
}
END_TEST

START_TEST(finer_steps_find_no_other_outcome)
{
	AUTO(run_release) struct run r;
	size_t told = 0;

	run_shell(&r, "$collider sweep --fs xfs --scenario C01"
		      " --steps 200 --step 1000");
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	for (const char *at = buf_text(&r.out); (at = strstr(at, "\n  step"));
	     at++)
		told++;
	ck_assert_msg(told == ARRAY_LEN(windows), RUN_SAID(&r));
}
END_TEST

START_TEST(a_step_is_run_again_and_is_the_same)
{
	AUTO(run_release) struct run r;

	run_shell(&r, "$collider sweep --fs xfs --scenario C01 --at 20");
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	run_expect_text(&r.out, "xfs C01, step 20, base: the same 3 times");
	run_expect_text(&r.out, "sweep.met: __iomap_dio_rw");
	run_expect_text(&r.out, "fsync.buffered: -EIO");
}
END_TEST

START_TEST(the_seed_returns_0_in_its_flush_and_nowhere_else)
{
	AUTO(run_release) struct run r;

	run_shell(&r, "$collider sweep --fs xfs --scenario C01"
		      " tests/fixtures/series/seed.mbox");
	ck_assert_msg(r.exit_code == 1, RUN_SAID(&r));
	run_expect_text(&r.out,
			"regression, steps 5-18 (folio_wait_writeback): a "
			"direct write of 65536 bytes");
	run_expect_text(&r.out, "xfs/full-or-negative");
	run_expect_text(&r.out, "both, steps 19-32 (__iomap_dio_rw)");
}
END_TEST

/* The verdict is the same; the sweep stands behind it. */
START_TEST(a_review_that_sweeps_says_both)
{
	AUTO(run_release) struct run r;
	const char *verdict, *swept;

	run_shell(&r, "$collider review --sweep --fs xfs --scenario C01"
		      " tests/fixtures/series/seed.mbox");
	ck_assert_msg(r.exit_code == 1, RUN_SAID(&r));
	verdict = strstr(buf_text(&r.out), "C01     regression");
	swept = strstr(buf_text(&r.out), "regression, steps 5-18 "
					 "(folio_wait_writeback)");
	ck_assert_msg(verdict && swept && verdict < swept, RUN_SAID(&r));
}
END_TEST

START_TEST(what_has_no_window_is_named)
{
	AUTO(run_release) struct run r;

	run_shell(&r, "$collider sweep --fs xfs --scenario C08");
	ck_assert_msg(r.exit_code == 0, RUN_SAID(&r));
	run_expect_text(&r.out, "xfs C08: it has no window that is swept");
}
END_TEST

TEST_MAIN("sweep", TEST(a_window_swept_twice_has_the_same_outcomes),
	  TEST(c01_has_an_outcome_for_each_window_it_passes),
	  TEST(finer_steps_find_no_other_outcome),
	  TEST(a_step_is_run_again_and_is_the_same),
	  TEST(the_seed_returns_0_in_its_flush_and_nowhere_else),
	  TEST(a_review_that_sweeps_says_both),
	  TEST(what_has_no_window_is_named))
