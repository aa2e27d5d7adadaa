/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/record.h"

#include "bot/mail/compose.h"
#include "bot/report/json.h"
#include "bot/report/soak_text.h"
#include "bot/report/text.h"
#include "rules/quote.h"
#include "tests/support/reviews.h"
#include "tests/support/soaks.h"
#include "tests/support/support.h"

#define MAX_TEXT (1u << 20)

static void reread(struct review *out, const struct review *r)
{
	AUTO(mem_free) char *text = record_print(r);
	struct err err = ERR_INIT;

	ck_ok(record_parse(out, text, strlen(text), &err), &err);
}

START_TEST(what_was_read_is_written_as_the_same_bytes)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(review_release) struct review back = { 0 };
	AUTO(mem_free) char *first = NULL;
	AUTO(mem_free) char *again = NULL;

	reviews_make(&r, &reviews[_i]);
	first = record_print(&r);
	reread(&back, &r);
	again = record_print(&back);
	ck_assert_str_eq(first, again);
}
END_TEST

START_TEST(what_was_read_reports_the_same)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(review_release) struct review back = { 0 };
	AUTO(buf_release) struct buf first = { 0 };
	AUTO(buf_release) struct buf again = { 0 };

	reviews_make(&r, &reviews[_i]);
	strings_push(&r.said, "xfs C01: it is lost; on 2026-01-02 ...");
	reread(&back, &r);
	buf_init(&first, MAX_TEXT);
	buf_init(&again, MAX_TEXT);
	text_from_review(&first, &r, false);
	text_from_review(&again, &back, false);
	ck_assert_str_eq(buf_text(&first), buf_text(&again));
	ck_assert_ptr_nonnull(strstr(buf_text(&again),
				     "\nsaid of it before:\n"
				     "  xfs C01: it is lost"));
}
END_TEST

START_TEST(a_soak_that_was_read_reports_the_same)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(review_release) struct review back = { 0 };
	AUTO(buf_release) struct buf first = { 0 };
	AUTO(buf_release) struct buf again = { 0 };
	AUTO(mem_free) char *bytes = NULL;
	AUTO(mem_free) char *reread_bytes = NULL;

	reviews_make(&r, &reviews[0]);
	soaks_make(&r.soak);
	reread(&back, &r);
	bytes = record_print(&r);
	reread_bytes = record_print(&back);
	ck_assert_str_eq(bytes, reread_bytes);
	buf_init(&first, MAX_TEXT);
	buf_init(&again, MAX_TEXT);
	soak_text_from(&first, &r.soak);
	soak_text_from(&again, &back.soak);
	ck_assert_str_eq(buf_text(&first), buf_text(&again));
}
END_TEST

static void compose(struct buf *out, const struct review *r)
{
	AUTO(replies_free) struct replies *replies = NULL;
	struct err err = ERR_INIT;

	ck_ok(replies_read(&replies, "config/replies", NULL, &err), &err);
	ck_ok(compose_run(out,
			  &(struct compose_spec){
				  .review = r,
				  .replies = replies,
				  .from = "collider <collider@example.net>",
				  .domain = "example.net",
				  .now = 1793174400,
			  },
			  &err),
	      &err);
}

START_TEST(what_was_read_is_answered_with_the_same_mail)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(review_release) struct review back = { 0 };
	AUTO(buf_release) struct buf first = { 0 };
	AUTO(buf_release) struct buf again = { 0 };

	reviews_make(&r, &reviews[_i]);
	reread(&back, &r);
	ck_assert(compose_is_wanted(&r) == compose_is_wanted(&back));
	if (!compose_is_wanted(&r))
		return;
	compose(&first, &r);
	compose(&again, &back);
	ck_assert_str_eq(buf_text(&first), buf_text(&again));
}
END_TEST

/* Before a verdict: what the box that places a series hands back. */
START_TEST(a_finding_made_after_reading_quotes_the_same_hunk)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(review_release) struct review back = { 0 };

	reviews_make(&r, &reviews[0]);
	reread(&back, &r);
	for (size_t i = 0; i < back.n_findings; i++) {
		free(back.findings[i].quote);
		free(back.findings[i].quote_file);
		back.findings[i].quote = NULL;
		back.findings[i].quote_file = NULL;
	}
	quote_run(&back);
	ck_assert_ptr_nonnull(back.findings[0].quote);
	ck_assert_str_eq(back.findings[0].quote, r.findings[0].quote);
}
END_TEST

static const char *const ids[] = {
	"x\r\nBcc: all@example.org",
	"\xe2\x80\xaeturned",
	"\x01@\x7f",
	"",
};

START_TEST(an_id_stays_as_it_is_whatever_is_in_it)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(review_release) struct review back = { 0 };

	reviews_make(&r, &reviews[0]);
	free(r.mails[1].message_id);
	r.mails[1].message_id = xstrdup(ids[_i]);
	free(r.message_id);
	r.message_id = xstrdup(ids[_i]);
	reread(&back, &r);
	ck_assert_str_eq(back.mails[1].message_id, ids[_i]);
	ck_assert_str_eq(back.message_id, ids[_i]);
}
END_TEST

START_TEST(a_record_reads_as_it_did)
{
	static const char *const names[] = { "sample", "does-not-apply",
					     "incomplete", "hostile" };
	size_t seen = 0;

	for (size_t i = 0; i < REVIEWS; i++) {
		AUTO(review_release) struct review r = { 0 };
		AUTO(mem_free) char *text = NULL;
		AUTO(mem_free) char *file = NULL;
		bool wanted = false;

		for (size_t k = 0; k < ARRAY_LEN(names); k++)
			wanted |= strcmp(names[k], reviews[i].name) == 0;
		if (!wanted)
			continue;
		reviews_make(&r, &reviews[i]);
		text = record_print(&r);
		file = xasprintf("%s.json", reviews[i].name);
		reviews_expect("record", file, text, strlen(text));
		seen++;
	}
	ck_assert_uint_eq(seen, ARRAY_LEN(names));
}
END_TEST

START_TEST(a_soak_reads_as_it_did)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(mem_free) char *text = NULL;

	for (size_t i = 0; i < REVIEWS; i++)
		if (strcmp(reviews[i].name, "incomplete") == 0)
			reviews_make(&r, &reviews[i]);
	soaks_make(&r.soak);
	text = record_print(&r);
	reviews_expect("record", "soaked.json", text, strlen(text));
}
END_TEST

/*
 * The value at @path ("findings.0.patch") of a good record becomes @json;
 * NULL: it goes.
 */
static const struct {
	const char *path;
	const char *json;
	const char *says;
} damages[] = {
	{ "verdict", "\"splendid\"", "'verdict' may not be 'splendid'" },
	{ "verdict", NULL, "'verdict' is missing" },
	{ "series", "[]", "'series' is not an object" },
	{ "series.total", "2", "3 patches of 2" },
	{ "series.total", "2001", "'total' is not from 0 to 2000" },
	{ "series.patches.1.n", "1", "patches[1]: 'n' is not from 2 to 2" },
	{ "series.patches.1.commit", "\"HEAD\"",
	  "patches[1]: 'commit' is no commit" },
	{ "series.patches.1.commit",
	  "\"3B1f2d4c5a6978877665544332211000ffeeddcc\"",
	  "patches[1]: 'commit' is no commit" },
	{ "series.patches.0.build.outcome", "\"great\"",
	  "patches[0]: 'outcome' may not be 'great'" },
	{ "series.patches.0.build.ms", "-1",
	  "patches[0]: 'ms' is not from 0 to 1099511627776" },
	{ "series.patches.0.hunks.0.points", "4294967295",
	  "patches[0]: hunks[0]: 'points' is not from 0 to 1048576" },
	{ "base.commit", "null", "half a base" },
	{ "base.tree", "null", "half a base" },
	{ "base.attempts.0.blobs_total", "-1",
	  "attempts[0]: 'blobs_total' is not from 0 to 4294967295" },
	{ "conflict", "{}", "'patch' is missing" },
	{ "conflict", "{\"patch\":4}", "'patch' is not from 0 to 3" },
	{ "mails.0.n", "4", "mails[0]: 'n' is not from 0 to 3" },
	{ "mails.1.n", "0", "mails[1] is out of its order" },
	{ "mails.1.author", "{\"name\":\"x\"}", "mails[1]: 'addr' is missing" },
	{ "mails.1.references", "[1]",
	  "mails[1]: 'references' has what is not a string" },
	{ "mails.1.references",
	  "[\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\","
	  "\"\",\"\",\"\",\"\"]",
	  "mails[1]: 'references' has more than 11 elements" },
	{ "findings.0.patch", "4", "findings[0]: 'patch' is not from 0 to 3" },
	{ "findings.0.clean_patch", "-1",
	  "findings[0]: 'clean_patch' is not from 0 to 3" },
	{ "findings.0.repaired_by", "4",
	  "findings[0]: 'repaired_by' is not from 0 to 3" },
	{ "findings.0.says", "null", "findings[0]: 'says' is not a string" },
	{ "findings.0.kind", "\"\"", "findings[0]: 'kind' may not be ''" },
	{ "findings.0.patched.fields", "{\"a\":1}",
	  "findings[0]: field 'a' is not a string" },
	{ "findings.0.quote", "{\"file\":\"x\"}",
	  "findings[0]: 'text' is missing" },
	{ "outcomes.0.base.provoked", "4",
	  "outcomes[0]: 'provoked' is not from 0 to 3" },
	{ "outcomes.0.base.loses", "\"everybody\"",
	  "outcomes[0]: 'loses' may not be 'everybody'" },
	{ "outcomes.0.patched.path", "null",
	  "outcomes[0]: 'path' is not a string" },
	{ "outcomes.0.patched.saw", "{}", "outcomes[0]: 'saw' is not a list" },
	{ "timing", "{\"x\":1}", "'x' is no time" },
	{ "timing", "{\"x_ms\":true}", "'x_ms' is not a whole number" },
	{ "scenarios.0.id", "1", "scenarios[0]: 'id' is not a string" },
	{ "environment.kernel", "6", "'kernel' is not a string" },
	{ "skipped", "null", "'skipped' is not a list" },
	{ "skipped", "[null]", "'skipped' has what is not a string" },
	{ "said", "1", "'said' is not a list" },
	{ "said", "[null]", "'said' has what is not a string" },
	{ "soak", "null", "'soak' is not an object" },
	{ "soak.seconds", "0", "soak: 'seconds' is not from 1 to 4294967295" },
	{ "soak.seed", "-1", "soak: 'seed' is not from 0 to 4294967295" },
	{ "soak.outcomes.0.verdict", "\"fine\"",
	  "soak: outcomes[0]: 'verdict' may not be 'fine'" },
	{ "soak.outcomes.0.base.collided", "4",
	  "soak: outcomes[0]: base: 'collided' is not from 0 to 3" },
	{ "soak.outcomes.0.patched.hung", "4",
	  "soak: outcomes[0]: patched: 'hung' is not from 0 to 3" },
	{ "soak.outcomes.0.base.invalidations", "-1",
	  "soak: outcomes[0]: base: 'invalidations' is not from 0 to "
	  "4294967295000000" },
	{ "soak.outcomes.0.base.told", "\"1\"",
	  "soak: outcomes[0]: base: 'told' is not a whole number" },
	{ "soak.outcomes.0.base.last", "null",
	  "soak: outcomes[0]: base: 'last' is not of 3 runs" },
	{ "soak.outcomes.2.base.last", "{}",
	  "soak: outcomes[2]: base: 'last' is not of 0 runs" },
	{ "soak.outcomes.0.patched.broken.0.runs", "4",
	  "soak: outcomes[0]: patched: broken[0]: 'runs' is not from 0 to 3" },
};

static void damage(json_t *root, const char *path, const char *json)
{
	AUTO(mem_free) char *parts = xstrdup(path);
	json_t *at = root;
	char *part = parts;

	for (char *dot; (dot = strchr(part, '.')); part = dot + 1) {
		*dot = '\0';
		at = json_is_array(at) ? json_array_get(at, (size_t)*part - '0')
				       : json_object_get(at, part);
		ck_assert_msg(at, "%s of %s", part, path);
	}
	ck_assert_ptr_nonnull(json_object_get(at, part));
	if (json)
		json_object_set_new(at, part,
				    json_loads(json, JSON_DECODE_ANY, NULL));
	else
		json_object_del(at, part);
}

START_TEST(what_cannot_be_is_refused_with_its_place)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(review_release) struct review back = { 0 };
	AUTO(json_free) json_t *object = NULL;
	AUTO(mem_free) char *says = NULL;
	struct err err = ERR_INIT;

	reviews_make(&r, &reviews[0]);
	soaks_make(&r.soak);
	strings_push(&r.said, "x");
	object = json_from_review(&r);
	damage(object, damages[_i].path, damages[_i].json);
	ck_assert_int_eq(record_read(&back, object, &err), -1);
	says = xasprintf("record: %s", damages[_i].says);
	ck_assert_str_eq(err.msg, says);
	ck_assert(err.kind == ERR_INPUT || err.kind == ERR_LIMIT);
	ck_assert_uint_eq(back.n_patches, 0);
}
END_TEST

static const char *const broken[] = {
	"",
	"{",
	"[]",
	"null",
	"{\"verdict\":\"same\",\"verdict\":\"same\"}",
	"{\"verdict\":\"\\u0000\"}",
};

START_TEST(what_is_no_object_is_no_record)
{
	AUTO(review_release) struct review r = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(record_parse(&r, broken[_i], strlen(broken[_i]), &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
}
END_TEST

static const struct {
	const char *key;
	size_t max;
} lists[] = {
	{ "skipped", RECORD_MAX_LINES },
	{ "scenarios", RECORD_MAX_SCENARIOS },
};

/* A list of @n copies of @element. */
static json_t *list_of(json_t *element, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append(list, element);
	return list;
}

START_TEST(a_list_at_its_ceiling_is_read_and_one_more_is_not)
{
	AUTO(review_release) struct review r = { 0 };
	AUTO(review_release) struct review back = { 0 };
	AUTO(json_free) json_t *object = NULL;
	AUTO(json_free) json_t *element = NULL;
	struct err err = ERR_INIT;

	reviews_make(&r, &reviews[0]);
	object = json_from_review(&r);
	element = _i == 0 ? json_string("x")
			  : json_pack("{s:s,s:s}", "id", "C01", "says", "x");
	json_object_set_new(object, lists[_i].key,
			    list_of(element, lists[_i].max));
	ck_ok(record_read(&back, object, &err), &err);
	review_release(&back);
	json_object_set_new(object, lists[_i].key,
			    list_of(element, lists[_i].max + 1));
	ck_assert_int_eq(record_read(&back, object, &err), -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
}
END_TEST

START_TEST(a_record_past_its_bytes_is_not_even_parsed)
{
	AUTO(review_release) struct review r = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(record_parse(&r, "", RECORD_MAX_BYTES + 1ul, &err),
			 -1);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
}
END_TEST

TEST_MAIN("record", TABLE(what_was_read_is_written_as_the_same_bytes, reviews),
	  TABLE(what_was_read_reports_the_same, reviews),
	  TEST(a_soak_that_was_read_reports_the_same),
	  TABLE(what_was_read_is_answered_with_the_same_mail, reviews),
	  TEST(a_finding_made_after_reading_quotes_the_same_hunk),
	  TABLE(an_id_stays_as_it_is_whatever_is_in_it, ids),
	  TEST(a_record_reads_as_it_did), TEST(a_soak_reads_as_it_did),
	  TABLE(what_cannot_be_is_refused_with_its_place, damages),
	  TABLE(what_is_no_object_is_no_record, broken),
	  TABLE(a_list_at_its_ceiling_is_read_and_one_more_is_not, lists),
	  TEST(a_record_past_its_bytes_is_not_even_parsed))
