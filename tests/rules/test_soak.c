// SPDX-License-Identifier: GPL-2.0-or-later
#include "rules/soak.h"

#include "bot/base/mem.h"
#include "tests/support/promises.h"
#include "tests/support/support.h"

/* One letter a run: what it saw. */
static const struct seen {
	char letter;
	bool provoked;
	const char *rounds; /* NULL: it did not begin */
	const char *folio;
	const char *returned, *warnings;
} kinds[] = {
	{ 'c', true, "7", "4", "no", "0" },
	{ '.', false, "7", "4", "no", "0" },
	{ '1', false, "7", "1", "no", "0" },
	{ '0', true, "7", "4", "round 2: dio of 512 at 0 returned 0", "0" },
	{ 'q', false, "7", "4", "round 2: dio of 512 at 0 returned 0", "0" },
	{ 'w', true, "7", "4", "no", "1" },
	{ '-', false, NULL, NULL, NULL, NULL },
};

static struct outcome run_of(char letter, unsigned number)
{
	const struct seen *k = kinds;
	struct outcome o = { .filesystem = xstrdup("xfs"),
			     .scenario = xstrdup("N03"),
			     .run = number };

	while (k->letter != letter)
		k++;
	o.provoked = k->provoked;
	o.how = xstrdup(k->rounds ? "it ran" : "mount: Invalid argument");
	if (k->rounds) {
		outcome_add(&o, "soak.rounds", k->rounds);
		outcome_add(&o, "soak.folio", k->folio);
		outcome_add(&o, "fault.returned", k->returned);
		outcome_add(&o, "log.warning", k->warnings);
	}
	return o;
}

static struct outcomes runs_of(const char *letters)
{
	struct outcomes list = { 0 };

	for (unsigned i = 0; letters && letters[i]; i++) {
		struct outcome o = run_of(letters[i], i + 1);

		outcomes_take(&list, &o);
	}
	return list;
}

static const char promises[] =
	"[returns]\n"
	"scenarios = N02 N03\n"
	"expect = fault.returned is no\n"
	"says = it is done whole\n"
	"source = fs/xfs/xfs_file.c:xfs_file_dio_write\n"
	"[quiet]\n"
	"scenarios = all\n"
	"expect = log.warning is 0\n"
	"says = no warning\n"
	"source = fs/xfs/xfs_file.c:xfs_file_dio_write\n";

#define RUNS 3

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
	{ "c", NULL, "the guest panicked", NULL, SOAK_BROKEN, 0 },
	{ "ccc", "ccc", NULL, NULL, SOAK_HELD, 0 },
	{ "ccc", "...", NULL, NULL, SOAK_NEVER_COLLIDED, 0 },
	{ "...", "ccc", NULL, NULL, SOAK_NEVER_COLLIDED, 0 },
	{ "ccc", "c0c", NULL, NULL, SOAK_BROKEN, 1 },
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
	AUTO(contracts_release) struct contracts promised = { 0 };
	AUTO(outcomes_release) struct outcomes base = runs_of(pairs[_i].base);
	AUTO(outcomes_release)
	struct outcomes patched = runs_of(pairs[_i].patched);
	const struct soak_told told[SOAK_KERNELS] = {
		{ &base, pairs[_i].base_ended },
		{ pairs[_i].patched ? &patched : NULL,
		  pairs[_i].patched_ended },
	};
	AUTO(soak_pair_release) struct soak_pair p = { 0 };
	bool is_told[SOAK_KERNELS] = { false };
	unsigned new = 0;

	promises_of_xfs(&promised, promises);
	soak_fill(&p, "xfs", "N03", told, RUNS, is_told, &promised);
	ck_assert_int_eq(p.verdict, pairs[_i].verdict);
	for (size_t i = 0; i < p.v[SOAK_PATCHED].n; i++)
		new += soak_is_new(&p, &p.v[SOAK_PATCHED].v[i]);
	ck_assert_uint_eq(new, pairs[_i].new);
}
END_TEST

START_TEST(runs_that_broke_a_promise_are_counted)
{
	AUTO(contracts_release) struct contracts promised = { 0 };
	AUTO(outcomes_release) struct outcomes base = runs_of("0c0");
	const struct soak_told told[SOAK_KERNELS] = { { &base, NULL } };
	AUTO(soak_pair_release) struct soak_pair p = { 0 };
	bool is_told[SOAK_KERNELS] = { false };

	promises_of_xfs(&promised, promises);
	soak_fill(&p, "xfs", "N03", told, RUNS, is_told, &promised);
	ck_assert_uint_eq(p.v[SOAK_BASE].n, 1);
	ck_assert_uint_eq(p.v[SOAK_BASE].v[0].runs, 2);
	ck_assert_uint_eq(p.v[SOAK_BASE].v[0].first->run, 1);
	ck_assert_uint_eq(p.v[SOAK_BASE].runs, RUNS);
	ck_assert_uint_eq(p.v[SOAK_BASE].collided, RUNS);
}
END_TEST

START_TEST(a_guest_that_ended_is_laid_at_one_door)
{
	AUTO(outcomes_release) struct outcomes base = runs_of("c");
	const struct soak_told told[SOAK_KERNELS] = { { &base, "it hung" } };
	AUTO(soak_pair_release) struct soak_pair first = { 0 }, second = { 0 };
	bool is_told[SOAK_KERNELS] = { false };
	const struct contracts none = { 0 };

	soak_fill(&first, "xfs", "N03", told, RUNS, is_told, &none);
	soak_fill(&second, "ext4", "N03", told, RUNS, is_told, &none);
	ck_assert_str_eq(first.v[SOAK_BASE].lost, "it hung");
	ck_assert_ptr_null(second.v[SOAK_BASE].lost);
	ck_assert_int_eq(second.verdict, SOAK_NOT_RUN);
}
END_TEST

TEST_MAIN("soak", TABLE(a_soak_is_held_against_what_must_hold, pairs),
	  TEST(runs_that_broke_a_promise_are_counted),
	  TEST(a_guest_that_ended_is_laid_at_one_door))
