/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/contract.h"

#include "tests/support/facts.h"
#include "tests/support/support.h"

static int parse(struct contracts *out, const char *text, struct err *err)
{
	return contracts_parse(out, "xfs", "xfs.conf", text, strlen(text), err);
}

START_TEST(a_clean_kernel_keeps_every_contract)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	AUTO(outcomes_release) struct outcomes clean = { 0 };
	const struct contract_clause *broken;

	facts_read_contracts(&all);
	facts_add_clean(&clean);
	for (size_t i = 0; i < clean.n; i++) {
		for (size_t k = 0; k < all.n; k++) {
			const struct outcome *o = &clean.v[i];

			if (!contract_is_about(&all.v[k], o->filesystem,
					       o->scenario))
				continue;
			broken = contract_find_broken(&all.v[k], o);
			ck_assert_msg(!broken, "%s %s breaks %s: %s",
				      o->filesystem, o->scenario, all.v[k].id,
				      broken->field);
		}
	}
}
END_TEST

START_TEST(every_pair_of_the_first_six_has_a_contract_of_its_own)
{
	AUTO(contracts_release) struct contracts all = { 0 };

	facts_read_contracts(&all);
	for (size_t i = 0; i < FACTS_CLEAN; i++) {
		size_t n = 0;

		for (size_t k = 0; k < all.n; k++)
			n += all.v[k].filesystem && all.v[k].scenarios.n > 0 &&
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
	const char *text;
	const char *says;
} refused[] = {
	{ "scenarios = C01\n",
	  "xfs.conf:1: before the first section: 'scenarios = C01'" },
	{ "[a]\nexpects = x\n", "xfs.conf:2: unknown key 'expects'" },
	{ "[a]\nexpect = cache\n", "xfs.conf:2: 'is' is missing: ''" },
	{ "[a]\nexpect = cache D16\n", "xfs.conf:2: 'is' is missing: ' D16'" },
	{ "[a]\nexpect = cache is\n", "xfs.conf:2: a value is missing: ' is'" },
	{ "[a]\nexpect = cache is D16 z16\n",
	  "xfs.conf:2: 'or' is missing: 'z16'" },
	{ "[a]\nexpect = cache is akked\n", "xfs.conf:2: no value: 'akked'" },
	{ "[a]\nexpect = Cache is D16\n",
	  "xfs.conf:2: no field: 'Cache is D16'" },
	{ "[a]\nscenarios = c01\n", "xfs.conf:2: no scenario: 'c01'" },
	{ "[a]\nsource = somebody said so\n",
	  "xfs.conf:2: no source: 'somebody said so'" },
	{ "[a]\nsource = commit 60263d5 (\"too short\")\n",
	  "xfs.conf:2: no source: 'commit 60263d5 (\"too short\")'" },
	{ "[a]\nsays =\n", "xfs.conf:2: no value for 'says'" },
	{ "[a]\nsays = x\nsays = y\n", "xfs.conf:3: says is there twice: 'y'" },
	{ "[a\n", "xfs.conf:1: no section: '[a'" },
	{ "[]\n", "xfs.conf:1: no section: '[]'" },
	{ "words\n", "xfs.conf:1: no 'key = value': 'words'" },
	{ ENTRY(""), "xfs.conf:1: 'xfs/a' has no 'expect'" },
	{ "[a]\nexpect = size is 1\nsource = <a@b>\n",
	  "xfs.conf:1: 'xfs/a' has no 'says'" },
	{ "[a]\nexpect = size is 1\nsays = x\n",
	  "xfs.conf:1: 'xfs/a' has no 'source'" },
	{ ENTRY("expect = size is 1\n") "[a]\n",
	  "xfs.conf:5: there twice: 'a'" },
};

START_TEST(what_is_not_understood_is_refused_with_file_and_line)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(parse(&all, refused[_i].text, &err), -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err.msg, refused[_i].says);
	ck_assert_uint_eq(all.n, 0);
}
END_TEST

START_TEST(a_refused_file_leaves_the_list_as_it_was)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	struct err err = ERR_INIT;

	ck_ok(parse(&all, ENTRY("expect = size is 1\n"), &err), &err);
	ck_assert_int_eq(contracts_parse(&all, NULL, "common.conf",
					 "[b]\nsays = x\n", 13, &err),
			 -1);
	ck_assert_uint_eq(all.n, 1);
	ck_assert_str_eq(all.v[0].id, "xfs/a");
}
END_TEST

/* @n words after "expect = size is 1", each a further value. */
static int parse_words(struct contracts *out, size_t n, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, 100000);
	buf_adds(&text, "[a]\nsays = x\nsource = <a@b>\nexpect = size is 1");
	for (size_t i = 1; i < n; i++)
		buf_adds(&text, " or 1");
	return contracts_parse(out, NULL, "common.conf", buf_text(&text),
			       text.len, err);
}

START_TEST(a_line_has_a_ceiling)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	struct err err = ERR_INIT;

	ck_ok(parse_words(&all, CONTRACT_MAX_WORDS, &err), &err);
	contracts_release(&all);
	ck_assert_int_eq(parse_words(&all, CONTRACT_MAX_WORDS + 1, &err), -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
	ck_assert_str_eq(err.msg, "common.conf:4: more than 64 words");
}
END_TEST

START_TEST(a_list_has_a_ceiling)
{
	AUTO(contracts_release) struct contracts all = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	struct err err = ERR_INIT;

	buf_init(&text, CONTRACT_MAX_BYTES);
	for (int i = 0; i < CONTRACTS_MAX; i++)
		buf_addf(&text,
			 "[a%d]\nsays = x\nsource = <a@b>\n"
			 "expect = size is 1\n",
			 i);
	ck_ok(parse(&all, buf_text(&text), &err), &err);
	ck_assert_uint_eq(all.n, CONTRACTS_MAX);
	ck_assert_int_eq(parse(&all, "[b]\n", &err), -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
	ck_assert_uint_eq(all.n, CONTRACTS_MAX);
}
END_TEST

TEST_MAIN("contract", TEST(a_clean_kernel_keeps_every_contract),
	  TEST(every_pair_of_the_first_six_has_a_contract_of_its_own),
	  TABLE(a_clause_holds_or_names_its_field, clauses),
	  TEST(nothing_is_promised_when_the_condition_does_not_hold),
	  TEST(a_run_that_did_not_collide_breaks_nothing),
	  TABLE(what_is_not_understood_is_refused_with_file_and_line, refused),
	  TEST(a_refused_file_leaves_the_list_as_it_was),
	  TEST(a_line_has_a_ceiling), TEST(a_list_has_a_ceiling))
