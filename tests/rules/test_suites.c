// SPDX-License-Identifier: GPL-2.0-or-later
#include "rules/suites.h"

#include "tests/support/support.h"

START_TEST(a_plan_is_no_rectangle)
{
	AUTO(suites_release) struct suites plan = { 0 };
	AUTO(suites_release) struct suites copy = { 0 };

	support_cross(&plan, "xfs,ext4", "C01,C12");
	support_cross(&plan, "blockdev", "C01");
	ck_assert_uint_eq(suites_count(&plan), 5);
	ck_assert(suites_has(&plan, "ext4", "C12"));
	ck_assert(!suites_has(&plan, "blockdev", "C12"));
	ck_assert(!suites_has(&plan, "jfs", "C01"));
	copy = suites_dup(&plan);
	suites_release(&plan);
	ck_assert_uint_eq(suites_count(&copy), 5);
	ck_assert(suites_has(&copy, "blockdev", "C01"));
}
END_TEST

START_TEST(what_is_written_is_read_again)
{
	AUTO(suites_release) struct suites plan = { 0 };
	AUTO(suites_release) struct suites read = { 0 };
	AUTO(json_free) json_t *array = NULL;
	struct err err = ERR_INIT;

	support_cross(&plan, "xfs,ext4", "C01,C12");
	array = suites_to_json(&plan);
	ck_ok(suites_from_json(&read, array, &err), &err);
	ck_assert_uint_eq(read.n, 2);
	ck_assert_str_eq(read.v[1].filesystem, "ext4");
	ck_assert_str_eq(read.v[1].scenarios.v[1], "C12");
}
END_TEST

static const struct {
	unsigned filesystems, scenarios;
	enum err_kind kind;
} ceilings[] = {
	{ SUITES_MAX, 1, ERR_NONE },
	{ SUITES_MAX + 1, 1, ERR_LIMIT },
	{ 1, SUITES_MAX_SCENARIOS, ERR_NONE },
	{ 1, SUITES_MAX_SCENARIOS + 1, ERR_LIMIT },
};

START_TEST(a_plan_has_ceilings)
{
	AUTO(suites_release) struct suites plan = { 0 };
	AUTO(suites_release) struct suites read = { 0 };
	AUTO(json_free) json_t *array = NULL;
	struct err err = ERR_INIT;

	for (unsigned i = 0; i < ceilings[_i].filesystems; i++) {
		AUTO(mem_free) char *name = xasprintf("fs%u", i);
		struct suite *s = suites_add(&plan, name);

		for (unsigned k = 0; k < ceilings[_i].scenarios; k++)
			strings_push(&s->scenarios, "C01");
	}
	array = suites_to_json(&plan);
	ck_assert_int_eq(suites_from_json(&read, array, &err),
			 ceilings[_i].kind ? -1 : 0);
	ck_assert_int_eq(err.kind, ceilings[_i].kind);
}
END_TEST

static const struct {
	const char *record, *says;
} refused[] = {
	{ "{}", "suites are not a list" },
	{ "[1]", "suite 1: 'filesystem' is missing" },
	{ "[{\"filesystem\":\"xfs\",\"scenarios\":[]}]",
	  "suite 1: 'xfs' without scenarios" },
	{ "[{\"filesystem\":\"xfs\",\"scenarios\":[\"C01\"]},"
	  "{\"filesystem\":\"xfs\",\"scenarios\":[\"C09\"]}]",
	  "suite 2: filesystem 'xfs' twice" },
};

START_TEST(what_is_no_plan_is_refused)
{
	AUTO(suites_release) struct suites read = { 0 };
	AUTO(json_free) json_t *array = json_loads(refused[_i].record, 0, NULL);
	struct err err = ERR_INIT;

	ck_assert_ptr_nonnull(array);
	ck_assert_int_eq(suites_from_json(&read, array, &err), -1);
	ck_assert_str_eq(err.msg, refused[_i].says);
	ck_assert_uint_eq(read.n, 0);
}
END_TEST

TEST_MAIN("suites", TEST(a_plan_is_no_rectangle),
	  TEST(what_is_written_is_read_again),
	  TABLE(a_plan_has_ceilings, ceilings),
	  TABLE(what_is_no_plan_is_refused, refused))
