// SPDX-License-Identifier: GPL-2.0-or-later
#include "rules/sweep.h"

#include "bot/base/mem.h"
#include "tests/support/promises.h"
#include "tests/support/support.h"

/* One letter a step: what it saw. */
static const struct seen {
	char letter;
	bool provoked;
	const char *met; /* NULL: it was no step */
	const char *returned;
	const char *warnings;
} kinds[] = {
	{ 'b', false, "not begun", "65536", "0" },
	{ 'f', true, "folio_wait_writeback", "65536", "0" },
	{ 'i', true, "in flight", "65536", "0" },
	{ 'e', true, "in flight", "-EIO", "0" },
	{ '0', true, "folio_wait_writeback", "0", "0" },
	{ 'w', true, "folio_wait_writeback", "65536", "1" },
	{ 'a', false, "returned", "65536", "0" },
	{ '-', false, NULL, NULL, NULL },
};

static const struct seen *kind_of(char letter)
{
	const struct seen *k = kinds;

	while (k->letter != letter)
		k++;
	return k;
}

static struct outcomes runs_of(const char *steps)
{
	struct outcomes list = { 0 };

	for (unsigned i = 0; steps[i]; i++) {
		const struct seen *k = kind_of(steps[i]);
		struct outcome o = {
			.filesystem = xstrdup("xfs"),
			.scenario = xstrdup("C01"),
			.run = i + 1,
			.provoked = k->provoked,
			.how = xstrdup(k->met ? "it began" : "no window"),
		};

		if (k->met) {
			outcome_add(&o, "sweep.at", "5000");
			outcome_add(&o, "sweep.met", k->met);
			outcome_add(&o, "dio.asked", "65536");
			outcome_add(&o, "dio.returned", k->returned);
			outcome_add(&o, "log.warning", k->warnings);
		}
		outcomes_take(&list, &o);
	}
	return list;
}

static const char promises[] =
	PROMISE("full", "all", "dio.returned is asked or error",
		"it is done whole")
		PROMISE("done", "C01", "dio.returned is asked",
			"it is done where C01 waits") PROMISES_QUIET;

struct swept_pair {
	struct contracts promises;
	struct outcomes base, patched;
	struct sweep_pair pair;
};

static void swept_pair_release(struct swept_pair *s)
{
	sweep_pair_release(&s->pair);
	outcomes_release(&s->base);
	outcomes_release(&s->patched);
	contracts_release(&s->promises);
}
DEFINE_AUTO_VALUE(struct swept_pair, swept_pair_release)

static void sweep(struct swept_pair *s, const char *base, const char *patched)
{
	promises_of_xfs(&s->promises, promises);
	s->base = runs_of(base);
	s->patched = runs_of(patched ? patched : "");
	sweep_fill(&s->pair, "xfs", "C01", &s->base,
		   patched ? &s->patched : NULL, &s->promises);
}

START_TEST(each_outcome_is_told_once_with_its_steps)
{
	/* 'f' and 'i' tell the same: only where dio was differs. */
	static const char *const steps[] = {
		"steps 1-2 (not begun), 9 (returned) and 11 (returned)",
		("steps 3-5 (folio_wait_writeback), 6-7 (in flight) and 10 "
		 "(in flight)"),
		"step 8 (in flight)",
	};
	AUTO(swept_pair_release) struct swept_pair s = { 0 };

	sweep(&s, "bbfffiieaia", NULL);
	ck_assert_int_eq(s.pair.verdict, SWEEP_SAME);
	ck_assert_uint_eq(s.pair.n, ARRAY_LEN(steps));
	for (size_t i = 0; i < s.pair.n; i++) {
		AUTO(mem_free)
		char *told = sweep_steps(&s.pair.v[i].at[SWEEP_BASE]);

		ck_assert_str_eq(told, steps[i]);
	}
}
END_TEST

static const struct {
	const char *base, *patched;
	enum sweep_verdict verdict;
	const char *contract, *broken, *why;
} compared[] = {
	{ "bfia", "bfia", SWEEP_SAME, NULL, NULL },
	/* the window is longer: the same outcomes at other steps */
	{ "bfiaa", "bffia", SWEEP_SAME, NULL, NULL },
	/* an outcome less is none that the base does not have */
	{ "bfiea", "bfiia", SWEEP_SAME, NULL, NULL },
	/* what C01 promises is about where C01 waits: no regression */
	{ "bfia", "bfea", SWEEP_CHANGED, NULL, NULL },
	/* what all scenarios promise holds at any step */
	{ "bffia", "b00ia", SWEEP_REGRESSION, "xfs/full",
	  "steps 2-3 (folio_wait_writeback)" },
	/* the base breaks it, too: at another step */
	{ "bf0ia", "b00ia", SWEEP_SAME, NULL, NULL },
	/* a line of the kernel's log tells no outcomes apart, but is broken */
	{ "bffia", "bfwia", SWEEP_REGRESSION, "xfs/quiet",
	  "step 3 (folio_wait_writeback)" },
	{ "----", "----", SWEEP_NOT_SWEPT, .why = "no window" },
	{ "bfia", "----", SWEEP_NOT_SWEPT, .why = "no window" },
	{ "bfia", "", SWEEP_NOT_SWEPT,
	  .why = "a guest ended before it came to it" },
};

START_TEST(a_patched_kernel_is_compared_with_its_base)
{
	AUTO(swept_pair_release) struct swept_pair s = { 0 };
	AUTO(mem_free) char *broken = NULL;

	sweep(&s, compared[_i].base, compared[_i].patched);
	ck_assert_int_eq(s.pair.verdict, compared[_i].verdict);
	ck_assert_pstr_eq(s.pair.why, compared[_i].why);
	if (!compared[_i].contract) {
		ck_assert_ptr_null(s.pair.contract);
		return;
	}
	broken = sweep_steps(&s.pair.broken_at);
	ck_assert_str_eq(s.pair.contract->id, compared[_i].contract);
	ck_assert_str_eq(broken, compared[_i].broken);
	ck_assert_uint_eq(s.pair.breaks->run, s.pair.broken_at.v[0].first);
}
END_TEST

static const struct {
	const char *runs;
	bool is_steady;
} replayed[] = {
	/* 'f' and 'i' tell the same, but the direct write was elsewhere */
	{ "fff", true }, { "ffi", false }, { "iie", false },
	{ "bbb", true }, { "", false },
};

START_TEST(a_step_is_steady_when_each_run_of_it_is_the_same)
{
	AUTO(outcomes_release)
	struct outcomes runs = runs_of(replayed[_i].runs);

	ck_assert_int_eq(sweep_is_steady(&runs, "xfs", "C01"),
			 replayed[_i].is_steady);
	ck_assert(!sweep_is_steady(&runs, "ext4", "C01"));
}
END_TEST

TEST_MAIN("sweep", TEST(each_outcome_is_told_once_with_its_steps),
	  TABLE(a_patched_kernel_is_compared_with_its_base, compared),
	  TABLE(a_step_is_steady_when_each_run_of_it_is_the_same, replayed))
