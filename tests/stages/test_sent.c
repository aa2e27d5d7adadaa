/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/sent.h"
#include "tests/support/support.h"

static char *text_of(const struct sent *s)
{
	AUTO(json_free) json_t *value = sent_to_json(s);

	return json_dumps(value, JSON_COMPACT);
}

/* Patches 1 and 4 of 7, and everything else that a record can have. */
static struct sent *example(void)
{
	struct sent *s = xcalloc(1, sizeof(*s));

	s->key = xstrdup("0@example.org");
	s->title = xstrdup("iomap: \xc3\xa4");
	s->first_title = xstrdup("iomap: one");
	s->version = 13;
	s->version_minor = 3;
	s->total = 7;
	s->is_rfc = s->is_mended = true;
	s->author_name = xstrdup("Ann Author");
	s->author = xstrdup("ann@example.org");
	s->date = 1590000000;
	s->change_id = xstrdup("20200520-iomap");
	s->base_commit = xstrdup("0123456789abcdef0123456789abcdef01234567");
	s->cover = xstrdup("0@example.org");
	s->patches = xcalloc(2, sizeof(*s->patches));
	s->patches[s->n_patches++] =
		(struct sent_patch){ 1, xstrdup("1@example.org") };
	s->patches[s->n_patches++] =
		(struct sent_patch){ 4, xstrdup("4@example.org") };
	s->needs = xcalloc(1, sizeof(*s->needs));
	s->needs[s->n_needs++] =
		(struct sent_prerequisite){ SENT_CHANGE_ID,
					    xstrdup("20200519-x:v2") };
	s->set_index = 2;
	s->set_total = 3;
	s->kind = SENT_USERSPACE;
	s->project = xstrdup("xfsprogs");
	s->replaces = xstrdup("old@example.org");
	s->pair = xstrdup("kernel@example.org");
	strings_push(&s->notes, "a note");
	return s;
}

START_TEST(what_is_written_reads_as_it_was)
{
	AUTO(sent_free) struct sent *s = example();
	AUTO(sent_free) struct sent *again = NULL;
	AUTO(mem_free) char *text = text_of(s);
	AUTO(mem_free) char *second = NULL;
	struct err err = ERR_INIT;

	ck_ok(sent_parse(&again, text, &err), &err);
	second = text_of(again);
	ck_assert_str_eq(second, text);
	ck_assert_str_eq(again->title, s->title);
	ck_assert_str_eq(again->pair, s->pair);
}
END_TEST

START_TEST(what_is_missing_is_told_in_ranges)
{
	AUTO(sent_free) struct sent *s = example();
	AUTO(mem_free) char *missing = sent_missing(s);
	AUTO(strings_release) struct strings mails = { 0 };

	ck_assert_str_eq(missing, "2-3, 5-7");
	ck_assert(!sent_is_whole(s));
	sent_mails(&mails, s);
	ck_assert_uint_eq(mails.n, 3);
	ck_assert_str_eq(mails.v[2], "4@example.org");
}
END_TEST

/* One value of the example is exchanged. */
static const struct {
	const char *key, *value, *says;
} wrong[] = {
	{ "key", "null", "'key' is missing" },
	{ "key", "\"\"", "'key' is no Message-ID" },
	{ "cover", "\"a\\nb\"", "'cover' is no Message-ID" },
	{ "cover", "7", "'cover' is not a string" },
	{ "total", "0", "'index' is not from 0 to 0" },
	{ "total", "2001", "'total' is not from 0 to 2000" },
	{ "total", "3", "'index' is not from 0 to 3" },
	{ "version", "-1", "'version' is not from 0 to 999" },
	{ "is_rfc", "1", "'is_rfc' is not true or false" },
	{ "kind", "\"other\"", "'kind' is no word that is known" },
	{ "base_commit", "\"for-next\"", "'base_commit' is no commit" },
	{ "patches", "[{\"index\":2,\"id\":\"a\"},{\"index\":2,\"id\":\"b\"}]",
	  "patches are out of order" },
	{ "patches", "[{\"index\":0,\"id\":\"a\"}]",
	  "patches are out of order" },
	{ "patches", "[{\"index\":1,\"id\":null}]",
	  "patches are out of order" },
	{ "patches", "[7]", "'index' is missing" },
	{ "patches", "{}", "'patches' is not a list" },
	{ "prerequisites", "[{\"kind\":\"tree\",\"value\":\"a\"}]",
	  "'kind' is no word that is known" },
	{ "notes", "[1]", "a note is no text" },
	{ "author", "\"a\"", "'author' is not an object" },
	{ "set", "null", "'set' is not an object" },
};

START_TEST(a_record_that_is_wrong_is_refused)
{
	AUTO(sent_free) struct sent *s = example();
	AUTO(sent_free) struct sent *out = NULL;
	AUTO(json_free) json_t *value = sent_to_json(s);
	struct err err = ERR_INIT;

	json_object_set_new(value, wrong[_i].key,
			    json_loads(wrong[_i].value, JSON_DECODE_ANY, NULL));
	ck_assert_int_eq(sent_from_json(&out, value, &err), -1);
	ck_assert_str_eq(err.msg, wrong[_i].says);
	ck_assert_ptr_null(out);
}
END_TEST

static const struct {
	size_t len;
	const char *says;
} lengths[] = {
	{ SENT_MAX_TEXT, "" },
	{ SENT_MAX_TEXT + 1, "'title' has more than 8192 bytes" },
};

START_TEST(a_text_past_the_ceiling_is_refused)
{
	AUTO(sent_free) struct sent *s = example();
	AUTO(sent_free) struct sent *out = NULL;
	AUTO(json_free) json_t *value = NULL;
	struct err err = ERR_INIT;

	free(s->title);
	s->title = xcalloc(lengths[_i].len + 1, 1);
	memset(s->title, 'a', lengths[_i].len);
	value = sent_to_json(s);
	(void)(sent_from_json(&out, value, &err) < 0);
	ck_assert_str_eq(err.msg, lengths[_i].says);
}
END_TEST

START_TEST(only_a_pull_request_has_no_patches)
{
	AUTO(sent_free) struct sent *s = example();
	AUTO(sent_free) struct sent *out = NULL;
	AUTO(sent_free) struct sent *pull = NULL;
	AUTO(mem_free) char *text = NULL;
	AUTO(mem_free) char *good = NULL;
	struct err err = ERR_INIT;

	while (s->n_patches > 0)
		free(s->patches[--s->n_patches].message_id);
	s->total = 0;
	text = text_of(s);
	ck_assert_int_eq(sent_parse(&out, text, &err), -1);
	ck_assert_str_eq(err.msg, "a series of no patches");
	s->kind = SENT_PULL;
	good = text_of(s);
	err = (struct err)ERR_INIT;
	ck_ok(sent_parse(&pull, good, &err), &err);
	ck_assert_str_eq(sent_kind_name(pull->kind), "pull");
}
END_TEST

TEST_MAIN("sent", TEST(what_is_written_reads_as_it_was),
	  TEST(what_is_missing_is_told_in_ranges),
	  TABLE(a_record_that_is_wrong_is_refused, wrong),
	  TABLE(a_text_past_the_ceiling_is_refused, lengths),
	  TEST(only_a_pull_request_has_no_patches))
