/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/contract.h"

#include "rules/contract_file.h"
#include "tests/support/facts.h"
#include "tests/support/support.h"

static int parse(struct contracts *out, const char *text, struct err *err)
{
	static const struct contract_file file = { .name = "xfs.conf",
						   .of = "xfs",
						   .filesystem = "xfs" };
	char *like = NULL;
	int rc =
		contract_file_parse(out, &like, &file, text, strlen(text), err);

	free(like);
	return rc;
}

/* The exception stands there when, and only when, it is needed. */
static void assert_kept(const struct contract *c, const struct outcome *o)
{
	const struct contract_clause *broken = contract_find_broken(c, o);
	bool is_excepted = contract_find_exception(c, o->scenario);

	if (broken)
		ck_assert_msg(is_excepted, "%s breaks %s: %s", o->scenario,
			      c->id, broken->field);
	else
		ck_assert_msg(!is_excepted, "%s keeps %s, which is excepted",
			      o->scenario, c->id);
}

START_TEST(a_clean_kernel_keeps_every_contract_but_for_the_exceptions)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	AUTO(outcomes_release) struct outcomes clean = { 0 };

	facts_read_contracts(&all);
	facts_add_clean(&clean);
	for (size_t i = 0; i < clean.n; i++)
		for (size_t k = 0; k < all.n; k++)
			if (contract_is_about(&all.v[k], clean.v[i].filesystem,
					      clean.v[i].scenario))
				assert_kept(&all.v[k], &clean.v[i]);
}
END_TEST

START_TEST(every_pair_of_the_first_six_has_a_contract_of_its_own)
{
	AUTO(contracts_release) struct contracts all = { 0 };

	facts_read_contracts(&all);
	for (size_t i = 0; i < FACTS_CLEAN; i++) {
		size_t n = 0;

		for (size_t k = 0; k < all.n; k++)
			n += all.v[k].scenarios.only.n > 0 &&
			     contract_is_about(&all.v[k],
					       facts_clean[i].filesystem,
					       facts_clean[i].scenario);
		ck_assert_msg(n > 0, "%s %s", facts_clean[i].filesystem,
			      facts_clean[i].scenario);
	}
}
END_TEST

#define ENTRY(lines)                                   \
	"[a]\n" lines "says = a write is done whole\n" \
	"source = fs/xfs/xfs_file.c:xfs_file_write_iter\n"

static const struct {
	const char *expect;
	const char *fields;
	const char *broken; /* the field, or NULL: kept */
} clauses[] = {
	{ "dio.returned is asked", "dio.asked=8 dio.returned=8", NULL },
	{ "dio.returned is asked", "dio.asked=8 dio.returned=0",
	  "dio.returned" },
	{ "dio.returned is asked", "dio.returned=8", "dio.returned" },
	{ "dio.returned is asked or error", "dio.asked=8 dio.returned=-EIO",
	  NULL },
	{ "dio.returned is asked or -ENOSPC", "dio.asked=8 dio.returned=-EIO",
	  "dio.returned" },
	{ "dio.returned is not -ENOTBLK or -EBUSY", "dio.returned=-EBUSY",
	  "dio.returned" },
	{ "dio.returned is not -ENOTBLK or -EBUSY", "dio.returned=-EIO", NULL },
	{ "dio.returned is error", "dio.returned=hung", "dio.returned" },
	{ "cache is D5M1D10 or D16", "cache=D16", NULL },
	{ "cache is @disk", "cache=D16 disk=z16", "cache" },
	{ "cache is @disk", "cache=D16 disk=D16", NULL },
	{ "store.waited is not no", "store.waited=unknown", NULL },
	{ "medium is D16", "medium=unknown", NULL },
	{ "medium is D16", "cache=z16", NULL },
};

START_TEST(a_clause_holds_or_names_its_field)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	AUTO(outcomes_release) struct outcomes seen = { 0 };
	AUTO(mem_free) char *text = NULL;
	const struct contract_clause *broken;
	struct err err = ERR_INIT;

	text = xasprintf("[a]\nexpect = %s\nsays = x\nsource = <a@b>\n",
			 clauses[_i].expect);
	ck_ok(parse(&all, text, &err), &err);
	facts_add(&seen,
		  &(struct facts){ "xfs", "C01", "", clauses[_i].fields }, 1);
	broken = contract_find_broken(&all.v[0], &seen.v[0]);
	if (clauses[_i].broken)
		ck_assert_str_eq(broken ? broken->field : "nothing",
				 clauses[_i].broken);
	else
		ck_assert_ptr_null(broken);
}
END_TEST

START_TEST(nothing_is_promised_when_the_condition_does_not_hold)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	AUTO(outcomes_release) struct outcomes seen = { 0 };
	struct err err = ERR_INIT;

	ck_ok(parse(&all,
		    ENTRY("when = dio.returned is 8\nexpect = disk is D2\n"),
		    &err),
	      &err);
	facts_add(&seen,
		  &(struct facts){ "xfs", "C01", "", "dio.returned=0 disk=z2" },
		  1);
	facts_add(&seen, &(struct facts){ "xfs", "C01", "", "disk=z2" }, 1);
	facts_add(&seen,
		  &(struct facts){ "xfs", "C01", "", "dio.returned=8 disk=z2" },
		  1);
	ck_assert_ptr_null(contract_find_broken(&all.v[0], &seen.v[0]));
	ck_assert_ptr_null(contract_find_broken(&all.v[0], &seen.v[1]));
	ck_assert_ptr_nonnull(contract_find_broken(&all.v[0], &seen.v[2]));
}
END_TEST

START_TEST(a_run_that_did_not_collide_breaks_nothing)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	AUTO(outcomes_release) struct outcomes seen = { 0 };
	struct err err = ERR_INIT;

	ck_ok(parse(&all, ENTRY("expect = dio.returned is asked\n"), &err),
	      &err);
	facts_add(&seen, &(struct facts){ "xfs", "C01", "!", "dio.returned=0" },
		  1);
	ck_assert_ptr_null(contract_find_broken(&all.v[0], &seen.v[0]));
}
END_TEST

static const struct {
	const char *names;
	const char *has, *lacks;
} sets[] = {
	{ "all", "C01 C02w C28", "" },
	{ "all but C08 C20*", "C01 C02 C2", "C08 C20 C20p" },
	{ "C02* C09", "C02 C02w C02y C09", "C01 C09a C20" },
	{ "C02* but C02y", "C02w C02d", "C02y C01" },
};

static void assert_about(const struct contract *c, const char *scenarios,
			 bool is_about)
{
	AUTO(strings_release) struct strings ids = { 0 };

	strings_split(&ids, scenarios);
	for (size_t i = 0; i < ids.n; i++)
		ck_assert_msg(contract_is_about(c, "xfs", ids.v[i]) == is_about,
			      "%s", ids.v[i]);
}

START_TEST(scenarios_are_named_or_begun_or_left_out)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	AUTO(mem_free) char *text = NULL;
	struct err err = ERR_INIT;

	text = xasprintf("[a]\nscenarios = %s\nexpect = size is 1\n"
			 "says = x\nsource = <a@b>\n",
			 sets[_i].names);
	ck_ok(parse(&all, text, &err), &err);
	assert_about(&all.v[0], sets[_i].has, true);
	assert_about(&all.v[0], sets[_i].lacks, false);
	ck_assert(!contract_is_about(&all.v[0], "ext4", "C01"));
}
END_TEST

START_TEST(what_depends_on_the_tree_is_about_nothing_until_it_is_settled)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	struct err err = ERR_INIT;

	ck_ok(parse(&all,
		    ENTRY("expect = size is 1\ntree = fs/a.c has f(int x)\n"),
		    &err),
	      &err);
	ck_assert(!contract_is_about(&all.v[0], "xfs", "C01"));
	all.v[0].is_in_force = true;
	ck_assert(contract_is_about(&all.v[0], "xfs", "C01"));
}
END_TEST

START_TEST(an_exception_is_of_its_scenarios)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	struct err err = ERR_INIT;

	ck_ok(parse(&all,
		    ENTRY("expect = size is 1\nexcept = C02* but C02w: a: b\n"
			  "except = C09: c\n"),
		    &err),
	      &err);
	ck_assert_str_eq(contract_find_exception(&all.v[0], "C02y")->why,
			 "a: b");
	ck_assert_str_eq(contract_find_exception(&all.v[0], "C09")->why, "c");
	ck_assert_ptr_null(contract_find_exception(&all.v[0], "C02w"));
}
END_TEST

TEST_MAIN("contract",
	  TEST(a_clean_kernel_keeps_every_contract_but_for_the_exceptions),
	  TEST(every_pair_of_the_first_six_has_a_contract_of_its_own),
	  TABLE(a_clause_holds_or_names_its_field, clauses),
	  TEST(nothing_is_promised_when_the_condition_does_not_hold),
	  TEST(a_run_that_did_not_collide_breaks_nothing),
	  TABLE(scenarios_are_named_or_begun_or_left_out, sets),
	  TEST(what_depends_on_the_tree_is_about_nothing_until_it_is_settled),
	  TEST(an_exception_is_of_its_scenarios))
