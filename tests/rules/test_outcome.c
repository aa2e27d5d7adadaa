// SPDX-License-Identifier: GPL-2.0-or-later
#include "rules/outcome.h"

#include "bot/base/mem.h"
#include "tests/support/support.h"

#define ONE(fields)                                                \
	"[{\"filesystem\":\"xfs\",\"scenario\":\"C01\",\"run\":1," \
	"\"provoked\":true,\"how\":\"held\",\"fields\":" fields "}]"

static int read_text(struct outcomes *out, const char *text, struct err *err)
{
	AUTO(json_free) json_t *array = json_loads(text, 0, NULL);

	ck_assert_msg(array, "no JSON: %s", text);
	return outcomes_from_json(out, array, err);
}

static void add(struct outcomes *list, const char *scenario, bool provoked)
{
	struct outcome o = {
		.filesystem = xstrdup("ext4"),
		.scenario = xstrdup(scenario),
		.run = 2,
		.provoked = provoked,
		.how = xstrdup("dio held"),
	};

	outcome_add(&o, "dio.returned", "-EIO");
	outcome_add(&o, "size", "65536");
	outcomes_take(list, &o);
	ck_assert_ptr_null(o.v);
}

START_TEST(outcomes_survive_json)
{
	AUTO(outcomes_release) struct outcomes list = { 0 }, back = { 0 };
	AUTO(json_free) json_t *array = NULL;
	struct err err = ERR_INIT;

	add(&list, "C01", true);
	add(&list, "C02w", false);
	array = outcomes_to_json(&list);
	ck_ok(outcomes_from_json(&back, array, &err), &err);
	ck_assert_uint_eq(back.n, 2);
	ck_assert_str_eq(back.v[0].filesystem, "ext4");
	ck_assert_str_eq(back.v[1].scenario, "C02w");
	ck_assert_uint_eq(back.v[1].run, 2);
	ck_assert(back.v[0].provoked && !back.v[1].provoked);
	ck_assert_str_eq(back.v[0].how, "dio held");
	ck_assert_uint_eq(back.v[0].n, 2);
	ck_assert_str_eq(back.v[0].v[0].name, "dio.returned");
	ck_assert_str_eq(outcome_find(&back.v[0], "size"), "65536");
	ck_assert_ptr_null(outcome_find(&back.v[0], "siz"));
}
END_TEST

static const struct {
	const char *text, *says;
} refused[] = {
	{ "{}", "outcomes are not a list" },
	{ "[1]", "outcome 1: 'filesystem' is missing" },
	{ ONE("[]"), "outcome 1: 'fields' is not an object" },
	{ ONE("{\"size\":1}"), "outcome 1: 'size' is not a string" },
	{ ONE("{\"si ze\":\"1\"}"), "outcome 1: bad field name 'si ze'" },
	{ ONE("{\"\":\"1\"}"), "outcome 1: bad field name ''" },
	{ ONE("{\"size\":\"1\\u001b[2J\"}"), "outcome 1: bad value '1?[2J'" },
	{ "[{\"filesystem\":\"../x\",\"scenario\":\"C01\",\"run\":1,"
	  "\"provoked\":true,\"how\":\"\",\"fields\":{}}]",
	  "outcome 1: bad filesystem '../x'" },
};

START_TEST(records_of_another_kind_are_refused)
{
	AUTO(outcomes_release) struct outcomes list = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(read_text(&list, refused[_i].text, &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_str_eq(err.msg, refused[_i].says);
	ck_assert_uint_eq(list.n, 0);
}
END_TEST

static enum err_kind kind_of(const char *name, size_t name_len, size_t len)
{
	AUTO(outcomes_release) struct outcomes list = { 0 };
	AUTO(mem_free) char *text = NULL;
	AUTO(mem_free) char *word = xmalloc(name_len + 1);
	AUTO(mem_free) char *value = xmalloc(len + 1);
	struct err err = ERR_INIT;

	memset(word, name[0], name_len);
	word[name_len] = '\0';
	memset(value, 'v', len);
	value[len] = '\0';
	text = xasprintf(ONE("{\"%s\":\"%s\"}"), word, value);
	return read_text(&list, text, &err) < 0 ? err.kind : ERR_NONE;
}

START_TEST(names_and_values_have_ceilings)
{
	ck_assert_int_eq(kind_of("n", OUTCOME_MAX_NAME, 1), ERR_NONE);
	ck_assert_int_eq(kind_of("n", OUTCOME_MAX_NAME + 1, 1), ERR_LIMIT);
	ck_assert_int_eq(kind_of("n", 1, OUTCOME_MAX_VALUE), ERR_NONE);
	ck_assert_int_eq(kind_of("n", 1, OUTCOME_MAX_VALUE + 1), ERR_LIMIT);
}
END_TEST

static enum err_kind kind_of_counts(size_t outcomes, size_t fields)
{
	AUTO(outcomes_release) struct outcomes list = { 0 }, back = { 0 };
	AUTO(json_free) json_t *array = NULL;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < outcomes; i++) {
		struct outcome o = {
			.filesystem = xstrdup("xfs"),
			.scenario = xstrdup("C01"),
			.run = 1,
			.how = xstrdup(""),
		};

		for (size_t f = 0; f < fields; f++) {
			AUTO(mem_free) char *name = xasprintf("f%zu", f);

			outcome_add(&o, name, "");
		}
		outcomes_take(&list, &o);
	}
	array = outcomes_to_json(&list);
	return outcomes_from_json(&back, array, &err) < 0 ? err.kind : ERR_NONE;
}

START_TEST(outcomes_and_fields_have_ceilings)
{
	ck_assert_int_eq(kind_of_counts(OUTCOMES_MAX, 0), ERR_NONE);
	ck_assert_int_eq(kind_of_counts(OUTCOMES_MAX + 1, 0), ERR_LIMIT);
	ck_assert_int_eq(kind_of_counts(1, OUTCOME_MAX_FIELDS), ERR_NONE);
	ck_assert_int_eq(kind_of_counts(1, OUTCOME_MAX_FIELDS + 1), ERR_LIMIT);
}
END_TEST

#define CONSOLE(facts, name)                                         \
	"n KTAP version 1\nn 1..1\nn   KTAP version 1\n"             \
	"n   # Subtest: xfs\nn   1..1\n" facts "n   ok 1 " name "\n" \
	"n ok 1 xfs\nn # finished: 1\n"

static int read_console(struct outcomes *out, const char *text, struct err *err)
{
	AUTO(ktap_release) struct ktap k = { 0 };

	ktap_parse(&k, text, strlen(text), "n");
	return outcomes_from_ktap(out, &k, err);
}

START_TEST(a_result_becomes_an_outcome)
{
	AUTO(outcomes_release) struct outcomes list = { 0 };
	struct err err = ERR_INIT;

	ck_ok(read_console(&list,
			   CONSOLE("n   # how: held\nn   # size: 1\n"
				   "n   # fields: 2\n",
				   "C02w.7"),
			   &err),
	      &err);
	ck_assert_uint_eq(list.n, 1);
	ck_assert_str_eq(list.v[0].scenario, "C02w");
	ck_assert_uint_eq(list.v[0].run, 7);
	ck_assert(list.v[0].provoked);
	ck_assert_str_eq(list.v[0].how, "held");
	ck_assert_uint_eq(list.v[0].n, 1);
}
END_TEST

START_TEST(a_skipped_result_was_not_provoked)
{
	AUTO(outcomes_release) struct outcomes list = { 0 };
	struct err err = ERR_INIT;

	ck_ok(read_console(&list,
			   CONSOLE("n   # how: no\nn   # fields: 1\n",
				   "C01.1 # SKIP not provoked"),
			   &err),
	      &err);
	ck_assert(!list.v[0].provoked);
}
END_TEST

static const struct {
	const char *console, *says;
} no_outcomes[] = {
	{ CONSOLE("n   # fields: 0\n", "C01.1"),
	  "C01.1 does not say how it went" },
	{ CONSOLE("n   # fields: 0\n", "C01"),
	  "'C01' is no run of a scenario" },
	{ CONSOLE("n   # fields: 0\n", "C01.0"),
	  "'C01.0' is no run of a scenario" },
	{ CONSOLE("n   # fields: 0\n", "C01.1001"),
	  "'C01.1001' is no run of a scenario" },
	{ CONSOLE("n   # how: x\nn   # a: 1\nn   # a: 2\nn   # fields: 3\n",
		  "C01.1"),
	  "field 'a' twice" },
};

START_TEST(results_of_another_kind_are_refused)
{
	AUTO(outcomes_release) struct outcomes list = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(read_console(&list, no_outcomes[_i].console, &err),
			 -1);
	ck_assert_str_eq(err.msg, no_outcomes[_i].says);
	ck_assert_uint_eq(list.n, 0);
}
END_TEST

TEST_MAIN("outcome", TEST(outcomes_survive_json),
	  TABLE(records_of_another_kind_are_refused, refused),
	  TEST(names_and_values_have_ceilings),
	  TEST(outcomes_and_fields_have_ceilings),
	  TEST(a_result_becomes_an_outcome),
	  TEST(a_skipped_result_was_not_provoked),
	  TABLE(results_of_another_kind_are_refused, no_outcomes))
