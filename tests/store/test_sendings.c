/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/sendings.h"

#include "tests/store/letters.h"

static int64_t new_thread(struct store *st, const char *id)
{
	return letters_put(st, id, "").thread;
}

static void move(struct store *st, const char *key, enum revisions_state to)
{
	AUTO(revisions_row_release)
	struct revisions_row row = letters_revision(st, key);
	AUTO(store_end) struct store_txn txn = { 0 };
	struct revisions_result result = { .placed = "{}", .verdict = "same" };
	struct err err = ERR_INIT;
	bool moved;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(revisions_move(&moved, &txn, &row, to, &result, &err), &err);
	ck_assert(moved);
	ck_ok(store_commit(&txn, &err), &err);
}

/* From READY to @to by the way of a review. */
static void review_to(struct store *st, const char *key,
		      enum revisions_state to)
{
	for (int state = REVISIONS_PLACED; state <= (int)to; state++)
		move(st, key, (enum revisions_state)state);
}

START_TEST(a_revision_is_stored_as_it_was_given)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	struct sending s = letters_sending("a", 3);
	struct sendings_put put;
	int64_t thread = new_thread(p.store, "a");

	s.title = "xfs: \xff'; DROP TABLE revision";
	s.version_minor = 1;
	s.total = 9;
	s.found = 8;
	s.state = REVISIONS_WAITING;
	s.reason = "no 9/9";
	s.until = 5000;
	s.facts = "{\"key\":\"a\"}";
	put = letters_send(p.store, thread, &s, 1);
	ck_assert_uint_eq(put.added, 1);
	ck_assert_uint_eq(put.changed, 0);
	row = letters_revision(p.store, "a");
	ck_assert_int_eq(row.thread, thread);
	ck_assert_str_eq(row.title, s.title);
	ck_assert_str_eq(row.list, "linux-xfs");
	ck_assert_str_eq(row.author, "a@x");
	ck_assert_uint_eq(row.version, 3);
	ck_assert_uint_eq(row.version_minor, 1);
	ck_assert_uint_eq(row.total, 9);
	ck_assert_uint_eq(row.found, 8);
	ck_assert_int_eq(row.date, 1003);
	ck_assert_int_eq(row.arrived, 2003);
	ck_assert_int_eq(row.state, REVISIONS_WAITING);
	ck_assert_str_eq(row.reason, "no 9/9");
	ck_assert_int_eq(row.until, 5000);
	ck_assert_str_eq(row.facts, s.facts);
	ck_assert_str_eq(row.print, "p");
	ck_assert_ptr_null(row.placed);
	ck_assert_ptr_null(row.verdict);
	ck_assert_int_gt(row.changed, 1700000000);
}
END_TEST

/* A revision in a state, assembled again: same or other mails, whole or not. */
static const struct {
	enum revisions_state now;
	const char *print;
	enum revisions_state found, then;
} again[] = {
	{ REVISIONS_WAITING, "p", REVISIONS_WAITING, REVISIONS_WAITING },
	{ REVISIONS_WAITING, "q", REVISIONS_READY, REVISIONS_READY },
	{ REVISIONS_WAITING, "p", REVISIONS_READY, REVISIONS_READY },
	{ REVISIONS_INCOMPLETE, "p", REVISIONS_WAITING, REVISIONS_INCOMPLETE },
	{ REVISIONS_INCOMPLETE, "q", REVISIONS_WAITING, REVISIONS_WAITING },
	{ REVISIONS_INCOMPLETE, "q", REVISIONS_READY, REVISIONS_READY },
	{ REVISIONS_READY, "p", REVISIONS_READY, REVISIONS_READY },
	{ REVISIONS_READY, "q", REVISIONS_WAITING, REVISIONS_WAITING },
	{ REVISIONS_PLACED, "p", REVISIONS_READY, REVISIONS_PLACED },
	{ REVISIONS_PLACED, "q", REVISIONS_READY, REVISIONS_READY },
	{ REVISIONS_JUDGED, "p", REVISIONS_READY, REVISIONS_JUDGED },
	{ REVISIONS_JUDGED, "q", REVISIONS_READY, REVISIONS_READY },
	{ REVISIONS_DONE, "p", REVISIONS_READY, REVISIONS_DONE },
	{ REVISIONS_DONE, "q", REVISIONS_READY, REVISIONS_READY },
	{ REVISIONS_PARKED, "p", REVISIONS_READY, REVISIONS_PARKED },
	{ REVISIONS_PARKED, "q", REVISIONS_READY, REVISIONS_READY },
	{ REVISIONS_SUPERSEDED, "q", REVISIONS_READY, REVISIONS_SUPERSEDED },
	{ REVISIONS_ASIDE, "p", REVISIONS_READY, REVISIONS_ASIDE },
	{ REVISIONS_ASIDE, "q", REVISIONS_READY, REVISIONS_READY },
};

START_TEST(other_mails_begin_a_revision_anew)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	struct sending s = letters_sending("a", 1);
	int64_t thread = new_thread(p.store, "a");
	enum revisions_state now = again[_i].now;
	bool is_moved = now >= REVISIONS_PLACED && now != REVISIONS_ASIDE;

	s.state = is_moved ? REVISIONS_READY : now;
	letters_send(p.store, thread, &s, 1);
	if (now <= REVISIONS_DONE)
		review_to(p.store, "a", is_moved ? now : 0);
	else if (is_moved)
		move(p.store, "a", now);
	s.print = again[_i].print;
	s.state = again[_i].found;
	letters_send(p.store, thread, &s, 1);
	row = letters_revision(p.store, "a");
	ck_assert_int_eq(row.state, again[_i].then);
	if (row.state == REVISIONS_READY) {
		ck_assert_ptr_null(row.placed);
		ck_assert_ptr_null(row.verdict);
	}
}
END_TEST

START_TEST(the_result_of_a_review_of_other_mails_is_dropped)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(revisions_row_release) struct revisions_row seen = { 0 };
	AUTO(store_end) struct store_txn txn = { 0 };
	struct revisions_result result = { .placed = "{}" };
	struct sending s = letters_sending("a", 1);
	int64_t thread = new_thread(p.store, "a");
	struct err err = ERR_INIT;
	bool moved;

	letters_send(p.store, thread, &s, 1);
	seen = letters_revision(p.store, "a");
	letters_send(p.store, thread, &s, 1); /* nothing of it has changed */
	s.print = "q";
	letters_send(p.store, thread, &s, 1);
	ck_ok(store_begin(&txn, p.store, &err), &err);
	ck_ok(revisions_move(&moved, &txn, &seen, REVISIONS_PLACED, &result,
			     &err),
	      &err);
	ck_assert(!moved);
}
END_TEST

START_TEST(an_answer_in_the_thread_does_not_disturb_a_review)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(revisions_row_release) struct revisions_row seen = { 0 };
	AUTO(revisions_row_release) struct revisions_row now = { 0 };
	struct sending s = letters_sending("a", 1);
	int64_t thread = new_thread(p.store, "a");

	letters_send(p.store, thread, &s, 1);
	seen = letters_revision(p.store, "a");
	ck_assert_uint_eq(letters_send(p.store, thread, &s, 1).changed, 0);
	now = letters_revision(p.store, "a");
	ck_assert_int_eq(now.turn, seen.turn);
}
END_TEST

START_TEST(a_late_cover_names_the_revision_that_is_there)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(revisions_row_release) struct revisions_row before = { 0 };
	AUTO(revisions_row_release) struct revisions_row after = { 0 };
	char *ids[] = { (char *)"cover", (char *)"p1", (char *)"p2" };
	struct strings mails = { ids, 3 };
	struct sending s = letters_sending("p2", 1);
	int64_t thread = new_thread(p.store, "p2");
	struct err err = ERR_INIT;
	bool found;

	letters_send(p.store, thread, &s, 1);
	before = letters_revision(p.store, "p2");
	s.key = "cover";
	s.title = "xfs: another title";
	s.mails = &mails;
	s.print = "q";
	ck_assert_uint_eq(letters_send(p.store, thread, &s, 1).added, 0);
	after = letters_revision(p.store, "cover");
	ck_assert_int_eq(after.id, before.id);
	ck_assert_int_eq(after.series, before.series);
	revisions_row_release(&before);
	ck_ok(revisions_find_key(&found, &before, p.store, "p2", &err), &err);
	ck_assert(!found);
}
END_TEST

START_TEST(a_revision_that_is_no_more_is_set_aside)
{
	AUTO(place_release) struct place p = place_new();
	struct sending v[] = { letters_sending("a", 1),
			       letters_sending("b", 1) };
	int64_t thread = new_thread(p.store, "a");

	v[1].title = "ext4: fix";
	letters_send(p.store, thread, v, 2);
	letters_send(p.store, thread, v, 1);
	ck_assert_int_eq(letters_stands(p.store, "a"), REVISIONS_READY);
	ck_assert_int_eq(letters_stands(p.store, "b"), REVISIONS_ASIDE);
	letters_send(p.store, thread, v, 2);
	ck_assert_int_eq(letters_stands(p.store, "b"), REVISIONS_READY);
	review_to(p.store, "b", REVISIONS_DONE);
	letters_send(p.store, thread, v, 1);
	ck_assert_int_eq(letters_stands(p.store, "b"), REVISIONS_DONE);
}
END_TEST

/* Two sendings, and whether they are of one series. */
struct identity {
	const char *change_id, *author, *title, *first_title;
};

static const struct {
	struct identity a, b;
	bool is_one;
} identities[] = {
	{ { NULL, "a@x", "t", NULL }, { NULL, "a@x", "t", NULL }, true },
	{ { NULL, "a@x", "t", NULL }, { NULL, "b@x", "t", NULL }, false },
	{ { NULL, "a@x", "t", NULL }, { NULL, "a@x", "u", NULL }, false },
	{ { NULL, "a@x", "t", "f" }, { NULL, "a@x", "u", "f" }, true },
	{ { NULL, "a@x", "t", "f" }, { NULL, "b@x", "u", "f" }, false },
	{ { "c", "a@x", "t", NULL }, { "c", "a@x", "u", NULL }, true },
	{ { "c", "a@x", "t", NULL }, { "d", "a@x", "t", NULL }, false },
	{ { "c", "a@x", "t", "f" }, { "d", "a@x", "u", "f" }, false },
	{ { "c", "a@x", "t", NULL }, { NULL, "a@x", "t", NULL }, true },
	{ { NULL, "a@x", "t", NULL }, { "c", "a@x", "t", NULL }, true },
};

static struct sending identify(struct sending s, const struct identity *as)
{
	s.change_id = as->change_id;
	s.author = as->author;
	s.title = as->title;
	s.first_title = as->first_title;
	return s;
}

START_TEST(a_series_is_known_by_change_id_or_title)
{
	AUTO(place_release) struct place p = place_new();
	struct sending a = identify(letters_sending("a", 1), &identities[_i].a);
	struct sending b = identify(letters_sending("b", 2), &identities[_i].b);

	letters_send(p.store, new_thread(p.store, "a"), &a, 1);
	letters_send(p.store, new_thread(p.store, "b"), &b, 1);
	AUTO(revisions_row_release)
	struct revisions_row first = letters_revision(p.store, "a");
	AUTO(revisions_row_release)
	struct revisions_row second = letters_revision(p.store, "b");
	ck_assert_int_eq(first.series == second.series, identities[_i].is_one);
	ck_assert_int_eq(first.state == REVISIONS_SUPERSEDED,
			 identities[_i].is_one);
}
END_TEST

/* A new title in the old thread; a change-id of its own counts more. */
START_TEST(what_replaces_a_revision_is_of_its_series)
{
	static const char *const change_ids[] = { NULL, "d" };

	for (size_t i = 0; i < ARRAY_LEN(change_ids); i++) {
		AUTO(place_release) struct place p = place_new();
		AUTO(revisions_row_release) struct revisions_row a = { 0 };
		AUTO(revisions_row_release) struct revisions_row b = { 0 };
		const struct identity old = { i ? "c" : NULL, "a@x", "t",
					      NULL };
		const struct identity new = { change_ids[i], "a@x", "u", NULL };
		struct sending v[] = {
			identify(letters_sending("a", 1), &old),
			identify(letters_sending("b", 2), &new),
		};

		v[1].replaces = "a";
		letters_send(p.store, new_thread(p.store, "a"), v, 2);
		a = letters_revision(p.store, "a");
		b = letters_revision(p.store, "b");
		ck_assert_int_eq(a.series == b.series, i == 0);
		ck_assert_int_eq(a.state == REVISIONS_SUPERSEDED, i == 0);
	}
}
END_TEST

START_TEST(a_change_id_that_came_later_holds)
{
	AUTO(place_release) struct place p = place_new();
	static const struct identity as[] = { { NULL, "a@x", "t", NULL },
					      { "c", "a@x", "t", NULL },
					      { "c", "a@x", "u", NULL } };
	static const char *const keys[] = { "a", "b", "c" };
	int64_t series = 0;

	for (unsigned i = 0; i < ARRAY_LEN(as); i++) {
		struct sending s =
			identify(letters_sending(keys[i], i + 1), &as[i]);

		letters_send(p.store, new_thread(p.store, keys[i]), &s, 1);
		AUTO(revisions_row_release)
		struct revisions_row row = letters_revision(p.store, keys[i]);
		ck_assert(!series || row.series == series);
		series = row.series;
	}
}
END_TEST

/* What an older revision in a state becomes when a newer one is @found. */
static const struct {
	enum revisions_state older, found, then;
} supersedes[] = {
	{ REVISIONS_WAITING, REVISIONS_READY, REVISIONS_SUPERSEDED },
	{ REVISIONS_INCOMPLETE, REVISIONS_READY, REVISIONS_SUPERSEDED },
	{ REVISIONS_READY, REVISIONS_READY, REVISIONS_SUPERSEDED },
	{ REVISIONS_PLACED, REVISIONS_READY, REVISIONS_SUPERSEDED },
	{ REVISIONS_JUDGED, REVISIONS_READY, REVISIONS_SUPERSEDED },
	{ REVISIONS_DONE, REVISIONS_READY, REVISIONS_DONE },
	{ REVISIONS_PARKED, REVISIONS_READY, REVISIONS_SUPERSEDED },
	{ REVISIONS_ASIDE, REVISIONS_READY, REVISIONS_ASIDE },
	{ REVISIONS_READY, REVISIONS_WAITING, REVISIONS_READY },
	{ REVISIONS_READY, REVISIONS_INCOMPLETE, REVISIONS_READY },
	{ REVISIONS_READY, REVISIONS_ASIDE, REVISIONS_READY },
};

START_TEST(a_whole_revision_supersedes_what_has_not_ended)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	enum revisions_state older = supersedes[_i].older;
	struct sending a = letters_sending("a", 1);
	struct sending b = letters_sending("b", 2);
	bool is_moved = older >= REVISIONS_PLACED && older != REVISIONS_ASIDE;

	a.state = is_moved ? REVISIONS_READY : older;
	b.state = supersedes[_i].found;
	letters_send(p.store, new_thread(p.store, "a"), &a, 1);
	if (older == REVISIONS_PARKED)
		move(p.store, "a", older);
	else if (is_moved)
		review_to(p.store, "a", older);
	letters_send(p.store, new_thread(p.store, "b"), &b, 1);
	row = letters_revision(p.store, "a");
	ck_assert_int_eq(row.state, supersedes[_i].then);
	if (row.state == REVISIONS_SUPERSEDED)
		ck_assert_str_eq(row.reason, "v2 was sent");
}
END_TEST

/* Version, minor and date of what is there and of what comes. */
static const struct {
	unsigned version, minor;
	int64_t date;
	unsigned new_version, new_minor;
	int64_t new_date;
	const char *superseded; /* "there", "new" or neither */
} orders[] = {
	{ 1, 0, 50, 2, 0, 60, "there" },  { 2, 0, 50, 1, 0, 60, "new" },
	{ 2, 0, 50, 10, 0, 40, "there" }, { 2, 1, 50, 2, 0, 60, "new" },
	{ 2, 0, 50, 2, 1, 60, "there" },  { 2, 0, 50, 2, 0, 60, "there" },
	{ 2, 0, 60, 2, 0, 50, "new" },	  { 2, 0, 50, 2, 0, 50, "" },
};

START_TEST(the_newer_one_stays_in_whatever_order_they_come)
{
	AUTO(place_release) struct place p = place_new();
	struct sending there = letters_sending("there", orders[_i].version);
	struct sending new = letters_sending("new", orders[_i].new_version);

	there.version_minor = orders[_i].minor;
	there.date = orders[_i].date;
	new.version_minor = orders[_i].new_minor;
	new.date = orders[_i].new_date;
	letters_send(p.store, new_thread(p.store, "there"), &there, 1);
	letters_send(p.store, new_thread(p.store, "new"), &new, 1);
	ck_assert_int_eq(letters_stands(p.store, "there") ==
				 REVISIONS_SUPERSEDED,
			 strcmp(orders[_i].superseded, "there") == 0);
	ck_assert_int_eq(letters_stands(p.store, "new") == REVISIONS_SUPERSEDED,
			 strcmp(orders[_i].superseded, "new") == 0);
}
END_TEST

TEST_MAIN("sendings", TEST(a_revision_is_stored_as_it_was_given),
	  TABLE(other_mails_begin_a_revision_anew, again),
	  TEST(the_result_of_a_review_of_other_mails_is_dropped),
	  TEST(an_answer_in_the_thread_does_not_disturb_a_review),
	  TEST(a_late_cover_names_the_revision_that_is_there),
	  TEST(a_revision_that_is_no_more_is_set_aside),
	  TABLE(a_series_is_known_by_change_id_or_title, identities),
	  TEST(what_replaces_a_revision_is_of_its_series),
	  TEST(a_change_id_that_came_later_holds),
	  TABLE(a_whole_revision_supersedes_what_has_not_ended, supersedes),
	  TABLE(the_newer_one_stays_in_whatever_order_they_come, orders))
