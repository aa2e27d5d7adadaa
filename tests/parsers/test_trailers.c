/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/span.h"
#include "parsers/trailers.h"
#include "tests/support/support.h"

#define HEX40 "0123456789abcdef0123456789abcdef01234567"

static struct trailers *parse(const char *text)
{
	struct trailers *t = NULL;
	struct err err = ERR_INIT;

	ck_ok(trailers_parse(&t, text, strlen(text), &err), &err);
	return t;
}

static const struct {
	const char *text, *commit;
} bases[] = {
	{ "base-commit: " HEX40 "\n", HEX40 },
	{ "base-commit:" HEX40, HEX40 },
	{ "Base-Commit: 0123456789ABCDEF0123456789abcdef01234567  \r\n",
	  HEX40 },
	{ "text\nbase-commit: " HEX40 "\nmore\n", HEX40 },
	{ "base-commit: for-next\n", NULL },
	{ "base-commit: 0123456789ab\n", NULL },
	{ "base-commit: " HEX40 "0\n", NULL },
	{ "base-commit: " HEX40 " (v6.12)\n", NULL },
	{ "base-commit: v6.12 " HEX40 "\n", NULL },
	{ "base-commit: 0123456789abcdef0123456789abcdef0123456g\n", NULL },
	{ "base-commit: <" HEX40 ">\n", NULL },
	{ "base-commit: " HEX40 HEX40 "\n", NULL },
	{ "base-commit:\n" HEX40 "\n", NULL },
	{ " base-commit: " HEX40 "\n", NULL },
	{ "> base-commit: " HEX40 "\n", NULL },
	{ "+base-commit: " HEX40 "\n", NULL },
	{ "my base-commit: " HEX40 "\n", NULL },
	{ "", NULL },
};

START_TEST(base_commit_is_forty_hex_digits_and_nothing_else)
{
	AUTO(trailers_free) struct trailers *t = parse(bases[_i].text);

	ck_assert_pstr_eq(t->base_commit, bases[_i].commit);
}
END_TEST

START_TEST(the_first_base_commit_wins)
{
	AUTO(trailers_free)
	struct trailers *t = parse(
		"base-commit: main\nbase-commit: " HEX40
		"\nbase-commit: ffffffffffffffffffffffffffffffffffffffff\n");

	ck_assert_str_eq(t->base_commit, HEX40);
}
END_TEST

START_TEST(what_b4_writes_below_a_cover_is_read)
{
	AUTO(trailers_free)
	struct trailers *t = parse("change-id: 20260801-xfs-dio-abc\n"
				   "change-id: second\n"
				   "prerequisite-message-id: <a@b>\n"
				   "prerequisite-message-id: c@d\n"
				   "prerequisite-change-id: 20260701-x:v2\n"
				   "prerequisite-patch-id: " HEX40 "\n"
				   "prerequisite-patch-id: " HEX40 "\n"
				   "prerequisite-patch-id: none\n"
				   "prerequisite-message-id: two words\n");

	ck_assert_str_eq(t->change_id, "20260801-xfs-dio-abc");
	ck_assert_uint_eq(t->prerequisite_message_ids.n, 2);
	ck_assert_str_eq(t->prerequisite_message_ids.v[0], "a@b");
	ck_assert_str_eq(t->prerequisite_message_ids.v[1], "c@d");
	ck_assert_uint_eq(t->prerequisite_change_ids.n, 1);
	ck_assert_str_eq(t->prerequisite_change_ids.v[0], "20260701-x:v2");
	ck_assert_uint_eq(t->prerequisite_patch_ids.n, 2);
}
END_TEST

static const struct {
	const char *line, *id, *title;
} fixes[] = {
	{ "Fixes: 0123456789ab (\"iomap: a (small) fault\")", "0123456789ab",
	  "iomap: a (small) fault" },
	{ "fixes: 0123456789AB (iomap: no quotes)", "0123456789ab",
	  "iomap: no quotes" },
	{ "Fixes: commit 0123456789ab", "0123456789ab", "" },
	{ "Fixes: " HEX40 " (\"x", HEX40, "x" },
	{ "Fixes: 01234 (\"too short\")", NULL, NULL },
	{ "Fixes: https://bugzilla.example.org/1", NULL, NULL },
	{ "Fixes: #12", NULL, NULL },
	{ "Fixes:", NULL, NULL },
};

START_TEST(fixes_names_a_commit_and_its_title)
{
	AUTO(trailers_free) struct trailers *t = parse(fixes[_i].line);

	ck_assert_uint_eq(t->n_fixes, fixes[_i].id ? 1 : 0);
	if (fixes[_i].id) {
		ck_assert_str_eq(t->fixes[0].id, fixes[_i].id);
		ck_assert_str_eq(t->fixes[0].title, fixes[_i].title);
	}
}
END_TEST

static const struct {
	const char *start, *unit;
	size_t times;
	const char *says;
} ceilings[] = {
	{ "", "Fixes: 1234567\n", TRAILERS_MAX, NULL },
	{ "", "Fixes: 1234567\n", TRAILERS_MAX + 1, "more than 1000 trailers" },
	{ "change-id:", "x", TRAILERS_MAX_VALUE, NULL },
	{ "change-id:", "x", TRAILERS_MAX_VALUE + 1,
	  "'change-id:' has more than 998 bytes" },
};

START_TEST(a_ceiling_holds_at_the_limit_and_one_past_it)
{
	AUTO(trailers_free) struct trailers *t = NULL;
	AUTO(buf_release) struct buf text = { 0 };
	struct err err = ERR_INIT;
	int rc;

	buf_init(&text, 1 << 20);
	buf_adds(&text, ceilings[_i].start);
	for (size_t i = 0; i < ceilings[_i].times; i++)
		buf_adds(&text, ceilings[_i].unit);
	rc = trailers_parse(&t, buf_text(&text), text.len, &err);
	ck_assert_str_eq(err.msg, ceilings[_i].says ? ceilings[_i].says : "");
	ck_assert_int_eq(rc, ceilings[_i].says ? -1 : 0);
}
END_TEST

static void dump_list(struct buf *out, const char *what,
		      const struct strings *list)
{
	for (size_t i = 0; i < list->n; i++)
		buf_addf(out, "%s '%s'\n", what, list->v[i]);
}

static void dump(struct buf *out, const char *bytes, size_t len)
{
	AUTO(trailers_free) struct trailers *t = NULL;
	struct err err = ERR_INIT;

	ck_ok(trailers_parse(&t, bytes, len, &err), &err);
	buf_addf(out, "base %s\nchange %s\n",
		 t->base_commit ? t->base_commit : "-",
		 t->change_id ? t->change_id : "-");
	dump_list(out, "patch", &t->prerequisite_patch_ids);
	dump_list(out, "mail", &t->prerequisite_message_ids);
	dump_list(out, "change", &t->prerequisite_change_ids);
	for (size_t i = 0; i < t->n_fixes; i++)
		buf_addf(out, "fixes %s '%s'\n", t->fixes[i].id,
			 t->fixes[i].title);
}

START_TEST(golden_trailers_read_as_expected)
{
	support_golden("trailers", ".txt", dump);
}
END_TEST

TEST_MAIN("trailers",
	  TABLE(base_commit_is_forty_hex_digits_and_nothing_else, bases),
	  TEST(the_first_base_commit_wins),
	  TEST(what_b4_writes_below_a_cover_is_read),
	  TABLE(fixes_names_a_commit_and_its_title, fixes),
	  TABLE(a_ceiling_holds_at_the_limit_and_one_past_it, ceilings),
	  TEST(golden_trailers_read_as_expected))
