// SPDX-License-Identifier: GPL-2.0-or-later
#include "rules/soak.h"

#include "tests/support/soaks.h"
#include "tests/support/support.h"

/* Runs of the base, of the patched kernel (NULL: there is none), ends. */
static const struct {
	const char *base, *patched, *base_ended, *patched_ended;
	enum soak_verdict verdict;
	unsigned new; /* promises that are broken after the series alone */
} pairs[] = {
	{ "ccc", NULL, NULL, NULL, SOAK_HELD, 0 },
	{ ".c.", NULL, NULL, NULL, SOAK_HELD, 0 },
	{ "...", NULL, NULL, NULL, SOAK_NEVER_COLLIDED, 0 },
	{ "111", NULL, NULL, NULL, SOAK_CANNOT_COLLIDE, 0 },
	{ "---", NULL, NULL, NULL, SOAK_NOT_RUN, 0 },
	{ "c0c", NULL, NULL, NULL, SOAK_BROKEN, 0 },
	{ "cqc", NULL, NULL, NULL, SOAK_BROKEN, 0 },
	{ "cch", NULL, NULL, NULL, SOAK_BROKEN, 0 },
	{ "c", NULL, "the guest panicked", NULL, SOAK_BROKEN, 0 },
	{ "ccc", "ccc", NULL, NULL, SOAK_HELD, 0 },
	{ "ccc", "...", NULL, NULL, SOAK_NEVER_COLLIDED, 0 },
	{ "...", "ccc", NULL, NULL, SOAK_NEVER_COLLIDED, 0 },
	{ "ccc", "c0c", NULL, NULL, SOAK_BROKEN, 1 },
	{ "ccc", "h", NULL, NULL, SOAK_BROKEN, 1 },
	{ "c0c", "0c0", NULL, NULL, SOAK_BROKEN_BEFORE, 0 },
	{ "c0c", "ccc", NULL, NULL, SOAK_BROKEN_BEFORE, 0 },
	{ "c0c", "0w0", NULL, NULL, SOAK_BROKEN, 1 },
	{ "ccc", "---", NULL, NULL, SOAK_BROKEN, 0 },
	{ "---", "---", NULL, NULL, SOAK_NOT_RUN, 0 },
	{ "ccc", "c", NULL, "the guest hung", SOAK_BROKEN, 0 },
	{ "c", "c", "the guest hung", "the guest hung", SOAK_BROKEN_BEFORE, 0 },
	{ "ccc", "ccc", NULL, "the guest died", SOAK_HELD, 0 },
};

START_TEST(a_soak_is_held_against_what_must_hold)
{
	const struct soaks_kernel kernels[SOAK_KERNELS] = {
		{ pairs[_i].base, pairs[_i].base_ended },
		{ pairs[_i].patched, pairs[_i].patched_ended },
	};
	AUTO(soak_pair_release) struct soak_pair p = { 0 };
	bool is_told[SOAK_KERNELS] = { false };
	unsigned new = 0;

	soaks_fill(&p, "xfs", kernels, is_told);
	ck_assert_int_eq(p.verdict, pairs[_i].verdict);
	for (size_t i = 0; i < p.v[SOAK_PATCHED].n; i++)
		new += p.v[SOAK_PATCHED].v[i].is_new;
	ck_assert_uint_eq(new, pairs[_i].new);
}
END_TEST

/* What each of these letters counts for; of a kernel that was run alone. */
static const struct {
	const char *runs;
	unsigned collided, cannot, hung;
	int64_t invalidations, told;
} counts[] = {
	{ "ccc", 3, 0, 0, 15, 3 }, { "c.1", 1, 1, 0, 5, 3 },
	{ "hch", 3, 0, 2, 15, 3 }, { "tcc", 3, 0, 0, -1, 3 },
	{ "cct", 3, 0, 0, -1, 3 }, { "---", 0, 0, 0, 0, 0 },
};

START_TEST(what_each_run_saw_is_counted)
{
	const struct soaks_kernel kernels[SOAK_KERNELS] = {
		{ counts[_i].runs, NULL },
	};
	AUTO(soak_pair_release) struct soak_pair p = { 0 };
	bool is_told[SOAK_KERNELS] = { false };
	const struct soak_side *s = &p.v[SOAK_BASE];

	soaks_fill(&p, "xfs", kernels, is_told);
	ck_assert_uint_eq(s->collided, counts[_i].collided);
	ck_assert_uint_eq(s->cannot, counts[_i].cannot);
	ck_assert_uint_eq(s->hung, counts[_i].hung);
	ck_assert_int_eq(s->invalidations, counts[_i].invalidations);
	ck_assert_int_eq(s->told, counts[_i].told);
}
END_TEST

START_TEST(runs_that_broke_a_promise_are_counted)
{
	const struct soaks_kernel kernels[SOAK_KERNELS] = { { "c00", NULL } };
	AUTO(soak_pair_release) struct soak_pair p = { 0 };
	bool is_told[SOAK_KERNELS] = { false };
	const struct soak_side *s = &p.v[SOAK_BASE];

	soaks_fill(&p, "xfs", kernels, is_told);
	ck_assert_uint_eq(s->n, 1);
	ck_assert_str_eq(s->v[0].contract, "xfs/returns");
	ck_assert_str_eq(s->v[0].promise, "it is done whole");
	ck_assert_str_eq(s->v[0].how, "round 2: dio of 512 at 0 returned 0");
	ck_assert_uint_eq(s->v[0].runs, 2);
	ck_assert_uint_eq(s->v[0].seed, 8); /* of the second run */
	ck_assert_uint_eq(s->runs, SOAKS_RUNS);
}
END_TEST

START_TEST(a_guest_that_ended_is_laid_at_one_door)
{
	const struct soaks_kernel kernels[SOAK_KERNELS] = { { "c",
							      "it hung" } };
	const struct soaks_kernel nothing[SOAK_KERNELS] = { { "", "it hung" } };
	AUTO(soak_pair_release) struct soak_pair first = { 0 }, second = { 0 };
	bool is_told[SOAK_KERNELS] = { false };

	soaks_fill(&first, "xfs", kernels, is_told);
	soaks_fill(&second, "ext4", nothing, is_told);
	ck_assert_str_eq(first.v[SOAK_BASE].lost, "it hung");
	ck_assert_ptr_null(second.v[SOAK_BASE].lost);
	ck_assert_int_eq(second.verdict, SOAK_NOT_RUN);
}
END_TEST

/* All of it collided, or could not, and one did: else there is no saying. */
static const struct {
	const char *first, *second;
	bool is_worse, is_whole;
} records[] = {
	{ "ccc", "ccc", false, true },	{ "ccc", "111", false, true },
	{ "ccc", "...", false, false }, { "ccc", "---", false, false },
	{ "111", "111", false, false }, { "ccc", "c0c", true, true },
	{ "...", "hhh", true, false },
};

START_TEST(a_record_says_whether_it_is_worse_and_whole)
{
	const struct soaks_kernel first[SOAK_KERNELS] = { { records[_i].first,
							    NULL } };
	const struct soaks_kernel second[SOAK_KERNELS] = { { records[_i].second,
							     NULL } };
	AUTO(soak_record_release) struct soak_record r = { .seconds = 6 };
	bool is_told[SOAK_KERNELS] = { false };

	soaks_fill(soak_record_push(&r), "xfs", first, is_told);
	soaks_fill(soak_record_push(&r), "xfs", second, is_told);
	ck_assert(soak_record_is_worse(&r) == records[_i].is_worse);
	ck_assert(soak_record_is_whole(&r) == records[_i].is_whole);
	r.why = xstrdup("the series does not build");
	ck_assert(!soak_record_is_whole(&r));
}
END_TEST

TEST_MAIN("soak", TABLE(a_soak_is_held_against_what_must_hold, pairs),
	  TABLE(what_each_run_saw_is_counted, counts),
	  TEST(runs_that_broke_a_promise_are_counted),
	  TEST(a_guest_that_ended_is_laid_at_one_door),
	  TABLE(a_record_says_whether_it_is_worse_and_whole, records))
