/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/overview.h"

#include "bot/report/overview_json.h"
#include "bot/report/overview_text.h"
#include "tests/store/letters.h"
#include "tests/support/reviews.h"

#define NOW 1800000000

/* A list that answers, one that does not, one that is new; what they sent. */
static void fill_lists(struct store *st)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	const struct lists_row good = { .name = (char *)"linux-xfs",
					.checked = NOW - 125 };
	const struct lists_row bad = {
		.name = (char *)"linux-ext4",
		.checked = NOW - 7300,
		.failures = 3,
		.not_before = NOW + 240,
		.error = (char *)"lore.example.org: 503 \x1b[31m\xe2\x80\xae",
	};
	const struct lists_row old = { .name = (char *)"linux-nilfs",
				       .checked = NOW - 900000 };
	const struct lists_reject reject = { .list = (char *)"linux-xfs",
					     .epoch = 1,
					     .blob = (char *)"0123abcd",
					     .why = (char *)"no From:\n\x07" };
	struct err err = ERR_INIT;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(lists_put(&txn, &good, &err), &err);
	ck_ok(lists_put(&txn, &bad, &err), &err);
	ck_ok(lists_put(&txn, &old, &err), &err);
	ck_ok(lists_add_reject(&txn, &reject, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
}

static void send(struct store *st, const char *key, const char *title,
		 enum revisions_state state, const char *reason, int64_t until)
{
	struct sending s = letters_sending(key, 1);

	s.title = title;
	s.author = key;
	s.arrived = NOW - 400;
	s.state = state;
	s.reason = reason;
	s.until = until;
	s.total = 3;
	s.found = state == REVISIONS_READY ? 3 : 2;
	letters_send(st, letters_put(st, key, "").thread, &s, 1);
}

static void judge(struct store *st, const char *key)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	AUTO(revisions_row_release)
	struct revisions_row row = letters_revision(st, key);
	struct revisions_result result = { .verdict = "regression" };
	struct outbox_row mail = {
		.message_id = (char[]){ "d@x" },
		.kind = (char[]){ "report" },
		.lists = (char[]){ "linux-xfs" },
		.verdict = (char[]){ "regression" },
		.print = (char[]){ "0" },
		.recipients = (char[]){ "ada@example.org" },
		.why = (char[]){ "the policy of linux-xfs is mute" },
	};
	int64_t id;
	const struct attempt attempts[] = {
		{ .at = NOW,
		  .how = (char *)"base-commit",
		  .base = (char *)"fedcba9876543210",
		  .total = 4,
		  .why = (char *)"no tree has it" },
		{ .at = NOW,
		  .tree = (char *)"debian-6.12",
		  .base = (char *)"0123456789abcdef",
		  .how = (char *)"blobs",
		  .matched = 4,
		  .total = 4,
		  .applies = true },
	};
	struct err err = ERR_INIT;
	bool moved;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(revisions_move(&moved, &txn, &row, REVISIONS_DONE, &result, &err),
	      &err);
	ck_ok(attempts_put(&txn, row.id, attempts, 2, &err), &err);
	mail.revision = row.id;
	ck_ok(outbox_add(&id, &txn, &mail, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
}

static void fill(struct store *st)
{
	fill_lists(st);
	send(st, "w@x", "xfs: wait for the last one", REVISIONS_WAITING,
	     "3/3 is missing", NOW + 500);
	send(st, "r@x",
	     "[PATCH] a title that is \x1b[2J hostile and so long that it does "
	     "not fit into a line of a terminal",
	     REVISIONS_READY, NULL, 0);
	send(st, "d@x", "iomap: return zero", REVISIONS_READY, NULL, 0);
	judge(st, "d@x");
	send(st, "a@y", "xfsprogs: a tool", REVISIONS_ASIDE,
	     "userspace: xfsprogs", 0);
}

static void read_overview(struct overview *s, struct store *st,
			  const char *list, const char *series, size_t max)
{
	AUTO(strings_release) struct strings followed = { 0 };
	struct overview_want want = { &followed, &followed, list,
				      series,	 max,	    max };
	struct err err = ERR_INIT;

	strings_split(&followed, "linux-btrfs linux-xfs linux-ext4");
	ck_ok(overview_read(s, st, &want, &err), &err);
	for (size_t i = 0; i < s->n; i++)
		s->v[i].row.changed = NOW - 60; /* the store has a real clock */
}

static const struct {
	const char *list, *series;
	size_t max;
	const char *name; /* of the golden file */
} views[] = {
	{ NULL, NULL, 9, "overview.text" },
	{ "linux-ext4", NULL, 9, "overview-list.text" },
	{ NULL, "iomap", 9, "overview-series.text" },
};

START_TEST(where_all_stands_reads_as_it_did)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(overview_release) struct overview s = { 0 };
	AUTO(buf_release) struct buf text = { 0 };

	fill(p.store);
	read_overview(&s, p.store, views[_i].list, views[_i].series,
		      views[_i].max);
	buf_init(&text, OVERVIEW_TEXT_MAX);
	overview_text(&text, &s, NOW);
	reviews_expect("report", views[_i].name, buf_text(&text), text.len);
	for (size_t i = 0; i < text.len; i++)
		ck_assert(text.data[i] == '\n' ||
			  (unsigned char)text.data[i] >= 0x20);
	ck_assert_ptr_null(strstr(buf_text(&text), "\xe2\x80\xae"));
	for (const char *q = buf_text(&text); *q; q += strcspn(q, "\n") + 1)
		ck_assert_uint_le(strcspn(q, "\n"), 80);
}
END_TEST

START_TEST(what_is_told_as_json_is_the_same)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(overview_release) struct overview s = { 0 };
	AUTO(json_free) json_t *value = NULL;
	AUTO(mem_free) char *text = NULL;

	fill(p.store);
	read_overview(&s, p.store, NULL, NULL, 9);
	for (size_t i = 0; i < s.n; i++)
		s.v[i].row.changed = NOW;
	value = overview_json(&s);
	text = json_dumps(value, JSON_INDENT(2));
	ck_assert_ptr_nonnull(text);
	reviews_expect("report", "overview.json", text, strlen(text));
}
END_TEST

static const struct {
	const char *series;
	const char *keys; /* of what is found, in order; NULL: nothing */
} asked[] = {
	{ "1", "w@x" },
	{ "3", "d@x" },
	{ "<d@x>", "d@x" },
	{ "id:d@x", "d@x" },
	{ "https://lore.kernel.org/linux-xfs/d@x/", "d@x" },
	{ "https://lore.kernel.org/linux-xfs/", NULL },
	{ "d@x", "d@x" },
	{ "reply@x", "d@x" },
	{ "XFS", "a@y w@x" },
	{ "99", NULL },
	{ "none@x", NULL },
	{ "btrfs", NULL },
	{ "", NULL },
	{ "-1", NULL },
	{ "99999999999999999999", NULL },
};

START_TEST(a_series_is_found_by_id_mail_or_title)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(overview_release) struct overview s = { 0 };
	AUTO(strings_release) struct strings keys = { 0 };
	struct strings none = { 0 };
	struct overview_want want = {
		&none, &none, NULL, asked[_i].series, 9, 9
	};
	struct err err = ERR_INIT;
	int rc;

	fill(p.store);
	letters_put(p.store, "reply@x", "d@x");
	rc = overview_read(&s, p.store, &want, &err);
	if (!asked[_i].keys) {
		ck_assert_int_eq(rc, -1);
		ck_assert_int_eq(err.kind, ERR_INPUT);
		ck_assert_ptr_nonnull(strstr(err.msg, "no series '"));
		return;
	}
	ck_ok(rc, &err);
	strings_split(&keys, asked[_i].keys);
	ck_assert_uint_eq(s.n, keys.n);
	for (size_t i = 0; i < s.n; i++)
		ck_assert_str_eq(s.v[i].row.key, keys.v[i]);
}
END_TEST

START_TEST(only_so_many_of_what_has_ended_are_told)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(overview_release) struct overview s = { 0 };
	struct strings none = { 0 };
	struct overview_want want = { &none, &none, NULL, NULL, 9, 1 };
	struct err err = ERR_INIT;

	send(p.store, "a@x", "one", REVISIONS_ASIDE, NULL, 0);
	send(p.store, "b@x", "two", REVISIONS_ASIDE, NULL, 0);
	send(p.store, "c@x", "three", REVISIONS_READY, NULL, 0);
	send(p.store, "d@x", "four", REVISIONS_READY, NULL, 0);
	ck_ok(overview_read(&s, p.store, &want, &err), &err);
	ck_assert_uint_eq(s.n, 3);
	ck_assert_uint_eq(s.states[REVISIONS_ASIDE], 2);
	ck_assert_str_eq(s.v[2].row.key, "b@x");
}
END_TEST

START_TEST(a_list_that_nobody_followed_is_refused)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(overview_release) struct overview s = { 0 };
	struct strings none = { 0 };
	struct overview_want want = { &none, &none, "linux-xfs", NULL, 9, 9 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(overview_read(&s, p.store, &want, &err), -1);
	ck_assert_int_eq(err.kind, ERR_INPUT);
	ck_assert_str_eq(err.msg, "no list 'linux-xfs' was followed");
}
END_TEST

TEST_MAIN("overview", TABLE(where_all_stands_reads_as_it_did, views),
	  TEST(what_is_told_as_json_is_the_same),
	  TABLE(a_series_is_found_by_id_mail_or_title, asked),
	  TEST(only_so_many_of_what_has_ended_are_told),
	  TEST(a_list_that_nobody_followed_is_refused))
