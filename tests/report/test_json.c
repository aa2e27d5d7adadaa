/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/json.h"

#include "bot/base/mem.h"
#include "tests/support/reviews.h"
#include "tests/support/support.h"

START_TEST(a_review_reads_as_it_did)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(json_free) json_t *object = NULL;
	AUTO(mem_free) char *name = xasprintf("%s.json", reviews[_i].name);
	AUTO(mem_free) char *text = NULL;

	reviews_make(&r, &reviews[_i]);
	object = json_from_review(&r);
	json_object_del(object, "outcomes"); /* 18 pairs: below */
	text = json_dumps(object, JSON_INDENT(2));
	ck_assert_ptr_nonnull(text);
	reviews_expect("report", name, text, strlen(text));
}
END_TEST

static const char *const keys[] = {
	"verdict",  "first_verdict", "base_kernel", "base",	 "series",
	"findings", "outcomes",	     "timing",	    "why",	 "help",
	"conflict", "skipped",	     "environment", "scenarios", "mails",
};

START_TEST(the_keys_come_in_the_documented_order)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(json_free) json_t *object = json_from_review(&r);
	const char *key;
	json_t *value;
	size_t n = 0;

	json_object_foreach(object, key, value)
	{
		ck_assert_uint_lt(n, ARRAY_LEN(keys));
		ck_assert_str_eq(key, keys[n++]);
	}
	ck_assert_uint_eq(n, ARRAY_LEN(keys));
}
END_TEST

START_TEST(an_outcome_has_both_sides_with_what_they_saw)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(json_free) json_t *object = NULL;
	AUTO(mem_free) char *text = NULL;
	const json_t *all;

	reviews_make(&r, &reviews[0]);
	object = json_from_review(&r);
	all = json_object_get(object, "outcomes");
	ck_assert_uint_eq(json_array_size(all), 18);
	text = json_dumps(json_array_get(all, 0), JSON_INDENT(2));
	ck_assert_ptr_nonnull(text);
	reviews_expect("report", "outcome.json", text, strlen(text));
}
END_TEST

TEST_MAIN("json", TABLE(a_review_reads_as_it_did, reviews),
	  TEST(the_keys_come_in_the_documented_order),
	  TEST(an_outcome_has_both_sides_with_what_they_saw))
