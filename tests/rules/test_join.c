/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/join.h"

#include "tests/support/support.h"

static void add_pair(struct review *r, const char *filesystem)
{
	struct review_pair *p = review_add_pair(r);

	p->filesystem = xstrdup(filesystem);
	p->scenario = xstrdup("C01");
}

static void add_finding(struct review *r, enum finding_kind kind)
{
	struct finding *f = review_add_finding(r);

	f->kind = kind;
	f->patch = 1;
}

static const struct {
	enum verdict one, other, both;
} verdicts[] = {
	{ VERDICT_SAME, VERDICT_SAME, VERDICT_SAME },
	{ VERDICT_SAME, VERDICT_REGRESSION, VERDICT_REGRESSION },
	{ VERDICT_REGRESSION, VERDICT_SAME, VERDICT_REGRESSION },
	{ VERDICT_CHANGED, VERDICT_FIXED, VERDICT_CHANGED },
	{ VERDICT_SAME, VERDICT_COULD_NOT_TELL, VERDICT_COULD_NOT_TELL },
	{ VERDICT_COULD_NOT_TELL, VERDICT_REGRESSION, VERDICT_REGRESSION },
	{ VERDICT_REGRESSION, VERDICT_DOES_NOT_BUILD, VERDICT_DOES_NOT_BUILD },
};

START_TEST(the_worse_verdict_stands)
{
	AUTO(review_release) struct review r = { .verdict = verdicts[_i].one };
	AUTO(review_release)
	struct review other = { .verdict = verdicts[_i].other };

	join_run(&r, &other);
	ck_assert_int_eq(r.verdict, verdicts[_i].both);
}
END_TEST

START_TEST(pairs_keep_the_guest_that_they_were_run_in)
{
	AUTO(review_release) struct review other = { 0 };
	AUTO(review_release) struct review r = { 0 };

	add_pair(&r, "xfs");
	add_pair(&other, "xfs");
	join_name_guest(&r, "uml");
	join_name_guest(&other, "qemu");
	join_run(&r, &other);
	ck_assert_uint_eq(r.n_pairs, 2);
	ck_assert_str_eq(r.pairs[0].guest, "uml");
	ck_assert_str_eq(r.pairs[1].guest, "qemu");
	ck_assert_uint_eq(other.n_pairs, 0);
}
END_TEST

START_TEST(findings_of_both_are_told_the_worst_first)
{
	AUTO(review_release) struct review other = { 0 };
	AUTO(review_release) struct review r = { 0 };

	add_finding(&r, FINDING_CHANGED);
	add_finding(&other, FINDING_REGRESSION);
	join_name_guest(&r, "uml");
	join_name_guest(&other, "qemu");
	join_run(&r, &other);
	ck_assert_uint_eq(r.n_findings, 2);
	ck_assert_int_eq(r.findings[0].kind, FINDING_REGRESSION);
	ck_assert_str_eq(r.findings[0].guest, "qemu");
}
END_TEST

START_TEST(a_warning_of_the_compiler_is_told_once)
{
	AUTO(review_release) struct review other = { 0 };
	AUTO(review_release) struct review r = { 0 };

	add_finding(&r, FINDING_WARNING);
	add_finding(&other, FINDING_WARNING);
	join_name_guest(&r, "uml");
	join_name_guest(&other, "qemu");
	join_run(&r, &other);
	ck_assert_uint_eq(r.n_findings, 1);
	ck_assert_ptr_null(r.findings[0].guest);
}
END_TEST

TEST_MAIN("join", TABLE(the_worse_verdict_stands, verdicts),
	  TEST(pairs_keep_the_guest_that_they_were_run_in),
	  TEST(findings_of_both_are_told_the_worst_first),
	  TEST(a_warning_of_the_compiler_is_told_once))
