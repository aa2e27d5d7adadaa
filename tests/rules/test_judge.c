/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_judge.c - given outcomes, exactly these pairs, findings and verdicts
 */
#include "rules/judge.h"

#include "rules/pair.h"
#include "tests/support/facts.h"
#include "tests/support/support.h"

#define MAX_STEPS 8

/* A series of n patches and what was run of it. */
struct trial {
	struct review review;
	struct contracts contracts;
	struct suites plan;
	struct outcomes outcomes[MAX_STEPS];
	struct judge_step steps[MAX_STEPS];
	size_t n;
	bool is_racy;
};

static void trial_begin(struct trial *t, unsigned n_patches)
{
	memset(t, 0, sizeof(*t));
	support_cross(&t->plan, "xfs,ext4,btrfs", "C01,C02w,C03u,C06a,C08,C09");
	facts_read_contracts(&t->contracts);
	t->review.patches = xcalloc(n_patches, sizeof(*t->review.patches));
	t->review.n_patches = n_patches;
	for (unsigned i = 0; i < n_patches; i++) {
		struct review_patch *p = &t->review.patches[i];

		p->n = i + 1;
		p->message_id = xasprintf("%u@x", i + 1);
		p->subject = xstrdup("a patch");
		p->build = REVIEW_BUILD_OK;
	}
}

static void trial_release(struct trial *t)
{
	review_release(&t->review);
	contracts_release(&t->contracts);
	suites_release(&t->plan);
	for (size_t i = 0; i < t->n; i++)
		outcomes_release(&t->outcomes[i]);
}
DEFINE_AUTO_VALUE(struct trial, trial_release)

/* A finished guest; the caller adds what it saw. */
static struct outcomes *add_step(struct trial *t, unsigned patch)
{
	ck_assert_uint_lt(t->n, MAX_STEPS);
	t->steps[t->n] = (struct judge_step){ .patch = patch,
					      .end = END_FINISHED,
					      .outcomes = &t->outcomes[t->n] };
	return &t->outcomes[t->n++];
}

static void add_clean(struct trial *t, unsigned patch)
{
	facts_add_clean(add_step(t, patch));
}

static void add_clean_but(struct trial *t, unsigned patch,
			  const char *filesystem, const char *scenario,
			  const char *fields)
{
	facts_add_clean_but(add_step(t, patch), filesystem, scenario, fields);
}

static void judge(struct trial *t)
{
	judge_run(&t->review,
		  &(struct judge_evidence){ .plan = &t->plan,
					    .steps = t->steps,
					    .n_steps = t->n,
					    .is_racy = t->is_racy },
		  &t->contracts);
}

static enum pair_verdict verdict_of(const struct trial *t,
				    const char *filesystem,
				    const char *scenario)
{
	for (size_t i = 0; i < t->review.n_pairs; i++)
		if (strcmp(t->review.pairs[i].filesystem, filesystem) == 0 &&
		    strcmp(t->review.pairs[i].scenario, scenario) == 0)
			return t->review.pairs[i].verdict;
	ck_abort_msg("no pair %s %s", filesystem, scenario);
	return PAIR_COULD_NOT_RUN;
}

/* The seed's idea, as a 6.12 with it tells of C01 on XFS. */
#define SEED                                           \
	"dio.returned=0 medium=P1A15 resident=16/2/0 " \
	"cache=P1A4M1A10 disk=P1A4M1A10"

START_TEST(the_same_outcomes_are_the_same)
{
	AUTO(trial_release) struct trial t;

	trial_begin(&t, 1);
	add_clean(&t, 0);
	add_clean(&t, 1);
	judge(&t);
	ck_assert_int_eq(t.review.verdict, VERDICT_SAME);
	ck_assert_uint_eq(t.review.n_pairs, FACTS_CLEAN);
	ck_assert_uint_eq(t.review.n_findings, 0);
	ck_assert_int_eq(review_exit_code(&t.review), 0);
}
END_TEST

START_TEST(the_seed_is_a_regression_on_xfs_with_all_that_is_to_be_said)
{
	AUTO(trial_release) struct trial t;
	const struct finding *f;

	trial_begin(&t, 1);
	add_clean(&t, 0);
	add_clean_but(&t, 1, "xfs", "C01", SEED);
	judge(&t);
	ck_assert_int_eq(t.review.verdict, VERDICT_REGRESSION);
	ck_assert_int_eq(review_exit_code(&t.review), 1);
	ck_assert_int_eq(verdict_of(&t, "xfs", "C01"), PAIR_REGRESSION);
	ck_assert_int_eq(verdict_of(&t, "ext4", "C01"), PAIR_SAME);
	ck_assert_uint_eq(t.review.n_findings, 1);
	f = &t.review.findings[0];
	ck_assert_int_eq(f->kind, FINDING_REGRESSION);
	ck_assert_str_eq(f->filesystem, "xfs");
	ck_assert_str_eq(f->scenario, "C01");
	ck_assert_str_eq(f->says, "a direct write of 65536 bytes returns 0: "
				  "nothing was written and no error was given");
	ck_assert_str_eq(f->contract, "xfs/full-or-negative");
	ck_assert_uint_eq(f->patch, 1);
	ck_assert_str_eq(f->message_id, "1@x");
	ck_assert_uint_eq(f->base.seen, 0);
	ck_assert_uint_eq(f->base.runs, 3);
	ck_assert_uint_eq(f->patched.seen, 3);
	ck_assert_uint_eq(f->patched.runs, 3);
	ck_assert_str_eq(f->base.path, "fell back to buffered");
	ck_assert_str_eq(f->patched.path, "came back short");
	ck_assert_str_eq(f->base.losers, "nobody");
	ck_assert_str_eq(f->patched.losers, "the direct writer");
	ck_assert_uint_eq(f->also.n, 1);
	ck_assert_str_eq(f->also.v[0], "xfs/falls-back");
	ck_assert_uint_eq(f->patched.n, 3);
	ck_assert_str_eq(f->patched.v[0].name, "dio.returned");
	ck_assert_str_eq(f->patched.v[0].value, "0");
	ck_assert_str_eq(f->base.v[0].value, "65536");
	ck_assert_str_eq(f->patched.v[1].name, "cache");
	ck_assert_str_eq(f->patched.v[2].name, "disk");
}
END_TEST

/* What the harmful patches of SEMANTICS 6 look like to the first six. */
static const struct {
	const char *id;
	const char *filesystem, *scenario;
	const char *fields;
	enum pair_verdict verdict;
	const char *contract;
	const char *says;
} patches[] = {
	{ "B02", "ext4", "C01", "dio.returned=-EBUSY disk=P1A4M1A10",
	  PAIR_REGRESSION, "ext4/falls-back",
	  "a direct write of 65536 bytes fails with -EBUSY" },
	{ "B03", "xfs", "C01",
	  "cache=D5M1D10 disk=D5M1D10 fsync.buffered=-EIO fsync.direct=-EIO "
	  "log.invalidation=1",
	  PAIR_REGRESSION, "xfs/later-write-wins",
	  "a buffered read afterwards finds 15 pages of the direct write and 1 "
	  "of the mapped store, not 16 pages of the direct write" },
	{ "B05", "xfs", "C03u", "cache=z16", PAIR_REGRESSION,
	  "xfs/readers-see-the-write",
	  "a buffered read afterwards finds 16 pages of zeros, not 16 pages "
	  "of the direct write" },
	{ "B07", "xfs", "C01", "dio.returned=-ENOTBLK", PAIR_REGRESSION,
	  "xfs/errno-stays-inside",
	  "a direct write of 65536 bytes fails with -ENOTBLK" },
	{ "B11", "ext4", "C06a",
	  "truncate.waited=no size=65536 cache=D16 disk=D16", PAIR_REGRESSION,
	  "ext4/truncate-waits",
	  "a truncate does not wait for the direct I/O in flight" },
	{ "B17", "btrfs", "C09", "dio.returned=-ENOTBLK", PAIR_REGRESSION,
	  "btrfs/errno-stays-inside",
	  "a direct write of 65536 bytes fails with -ENOTBLK" },
	{ "B22", "ext4", "C02w", "fsync.buffered=0 fsync.direct=0",
	  PAIR_REGRESSION, "ext4/lost-page-is-told",
	  "fsync of the buffered descriptor returns 0: no error is reported" },
	{ "B29", "xfs", "C08", "dio.returned=-EIO disk=A16 cache=A16",
	  PAIR_CHANGED, NULL,
	  "a direct write of 65536 bytes fails with -EIO, where it fell back "
	  "to buffered I/O" },
	{ "short", "ext4", "C01", "dio.returned=4096", PAIR_REGRESSION,
	  "ext4/full-or-error",
	  "a direct write of 65536 bytes comes back short, with 4096: no error "
	  "was given" },
	{ "hung", "xfs", "C02w", "store.returned=hung", PAIR_REGRESSION,
	  "xfs/returns",
	  "a store through a mapping of 4096 bytes never "
	  "returns" },
	{ "splat", "btrfs", "C03u",
	  "log.warning=1 log.splat=WARNING:fs/btrfs/x.c:12", PAIR_REGRESSION,
	  "btrfs/no-splat", "the kernel warns: WARNING:fs/btrfs/x.c:12" },
	{ "direct", "ext4", "C01", "trace.invalidate_fail=0", PAIR_CHANGED,
	  NULL,
	  "a direct write of 65536 bytes goes to the device directly, "
	  "where it fell back to buffered I/O" },
	{ "flushed", "xfs", "C01", "medium=D16 resident=16/0/0", PAIR_CHANGED,
	  NULL,
	  "when the write returns, the device finds 16 pages of the "
	  "direct write, not 1 page of the earlier buffered write and 15 of "
	  "the old data" },
};

START_TEST(a_patch_that_shows_is_told_in_one_sentence)
{
	AUTO(trial_release) struct trial t;

	trial_begin(&t, 1);
	add_clean(&t, 0);
	add_clean_but(&t, 1, patches[_i].filesystem, patches[_i].scenario,
		      patches[_i].fields);
	judge(&t);
	ck_assert_msg(verdict_of(&t, patches[_i].filesystem,
				 patches[_i].scenario) == patches[_i].verdict,
		      "%s", patches[_i].id);
	ck_assert_uint_eq(t.review.n_findings, 1);
	ck_assert_str_eq(t.review.findings[0].says, patches[_i].says);
	if (patches[_i].contract)
		ck_assert_str_eq(t.review.findings[0].contract,
				 patches[_i].contract);
	else
		ck_assert_ptr_null(t.review.findings[0].contract);
}
END_TEST

/* Differences that mean nothing. */
static const struct {
	const char *filesystem, *scenario;
	const char *fields;
} noises[] = {
	{ "btrfs", "C03u", "resident=3/0/0" },
	{ "btrfs", "C02w", "fsync.buffered=-EIO fsync.direct=-EIO" },
	{ "xfs", "C01", "dio.waited=folio_wait_bit" },
	{ "xfs", "C06a", "truncate.waited=unknown" },
	{ "xfs", "C01", "trace.invalidate_fail=unknown" },
	{ "ext4", "C01", "trace.invalidate_fail=2" },
	{ "xfs", "C01", "medium=unknown" },
	{ "ext4", "C08", "log.error=3" },
	{ "ext4", "C02w", "log.invalidation=limited" },
};

START_TEST(noise_is_the_same)
{
	AUTO(trial_release) struct trial t;

	trial_begin(&t, 1);
	add_clean(&t, 0);
	add_clean_but(&t, 1, noises[_i].filesystem, noises[_i].scenario,
		      noises[_i].fields);
	judge(&t);
	ck_assert_uint_eq(t.review.n_findings, 0);
	ck_assert_int_eq(t.review.verdict, VERDICT_SAME);
}
END_TEST

START_TEST(what_the_base_breaks_too_is_never_reported)
{
	AUTO(trial_release) struct trial t;

	trial_begin(&t, 1);
	add_clean_but(&t, 0, "xfs", "C01", SEED);
	add_clean_but(&t, 1, "xfs", "C01", SEED);
	judge(&t);
	ck_assert_int_eq(t.review.verdict, VERDICT_SAME);
	ck_assert_uint_eq(t.review.n_findings, 0);
}
END_TEST

START_TEST(what_the_base_breaks_and_the_series_keeps_is_fixed)
{
	AUTO(trial_release) struct trial t;

	trial_begin(&t, 1);
	add_clean_but(&t, 0, "xfs", "C01", SEED);
	add_clean(&t, 1);
	judge(&t);
	ck_assert_int_eq(t.review.verdict, VERDICT_FIXED);
	ck_assert_int_eq(review_exit_code(&t.review), 0);
	ck_assert_uint_eq(t.review.n_findings, 1);
	ck_assert_int_eq(t.review.findings[0].kind, FINDING_FIXED);
	ck_assert_uint_eq(t.review.findings[0].base.seen, 3);
	ck_assert_uint_eq(t.review.findings[0].patched.seen, 0);
}
END_TEST

static const struct facts seen_once = { "xfs", "C01", "it collided",
					"dio.asked=65536 dio.returned=0" };
static const struct facts kept = { "xfs", "C01", "it collided",
				   "dio.asked=65536 dio.returned=65536" };

START_TEST(one_run_of_three_is_counted_as_one_of_three)
{
	AUTO(trial_release) struct trial t;
	struct outcomes *patched;

	trial_begin(&t, 1);
	facts_add(add_step(&t, 0), &kept, 3);
	patched = add_step(&t, 1);
	facts_add(patched, &kept, 2);
	facts_add(patched, &seen_once, 1);
	judge(&t);
	ck_assert_uint_eq(t.review.n_findings, 1);
	ck_assert_uint_eq(t.review.findings[0].patched.seen, 1);
	ck_assert_uint_eq(t.review.findings[0].patched.runs, 3);
	ck_assert_uint_eq(t.review.pairs[0].patched.n, 2);
}
END_TEST

/* Of three runs with the series, on a guest with two processors. */
static const struct {
	unsigned worse;
	size_t findings, told;
} races[] = { { 0, 0, 0 }, { 1, 0, 1 }, { 2, 0, 1 }, { 3, 1, 0 } };

START_TEST(where_threads_race_each_run_has_to_show_it)
{
	AUTO(trial_release) struct trial t;
	struct outcomes *patched;

	trial_begin(&t, 1);
	t.is_racy = true;
	facts_add(add_step(&t, 0), &kept, 3);
	patched = add_step(&t, 1);
	facts_add(patched, &kept, 3 - races[_i].worse);
	facts_add(patched, &seen_once, races[_i].worse);
	judge(&t);
	ck_assert_uint_eq(t.review.n_findings, races[_i].findings);
	ck_assert_uint_eq(t.review.skipped.n, races[_i].told);
	judge(&t);
	ck_assert_uint_eq(t.review.skipped.n, races[_i].told);
	if (races[_i].worse == 1)
		ck_assert_str_eq(
			t.review.skipped.v[0],
			"C01 on xfs broke xfs/full-or-negative in 1 of "
			"3 runs with the series, in none of 3 on the "
			"base: where threads race that may be luck, and "
			"is no finding; a larger review.repeat would "
			"tell");
}
END_TEST

START_TEST(what_the_base_breaks_now_and_then_is_no_regression)
{
	AUTO(trial_release) struct trial t;
	struct outcomes *base;

	trial_begin(&t, 1);
	base = add_step(&t, 0);
	facts_add(base, &kept, 2);
	facts_add(base, &seen_once, 1);
	facts_add(add_step(&t, 1), &seen_once, 3);
	judge(&t);
	ck_assert_uint_eq(t.review.n_findings, 0);
}
END_TEST

START_TEST(the_patch_at_fault_is_the_first_that_shows_it)
{
	AUTO(trial_release) struct trial t;

	trial_begin(&t, 4);
	add_clean(&t, 0);
	add_clean(&t, 1);
	add_clean(&t, 2);
	add_clean_but(&t, 3, "xfs", "C01", SEED);
	add_clean_but(&t, 4, "xfs", "C01", SEED);
	judge(&t);
	ck_assert_uint_eq(t.review.n_findings, 1);
	ck_assert_uint_eq(t.review.findings[0].patch, 3);
	ck_assert_uint_eq(t.review.findings[0].clean, 2);
	ck_assert_str_eq(t.review.findings[0].message_id, "3@x");
	ck_assert_uint_eq(judge_next_patch(&t.review), 0);
}
END_TEST

START_TEST(a_range_is_halved_until_the_patch_is_known)
{
	AUTO(trial_release) struct trial t;
	const struct outcomes nothing = { 0 };

	trial_begin(&t, 8);
	add_clean(&t, 0);
	add_clean_but(&t, 8, "xfs", "C01", SEED);
	judge(&t);
	ck_assert_uint_eq(t.review.findings[0].patch, 8);
	ck_assert_uint_eq(t.review.findings[0].clean, 0);
	ck_assert_str_eq(t.review.findings[0].message_id, "");
	ck_assert_uint_eq(judge_next_patch(&t.review), 4);

	t.steps[2] = t.steps[1];
	t.steps[1] = t.steps[0]; /* after patch 4: as the base */
	t.steps[1].patch = 4;
	t.steps[3] = t.steps[2];
	t.steps[2].patch = 6;
	t.n = 4;
	judge(&t);
	ck_assert_uint_eq(t.review.findings[0].patch, 6);
	ck_assert_uint_eq(t.review.findings[0].clean, 4);
	ck_assert_uint_eq(judge_next_patch(&t.review), 5);

	/* After 5 it could not be told: it is not asked for again. */
	t.steps[3] = t.steps[2];
	t.steps[4] = t.steps[2];
	t.steps[4].patch = 8;
	t.steps[2].patch = 5;
	t.steps[2].end = END_NOT_RUN;
	t.steps[2].outcomes = &nothing;
	t.n = 5;
	judge(&t);
	ck_assert_uint_eq(t.review.findings[0].patch, 6);
	ck_assert_uint_eq(judge_next_patch(&t.review), 0);
	t.n = 2; /* the other steps own nothing */
}
END_TEST

START_TEST(what_a_later_patch_mends_is_told_and_is_no_regression)
{
	AUTO(trial_release) struct trial t;
	const struct finding *f;

	trial_begin(&t, 3);
	add_clean(&t, 0);
	add_clean_but(&t, 1, "xfs", "C01", SEED);
	add_clean_but(&t, 2, "xfs", "C01", SEED);
	add_clean(&t, 3);
	judge(&t);
	ck_assert_int_eq(t.review.verdict, VERDICT_SAME);
	ck_assert_uint_eq(t.review.n_findings, 1);
	f = &t.review.findings[0];
	ck_assert_int_eq(f->kind, FINDING_REPAIRED);
	ck_assert_uint_eq(f->patch, 1);
	ck_assert_uint_eq(f->repaired_by, 3);
	ck_assert_uint_eq(f->patched.seen, 3);
	ck_assert_str_eq(f->contract, "xfs/full-or-negative");
}
END_TEST

START_TEST(what_comes_back_is_the_fault_of_the_patch_that_brought_it_back)
{
	AUTO(trial_release) struct trial t;

	trial_begin(&t, 3);
	add_clean(&t, 0);
	add_clean_but(&t, 1, "xfs", "C01", SEED);
	add_clean(&t, 2);
	add_clean_but(&t, 3, "xfs", "C01", SEED);
	judge(&t);
	ck_assert_uint_eq(t.review.n_findings, 1);
	ck_assert_uint_eq(t.review.findings[0].patch, 3);
}
END_TEST

static const struct {
	enum judge_end end;
	const char *says;
	const char *sentence;
} ends[] = {
	{ END_PANICKED, "in xfs C02w.1: Kernel panic - not syncing: oops",
	  "the kernel panicked in C02w on xfs: oops" },
	{ END_HUNG,
	  "in xfs C02w.1: timed out after 120 s, last line: 0f # running",
	  "the kernel hung in C02w on xfs: timed out after 120 s" },
	{ END_SILENT, "after 0 runs: exited with 0",
	  "the kernel was silent, not one line came from it: exited with 0" },
	{ END_FLOODED, "", "the kernel flooded its console in C02w on xfs" },
	{ END_DIED, NULL, "the kernel died early in C02w on xfs" },
};

START_TEST(a_guest_that_does_not_finish_is_a_regression_of_its_patch)
{
	AUTO(trial_release) struct trial t;
	const struct finding *f;

	trial_begin(&t, 2);
	add_clean(&t, 0);
	add_clean(&t, 1);
	facts_add(add_step(&t, 2), &facts_clean[0], 3);
	t.steps[2].end = ends[_i].end;
	t.steps[2].says = ends[_i].says;
	judge(&t);
	ck_assert_int_eq(t.review.verdict, VERDICT_REGRESSION);
	ck_assert_uint_eq(t.review.n_findings, 1);
	f = &t.review.findings[0];
	ck_assert_int_eq(f->kind, FINDING_REGRESSION);
	ck_assert_str_eq(f->says, ends[_i].sentence);
	ck_assert_uint_eq(f->patch, 2);
	if (ends[_i].end == END_SILENT) {
		ck_assert_ptr_null(f->filesystem);
	} else {
		ck_assert_str_eq(f->filesystem, "xfs");
		ck_assert_str_eq(f->scenario, "C02w"); /* C01 was finished */
	}
	ck_assert_int_eq(verdict_of(&t, "xfs", "C01"), PAIR_SAME);
	ck_assert_int_eq(verdict_of(&t, "btrfs", "C09"), PAIR_COULD_NOT_RUN);
}
END_TEST

/* How a guest ended that was at ext4 C02w, and what the runs of it told. */
static const struct {
	enum judge_end end;
	unsigned runs; /* of ext4 C02w */
	const char *says;
	const char *fields;   /* what these told; NULL: nothing */
	const char *sentence; /* of the guest; NULL: it is no second finding */
} hangs[] = {
	{ END_HUNG, 1, "in ext4 C02w.2: timed out after 180 s",
	  "store.returned=hung", NULL },
	{ END_HUNG, 2, NULL, "store.returned=hung", NULL },
	/* all of it was run, and what came then is another place */
	{ END_HUNG, 3, "in ext4 C02w.3: a thread is held in x for good",
	  "store.returned=hung", NULL },
	{ END_HUNG, 3, "in ext4 C03u.1: timed out after 180 s",
	  "store.returned=hung",
	  "the kernel hung in C03u on ext4: timed out after 180 s" },
	{ END_HUNG, 0, "in ext4 C02w.2: timed out after 180 s", NULL,
	  "the kernel hung in C02w on ext4: timed out after 180 s" },
	/* a finding, but not of a hang */
	{ END_HUNG, 1, "in ext4 C02w.2: timed out after 180 s",
	  "dio.returned=4096",
	  "the kernel hung in C02w on ext4: timed out after 180 s" },
	/* an end, but not of a hang */
	{ END_PANICKED, 1, "in ext4 C02w.2: Kernel panic - not syncing: oops",
	  "store.returned=hung", "the kernel panicked in C02w on ext4: oops" },
	{ END_HUNG, 0, "in gfs2 C02w.2: timed out", NULL,
	  "the kernel hung in C02w on ext4: timed out" },
};

/* The guest that had all until ext4 C02w, and that @i of @hangs. */
static void add_hung(struct trial *t, unsigned patch, size_t i)
{
	struct outcomes *out = add_step(t, patch);

	for (size_t k = 0; k < FACTS_CLEAN; k++) {
		const struct facts *f = &facts_clean[k];

		if (strcmp(f->filesystem, "xfs") == 0 ||
		    (strcmp(f->filesystem, "ext4") == 0 &&
		     strcmp(f->scenario, "C01") == 0))
			facts_add(out, f, 3);
		else if (strcmp(f->filesystem, "ext4") == 0 &&
			 strcmp(f->scenario, "C02w") == 0 && hangs[i].fields)
			facts_add_but(out, f, hangs[i].fields, hangs[i].runs);
	}
	t->steps[t->n - 1].end = hangs[i].end;
	t->steps[t->n - 1].says = hangs[i].says;
}

START_TEST(a_hang_that_a_call_tells_of_is_told_once)
{
	AUTO(trial_release) struct trial t;
	size_t of_guest = 0;

	trial_begin(&t, 1);
	add_clean(&t, 0);
	add_hung(&t, 1, (size_t)_i);
	judge(&t);
	ck_assert_int_eq(t.review.verdict, VERDICT_REGRESSION);
	for (size_t i = 0; i < t.review.n_findings; i++) {
		const struct finding *f = &t.review.findings[i];

		if (f->base.path)
			continue;
		of_guest++;
		ck_assert_ptr_nonnull(hangs[_i].sentence);
		ck_assert_str_eq(f->says, hangs[_i].sentence);
	}
	ck_assert_uint_eq(of_guest, hangs[_i].sentence ? 1 : 0);
	ck_assert_uint_eq(t.review.n_findings - of_guest,
			  hangs[_i].fields ? 1 : 0);
	ck_assert_int_eq(verdict_of(&t, "btrfs", "C09"), PAIR_COULD_NOT_RUN);
}
END_TEST

/* One patch brings the call that hangs, a later one the guest that does. */
START_TEST(a_hang_of_another_patch_is_another)
{
	AUTO(trial_release) struct trial t;

	trial_begin(&t, 2);
	add_clean(&t, 0);
	add_clean_but(&t, 1, "ext4", "C02w", "store.returned=hung");
	add_hung(&t, 2, 0);
	judge(&t);
	ck_assert_uint_eq(t.review.n_findings, 2);
	ck_assert_uint_eq(t.review.findings[0].patch, 1);
	ck_assert_uint_eq(t.review.findings[1].patch, 2);
	ck_assert_ptr_null(t.review.findings[1].base.path);
}
END_TEST

START_TEST(a_hang_that_a_later_patch_mends_is_told_once)
{
	AUTO(trial_release) struct trial t;

	trial_begin(&t, 2);
	add_clean(&t, 0);
	add_hung(&t, 1, 0);
	add_clean(&t, 2);
	judge(&t);
	ck_assert_uint_eq(t.review.n_findings, 1);
	ck_assert_int_eq(t.review.findings[0].kind, FINDING_REPAIRED);
	ck_assert_ptr_nonnull(t.review.findings[0].base.path);
}
END_TEST

START_TEST(a_panic_that_a_later_patch_mends_is_told_as_such)
{
	AUTO(trial_release) struct trial t;

	trial_begin(&t, 2);
	add_clean(&t, 0);
	add_step(&t, 1);
	t.steps[1].end = END_PANICKED;
	add_clean(&t, 2);
	judge(&t);
	ck_assert_int_eq(t.review.verdict, VERDICT_SAME);
	ck_assert_uint_eq(t.review.n_findings, 1);
	ck_assert_int_eq(t.review.findings[0].kind, FINDING_REPAIRED);
	ck_assert_uint_eq(t.review.findings[0].repaired_by, 2);
}
END_TEST

START_TEST(a_base_that_does_not_finish_gives_no_verdict)
{
	AUTO(trial_release) struct trial t;

	trial_begin(&t, 1);
	add_step(&t, 0);
	t.steps[0].end = END_PANICKED;
	t.steps[0].says = "no init";
	add_step(&t, 1);
	t.steps[1].end = END_PANICKED;
	judge(&t);
	ck_assert_int_eq(t.review.verdict, VERDICT_COULD_NOT_TELL);
	ck_assert_uint_eq(t.review.n_findings, 0);
	ck_assert_str_eq(t.review.why,
			 "the guest of the base panicked: no init");
	ck_assert_int_eq(review_exit_code(&t.review), 2);
}
END_TEST

static const struct facts missed = { "xfs", "C01",
				     "!dio was not held in "
				     "folio_wait_writeback, it was done",
				     "dio.asked=65536 dio.returned=65536" };

START_TEST(a_collision_that_the_series_prevents_is_no_pass)
{
	AUTO(trial_release) struct trial t;

	trial_begin(&t, 1);
	facts_add(add_step(&t, 0), &kept, 3);
	facts_add(add_step(&t, 1), &missed, 3);
	judge(&t);
	ck_assert_int_eq(t.review.pairs[0].verdict, PAIR_NOT_PROVOKED);
	ck_assert_str_eq(t.review.pairs[0].why,
			 "on the patched kernel: dio was not held in "
			 "folio_wait_writeback, it was done");
	ck_assert_int_eq(t.review.verdict, VERDICT_COULD_NOT_TELL);
	ck_assert_str_eq(t.review.why,
			 "C01 on xfs collides on the base and not with the "
			 "series: dio was not held in "
			 "folio_wait_writeback, it was done");
}
END_TEST

START_TEST(what_could_not_be_looked_at_is_no_pass)
{
	static const struct facts blind = {
		"xfs", "C01", "it collided",
		"dio.asked=65536 dio.returned=65536 unobserved=fstat:EIO"
	};
	static const struct facts seen = {
		"xfs", "C01", "it collided",
		"dio.asked=65536 dio.returned=65536 size=65536 cache=D16"
	};
	AUTO(trial_release) struct trial t;

	trial_begin(&t, 1);
	facts_add(add_step(&t, 0), &seen, 3);
	facts_add(add_step(&t, 1), &blind, 3);
	judge(&t);
	ck_assert_int_eq(t.review.pairs[0].verdict, PAIR_COULD_NOT_RUN);
	ck_assert_int_eq(t.review.verdict, VERDICT_COULD_NOT_TELL);
	ck_assert_str_eq(t.review.why,
			 "C01 on xfs: not all could be looked at after the "
			 "collision: fstat:EIO");
}
END_TEST

START_TEST(what_the_base_cannot_provoke_is_left_out)
{
	AUTO(trial_release) struct trial t;

	trial_begin(&t, 1);
	add_clean(&t, 0);
	add_clean(&t, 1);
	support_cross(&t.plan, "gfs2", "C01");
	facts_add(&t.outcomes[0], &(struct facts){ "gfs2", "C01", "!no", "" },
		  1);
	facts_add(&t.outcomes[1], &(struct facts){ "gfs2", "C01", "!no", "" },
		  1);
	judge(&t);
	ck_assert_int_eq(verdict_of(&t, "gfs2", "C01"), PAIR_NOT_PROVOKED);
	ck_assert_int_eq(t.review.verdict, VERDICT_SAME);
}
END_TEST

START_TEST(a_series_that_was_not_run_to_its_end_has_no_verdict)
{
	AUTO(trial_release) struct trial t;

	trial_begin(&t, 2);
	add_clean(&t, 0);
	add_clean(&t, 1);
	judge(&t);
	ck_assert_int_eq(t.review.verdict, VERDICT_COULD_NOT_TELL);
	ck_assert_str_eq(t.review.why, "the whole series was not run");
}
END_TEST

START_TEST(a_broken_build_is_the_verdict_and_needs_no_guest)
{
	AUTO(trial_release) struct trial t;
	struct review_diagnostic *d;

	trial_begin(&t, 3);
	t.review.patches[1].build = REVIEW_BUILD_BROKEN;
	t.review.patches[2].build = REVIEW_BUILD_SKIPPED;
	d = review_add_diagnostic(&t.review.patches[1].errors);
	d->file = xstrdup("fs/iomap/direct-io.c");
	d->line = 7;
	d->text = xstrdup("'x' undeclared");
	judge(&t);
	ck_assert_int_eq(t.review.verdict, VERDICT_DOES_NOT_BUILD);
	ck_assert_int_eq(review_exit_code(&t.review), 1);
	ck_assert_uint_eq(t.review.n_findings, 1);
	ck_assert_int_eq(t.review.findings[0].kind, FINDING_BUILD);
	ck_assert_uint_eq(t.review.findings[0].patch, 2);
	ck_assert_str_eq(t.review.findings[0].message_id, "2@x");
	ck_assert_uint_eq(t.review.findings[0].diagnostics.n, 1);
}
END_TEST

START_TEST(a_new_warning_is_a_finding_and_no_regression)
{
	AUTO(trial_release) struct trial t;
	struct review_diagnostic *d;

	trial_begin(&t, 1);
	add_clean(&t, 0);
	add_clean(&t, 1);
	d = review_add_diagnostic(&t.review.patches[0].new_warnings);
	d->file = xstrdup("fs/iomap/direct-io.c");
	d->text = xstrdup("unused variable 'x'");
	judge(&t);
	ck_assert_int_eq(t.review.verdict, VERDICT_SAME);
	ck_assert_uint_eq(t.review.n_findings, 1);
	ck_assert_int_eq(t.review.findings[0].kind, FINDING_WARNING);
	ck_assert_str_eq(t.review.findings[0].says,
			 "the compiler has 1 new warning");
}
END_TEST

START_TEST(judging_again_replaces_what_was_found)
{
	AUTO(trial_release) struct trial t;

	trial_begin(&t, 1);
	add_clean(&t, 0);
	add_clean_but(&t, 1, "xfs", "C01", SEED);
	judge(&t);
	judge(&t);
	ck_assert_uint_eq(t.review.n_findings, 1);
	ck_assert_uint_eq(t.review.n_pairs, FACTS_CLEAN);
}
END_TEST

START_TEST(an_end_is_read_by_its_word)
{
	ck_assert_int_eq(judge_read_end("panicked"), END_PANICKED);
	ck_assert_int_eq(judge_read_end("finished"), END_FINISHED);
	ck_assert_int_eq(judge_read_end("ok"), END_NOT_RUN);
	ck_assert_int_eq(judge_read_end(""), END_NOT_RUN);
}
END_TEST

/* The base returns 0 in C09 already; C01 returned all, on another path. */
static const struct {
	const char *base_c01, *base_c09, *patched_c01;
	enum pair_verdict pair;
	enum verdict verdict;
} faults[] = {
	{ "", SEED, SEED, PAIR_UNCOVERED, VERDICT_CHANGED },
	{ "", "", SEED, PAIR_REGRESSION, VERDICT_REGRESSION },
	{ SEED, SEED, SEED, PAIR_SAME, VERDICT_SAME },
};

static void add_faults(struct trial *t, unsigned patch, const char *c01,
		       const char *c09)
{
	struct outcomes *out = add_step(t, patch);

	for (size_t i = 0; i < FACTS_CLEAN; i++) {
		const struct facts *f = &facts_clean[i];
		const bool is_xfs = strcmp(f->filesystem, "xfs") == 0;
		const char *instead =
			is_xfs && strcmp(f->scenario, "C01") == 0   ? c01
			: is_xfs && strcmp(f->scenario, "C09") == 0 ? c09
								    : "";

		facts_add_but(out, f, *instead ? instead : NULL, 1);
	}
}

START_TEST(a_fault_of_the_base_is_introduced_known_or_uncovered)
{
	AUTO(trial_release) struct trial t;

	trial_begin(&t, 1);
	add_faults(&t, 0, faults[_i].base_c01, faults[_i].base_c09);
	add_faults(&t, 1, faults[_i].patched_c01, faults[_i].base_c09);
	judge(&t);
	ck_assert_int_eq(verdict_of(&t, "xfs", "C01"), faults[_i].pair);
	ck_assert_int_eq(t.review.verdict, faults[_i].verdict);
}
END_TEST

/* Nothing is judged of a kernel that was not run: it is the base's. */
START_TEST(the_kernel_of_the_base_is_the_same)
{
	AUTO(trial_release) struct trial t;

	trial_begin(&t, 1);
	add_clean(&t, 0);
	t.steps[t.n++] = (struct judge_step){ .patch = 1,
					      .end = END_FINISHED,
					      .outcomes = &t.outcomes[0],
					      .is_base = true };
	judge(&t);
	ck_assert_int_eq(t.review.verdict, VERDICT_SAME);
	ck_assert(t.review.is_base_kernel);
	ck_assert_uint_eq(t.review.n_pairs, 0);
}
END_TEST

TEST_MAIN("judge",
	  TABLE(a_fault_of_the_base_is_introduced_known_or_uncovered, faults),
	  TEST(the_kernel_of_the_base_is_the_same),
	  TEST(the_same_outcomes_are_the_same),
	  TEST(the_seed_is_a_regression_on_xfs_with_all_that_is_to_be_said),
	  TABLE(a_patch_that_shows_is_told_in_one_sentence, patches),
	  TABLE(noise_is_the_same, noises),
	  TEST(what_the_base_breaks_too_is_never_reported),
	  TEST(what_the_base_breaks_and_the_series_keeps_is_fixed),
	  TEST(one_run_of_three_is_counted_as_one_of_three),
	  TABLE(where_threads_race_each_run_has_to_show_it, races),
	  TEST(what_the_base_breaks_now_and_then_is_no_regression),
	  TEST(the_patch_at_fault_is_the_first_that_shows_it),
	  TEST(a_range_is_halved_until_the_patch_is_known),
	  TEST(what_a_later_patch_mends_is_told_and_is_no_regression),
	  TEST(what_comes_back_is_the_fault_of_the_patch_that_brought_it_back),
	  TABLE(a_guest_that_does_not_finish_is_a_regression_of_its_patch,
		ends),
	  TABLE(a_hang_that_a_call_tells_of_is_told_once, hangs),
	  TEST(a_hang_of_another_patch_is_another),
	  TEST(a_hang_that_a_later_patch_mends_is_told_once),
	  TEST(a_panic_that_a_later_patch_mends_is_told_as_such),
	  TEST(a_base_that_does_not_finish_gives_no_verdict),
	  TEST(a_collision_that_the_series_prevents_is_no_pass),
	  TEST(what_could_not_be_looked_at_is_no_pass),
	  TEST(what_the_base_cannot_provoke_is_left_out),
	  TEST(a_series_that_was_not_run_to_its_end_has_no_verdict),
	  TEST(a_broken_build_is_the_verdict_and_needs_no_guest),
	  TEST(a_new_warning_is_a_finding_and_no_regression),
	  TEST(judging_again_replaces_what_was_found),
	  TEST(an_end_is_read_by_its_word))
