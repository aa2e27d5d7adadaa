/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/cocci.h"

#include "tests/support/support.h"

#define RULE                               \
	"// id: lost\n"                    \
	"// contract: it stays\n"          \
	"// source: commit 60263d5889e6\n" \
	"// files: fs/x/*.c mm/y.c\n"      \
	"// asks: it is gone\n"            \
	"@r@\n@@\nf()\n"

static void add_rule(struct cocci_rules *list)
{
	struct err err = ERR_INIT;

	ck_ok(cocci_add(list, "lost.cocci", RULE, strlen(RULE), &err), &err);
}

static void parse(struct cocci_facts *out, const char *text)
{
	AUTO(strings_release) struct strings said = { 0 };
	struct err err = ERR_INIT;

	ck_ok(cocci_parse(out, &said, text, strlen(text), &err), &err);
	ck_assert_uint_eq(said.n, 0);
}

START_TEST(a_rule_is_for_the_files_that_it_names)
{
	AUTO(cocci_rules_release) struct cocci_rules list = { 0 };
	AUTO(strings_release) struct strings files = { 0 };
	AUTO(mem_free) char *some = NULL;
	AUTO(mem_free) char *none = NULL;

	add_rule(&list);
	ck_assert(cocci_is_for(&list.v[0], "fs/x/a.c"));
	ck_assert(cocci_is_for(&list.v[0], "mm/y.c"));
	ck_assert(!cocci_is_for(&list.v[0], "mm/z.c"));
	strings_push(&files, "mm/z.c");
	none = cocci_select(&list, &files);
	ck_assert_ptr_null(none);
	strings_push(&files, "mm/y.c");
	some = cocci_select(&list, &files);
	ck_assert_str_eq(some, RULE "\n");
}
END_TEST

static const struct {
	const char *text;
	const char *error;
} bad_rules[] = {
	{ "// id: x\n", "x.cocci: no line '// contract:'" },
	{ "", "x.cocci: no line '// id:'" },
	{ "// id: x\n// contract: y\n// asks: z\n// source: s\n",
	  "x.cocci: no line '// files:'" },
};

START_TEST(a_rule_says_what_it_is_about)
{
	AUTO(cocci_rules_release) struct cocci_rules list = { 0 };
	struct err err = ERR_INIT;
	const char *text = bad_rules[_i].text;

	ck_assert_int_eq(cocci_add(&list, "x.cocci", text, strlen(text), &err),
			 -1);
	ck_assert_str_eq(err.msg, bad_rules[_i].error);
	ck_assert_uint_eq(list.n, 0);
}
END_TEST

/* Hits before and after, and the questions that come of them. */
static const struct {
	const char *before;
	const char *after;
	size_t n;
} told[] = {
	{ "", "hit mm/y.c f 7 lost", 1 },
	{ "hit mm/y.c f 9 lost", "hit mm/y.c f 7 lost", 0 },
	{ "hit mm/y.c f 9 lost", "hit mm/y.c f 7 lost\nhit mm/y.c f 9 lost",
	  1 },
	{ "hit mm/y.c f 9 lost", "", 0 },
	{ "hit mm/y.c g 9 lost", "hit mm/y.c f 7 lost", 1 },
	{ "", "hit mm/y.c f 7 other", 0 },
	{ "", "function mm/y.c f 7", 0 },
};

START_TEST(only_a_hit_that_is_new_is_asked_about)
{
	AUTO(cocci_rules_release) struct cocci_rules rules = { 0 };
	AUTO(cocci_facts_release) struct cocci_facts before = { 0 };
	AUTO(cocci_facts_release) struct cocci_facts after = { 0 };
	AUTO(questions_release) struct questions list = { 0 };

	add_rule(&rules);
	parse(&before, told[_i].before);
	parse(&after, told[_i].after);
	cocci_ask(&list, &rules, "mm/y.c", &before, &after);
	ck_assert_uint_eq(list.n, told[_i].n);
	if (list.n == 0)
		return;
	ck_assert_str_eq(list.v[0].rule, "semantic/lost");
	ck_assert_str_eq(list.v[0].says, "it is gone in f()");
	ck_assert_uint_eq(list.v[0].first, 7);
}
END_TEST

START_TEST(a_hit_in_a_file_that_the_rule_is_not_for_is_none)
{
	AUTO(cocci_rules_release) struct cocci_rules rules = { 0 };
	AUTO(cocci_facts_release) struct cocci_facts before = { 0 };
	AUTO(cocci_facts_release) struct cocci_facts after = { 0 };
	AUTO(questions_release) struct questions list = { 0 };

	add_rule(&rules);
	parse(&after, "hit mm/z.c f 7 lost");
	cocci_ask(&list, &rules, "mm/z.c", &before, &after);
	ck_assert_uint_eq(list.n, 0);
}
END_TEST

START_TEST(a_function_ends_before_the_next)
{
	AUTO(cocci_facts_release) struct cocci_facts list = { 0 };

	parse(&list, "function a f 3\nfunction a g 20\nfunction a h 9");
	ck_assert_uint_eq(cocci_end(&list, 3), 8);
	ck_assert_uint_eq(cocci_end(&list, 9), 19);
	ck_assert_uint_eq(cocci_end(&list, 20), UINT32_MAX);
}
END_TEST

static const char *const foreign[] = {
	"EXN: Timeout",	    "hit a f",	    "hit a f x lost",
	"hit a f 1 l more", "function a f", "hit a f 99999999999 lost",
};

START_TEST(what_is_no_fact_are_words_of_spatch)
{
	AUTO(cocci_facts_release) struct cocci_facts list = { 0 };
	AUTO(strings_release) struct strings said = { 0 };
	struct err err = ERR_INIT;

	ck_ok(cocci_parse(&list, &said, foreign[_i], strlen(foreign[_i]), &err),
	      &err);
	ck_assert_uint_eq(list.n, 0);
	ck_assert_uint_eq(said.n, 1);
	ck_assert_str_eq(said.v[0], foreign[_i]);
}
END_TEST

/* What the patched file has of f, which could be parsed before. */
static const struct {
	const char *after;
	const char *text;
	bool is_unparsed;
} unparsed[] = {
	{ "", "static int f(int x)\n{\n\tMAD {{\n}\n", true },
	{ "function a f 1", "static int f(int x)\n{\n}\n", false },
	{ "", "int g(void)\n{\n\treturn f(1);\n}\n", false }, /* elsewhere */
	{ "", "int f(int x);\n", false },
	{ "", "int f_of(int x)\n{\n}\n", false },
};

START_TEST(a_function_that_is_no_longer_parsed_is_found)
{
	AUTO(cocci_facts_release) struct cocci_facts before = { 0 };
	AUTO(cocci_facts_release) struct cocci_facts after = { 0 };
	AUTO(strings_release) struct strings names = { 0 };

	parse(&before, "function a f 1");
	parse(&after, unparsed[_i].after);
	cocci_find_unparsed(&names, &before, &after, unparsed[_i].text,
			    strlen(unparsed[_i].text));
	ck_assert_uint_eq(names.n, unparsed[_i].is_unparsed);
}
END_TEST

TEST_MAIN("cocci", TEST(a_rule_is_for_the_files_that_it_names),
	  TABLE(a_rule_says_what_it_is_about, bad_rules),
	  TABLE(only_a_hit_that_is_new_is_asked_about, told),
	  TEST(a_hit_in_a_file_that_the_rule_is_not_for_is_none),
	  TEST(a_function_ends_before_the_next),
	  TABLE(what_is_no_fact_are_words_of_spatch, foreign),
	  TABLE(a_function_that_is_no_longer_parsed_is_found, unparsed))
