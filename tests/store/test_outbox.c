/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/outbox.h"

#include "tests/store/place.h"
#include "tests/support/queue.h"
#include "tests/support/support.h"

static int64_t add(struct store *st, const char *message_id,
		   enum outbox_state state, const char *print)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	const struct outbox_row row = {
		.message_id = (char *)(uintptr_t)message_id,
		.kind = (char[]){ "report" },
		.lists = (char[]){ "linux-ext4,linux-xfs" },
		.verdict = (char[]){ "regression" },
		.print = (char *)(uintptr_t)print,
		.state = state,
		.recipients = (char[]){ "ada@example.org" },
	};
	struct err err = ERR_INIT;
	int64_t id;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(outbox_add(&id, &txn, &row, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
	return id;
}

static bool move(struct store *st, int64_t id, enum outbox_state from,
		 enum outbox_state to, const char *why)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	const struct outbox_note note = { .who = "test",
					  .why = why,
					  .is_try = from == OUTBOX_SENDING };
	struct err err = ERR_INIT;
	bool moved;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(outbox_move(&moved, &txn, id, from, to, &note, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
	return moved;
}

static void expect_state(struct store *st, int64_t id, enum outbox_state state)
{
	AUTO(outbox_row_release) struct outbox_row row = { 0 };
	struct err err = ERR_INIT;
	bool found;

	ck_ok(outbox_find(&found, &row, st, id, &err), &err);
	ck_assert(found);
	ck_assert_str_eq(outbox_state_name(row.state),
			 outbox_state_name(state));
}

START_TEST(the_same_report_is_there_once)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(outbox_row_release) struct outbox_row row = { 0 };
	struct err err = ERR_INIT;
	bool found;
	int64_t id = add(p.store, "a@x", OUTBOX_HELD, "1");

	ck_assert_int_gt(id, 0);
	ck_assert_int_eq(add(p.store, "a@x", OUTBOX_APPROVED, "1"), 0);
	expect_state(p.store, id, OUTBOX_HELD);
	ck_ok(outbox_find_message(&found, &row, p.store, "a@x", &err), &err);
	ck_assert(found);
	ck_assert_int_eq(row.id, id);
	ck_assert_str_eq(row.recipients, "ada@example.org");
	ck_assert_int_eq(row.revision, 0);
}
END_TEST

START_TEST(a_mail_is_claimed_once)
{
	AUTO(place_release) struct place p = place_new();
	int64_t id = add(p.store, "a@x", OUTBOX_APPROVED, "1");

	ck_assert(move(p.store, id, OUTBOX_APPROVED, OUTBOX_SENDING, NULL));
	ck_assert(!move(p.store, id, OUTBOX_APPROVED, OUTBOX_SENDING, NULL));
}
END_TEST

/* All 49 pairs; a row is where it may go to. */
static const char *const may[OUTBOX_STATES] = {
	[OUTBOX_HELD] = "approved rejected",
	[OUTBOX_APPROVED] = "held sending rejected",
	[OUTBOX_SENDING] = "approved sent unknown failed",
	[OUTBOX_SENT] = "",
	[OUTBOX_UNKNOWN] = "approved sent rejected",
	[OUTBOX_REJECTED] = "",
	[OUTBOX_FAILED] = "held rejected",
};

START_TEST(only_these_moves_are_made)
{
	AUTO(strings_release) struct strings to = { 0 };

	strings_split(&to, may[_i]);
	for (int k = 0; k < OUTBOX_STATES; k++)
		ck_assert_msg(
			outbox_may_move((enum outbox_state)_i,
					(enum outbox_state)k) ==
				strings_has(&to, outbox_state_name(
							 (enum outbox_state)k)),
			"%d to %d", _i, k);
}
END_TEST

START_TEST(what_was_being_sent_when_the_sender_ended_is_unknown)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(store_end) struct store_txn txn = { 0 };
	int64_t sending = add(p.store, "a@x", OUTBOX_APPROVED, "1");
	int64_t waiting = add(p.store, "b@x", OUTBOX_APPROVED, "1");
	struct err err = ERR_INIT;
	size_t n;

	move(p.store, sending, OUTBOX_APPROVED, OUTBOX_SENDING, NULL);
	ck_ok(store_begin(&txn, p.store, &err), &err);
	ck_ok(outbox_recover(&n, &txn, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
	ck_assert_uint_eq(n, 1);
	expect_state(p.store, sending, OUTBOX_UNKNOWN);
	expect_state(p.store, waiting, OUTBOX_APPROVED);
}
END_TEST

START_TEST(the_one_that_waited_longest_is_next_and_none_before_its_time)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(outbox_row_release) struct outbox_row row = { 0 };
	AUTO(outbox_row_release) struct outbox_row none = { 0 };
	AUTO(store_end) struct store_txn txn = { 0 };
	const struct outbox_note later = { .who = "send",
					   .why = "451 later",
					   .not_before = 1000,
					   .is_try = true };
	int64_t first = add(p.store, "a@x", OUTBOX_APPROVED, "1");
	struct err err = ERR_INIT;
	bool moved, found;

	add(p.store, "b@x", OUTBOX_HELD, "1");
	move(p.store, first, OUTBOX_APPROVED, OUTBOX_SENDING, NULL);
	ck_ok(store_begin(&txn, p.store, &err), &err);
	ck_ok(outbox_move(&moved, &txn, first, OUTBOX_SENDING, OUTBOX_APPROVED,
			  &later, &err),
	      &err);
	ck_ok(store_commit(&txn, &err), &err);
	ck_ok(outbox_next(&found, &none, p.store, 999, &err), &err);
	ck_assert(!found);
	ck_ok(outbox_next(&found, &row, p.store, 1000, &err), &err);
	ck_assert(found);
	ck_assert_int_eq(row.id, first);
	ck_assert_uint_eq(row.tries, 1);
	ck_assert_str_eq(row.why, "451 later");
}
END_TEST

static int64_t next_at(struct store *st, int64_t now)
{
	AUTO(outbox_row_release) struct outbox_row row = { 0 };
	struct err err = ERR_INIT;
	bool found;

	ck_ok(outbox_next(&found, &row, st, now, &err), &err);
	return row.id; /* 0: there is none */
}

START_TEST(what_is_put_off_is_not_due_and_what_is_being_sent_is_looked_at)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(store_end) struct store_txn txn = { 0 };
	int64_t id = add(p.store, "a@x", OUTBOX_APPROVED, "1");
	int64_t held = add(p.store, "b@x", OUTBOX_HELD, "1");
	struct err err = ERR_INIT;
	bool moved;

	ck_assert_int_eq(next_at(p.store, 0), id);
	ck_ok(store_begin(&txn, p.store, &err), &err);
	ck_ok(outbox_wait(&moved, &txn, id, 1000, &err), &err);
	ck_assert(moved);
	ck_ok(outbox_wait(&moved, &txn, held, 1000, &err), &err);
	ck_assert(!moved);
	ck_ok(store_commit(&txn, &err), &err);
	ck_assert_int_eq(next_at(p.store, 999), 0);
	ck_assert_int_eq(next_at(p.store, 1000), id);
	move(p.store, id, OUTBOX_APPROVED, OUTBOX_SENDING, NULL);
	ck_assert_int_eq(next_at(p.store, 0), id);
	/* no list has it: a person, or nobody, knows */
	move(p.store, id, OUTBOX_SENDING, OUTBOX_UNKNOWN, NULL);
	ck_assert_int_eq(next_at(p.store, 1000), 0);
}
END_TEST

START_TEST(who_moved_it_and_why_is_kept)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(outbox_events_release) struct outbox_events events = { 0 };
	int64_t id = add(p.store, "a@x", OUTBOX_HELD, "1");
	struct err err = ERR_INIT;

	move(p.store, id, OUTBOX_HELD, OUTBOX_APPROVED, NULL);
	move(p.store, id, OUTBOX_APPROVED, OUTBOX_REJECTED, "a false alarm");
	ck_ok(outbox_history(&events, p.store, id, &err), &err);
	ck_assert_uint_eq(events.n, 2);
	ck_assert_int_eq(events.v[0].from, OUTBOX_HELD);
	ck_assert_int_eq(events.v[0].to, OUTBOX_APPROVED);
	ck_assert_ptr_null(events.v[0].why);
	ck_assert_int_eq(events.v[1].to, OUTBOX_REJECTED);
	ck_assert_str_eq(events.v[1].who, "test");
	ck_assert_str_eq(events.v[1].why, "a false alarm");
}
END_TEST

START_TEST(what_may_have_left_counts_for_its_list_and_for_all)
{
	AUTO(place_release) struct place p = place_new();
	int64_t id = add(p.store, "a@x", OUTBOX_APPROVED, "1");
	struct err err = ERR_INIT;
	uint64_t n;

	add(p.store, "b@x", OUTBOX_APPROVED, "1");
	move(p.store, id, OUTBOX_APPROVED, OUTBOX_SENDING, NULL);
	ck_ok(outbox_count_out(&n, p.store, "linux-xfs", 0, &err), &err);
	ck_assert_uint_eq(n, 1);
	ck_ok(outbox_count_out(&n, p.store, "", 0, &err), &err);
	ck_assert_uint_eq(n, 1);
	ck_ok(outbox_count_out(&n, p.store, "linux", 0, &err), &err);
	ck_assert_uint_eq(n, 0);
	ck_ok(outbox_count_out(&n, p.store, "", INT64_MAX, &err), &err);
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(only_a_person_agrees)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(store_end) struct store_txn txn = { 0 };
	const struct outbox_note policy = { .who = "policy" };
	int64_t by_policy = add(p.store, "a@x", OUTBOX_HELD, "1");
	int64_t by_person = add(p.store, "b@x", OUTBOX_HELD, "1");
	struct err err = ERR_INIT;
	bool moved;
	uint64_t n;

	ck_ok(store_begin(&txn, p.store, &err), &err);
	ck_ok(outbox_move(&moved, &txn, by_policy, OUTBOX_HELD, OUTBOX_APPROVED,
			  &policy, &err),
	      &err);
	ck_ok(store_commit(&txn, &err), &err);
	move(p.store, by_person, OUTBOX_HELD, OUTBOX_APPROVED, NULL);
	ck_ok(outbox_count_agreed(&n, p.store, "linux-xfs", &err), &err);
	ck_assert_uint_eq(n, 1);
	ck_ok(outbox_count_agreed(&n, p.store, "linux-btrfs", &err), &err);
	ck_assert_uint_eq(n, 0);
}
END_TEST

/* ---- what is about another mail ---- */

struct letter {
	const char *id;
	const char *kind;
	int64_t revision;
	int64_t about;
	const char *told;
	enum outbox_state state; /* up to SENT, UNKNOWN, REJECTED */
};

/* By the way that it would go. */
static void bring_to(struct store *st, int64_t id, enum outbox_state to)
{
	if (to == OUTBOX_HELD)
		return;
	if (to == OUTBOX_REJECTED) {
		move(st, id, OUTBOX_HELD, OUTBOX_REJECTED, NULL);
		return;
	}
	move(st, id, OUTBOX_HELD, OUTBOX_APPROVED, NULL);
	if (to == OUTBOX_APPROVED)
		return;
	move(st, id, OUTBOX_APPROVED, OUTBOX_SENDING, NULL);
	if (to != OUTBOX_SENDING)
		move(st, id, OUTBOX_SENDING, to, NULL);
}

static int64_t add_letter(struct store *st, const struct letter *l)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	const struct outbox_row row = {
		.message_id = (char *)(uintptr_t)l->id,
		.revision = l->revision,
		.kind = (char *)(uintptr_t)l->kind,
		.lists = (char[]){ "linux-xfs" },
		.verdict = (char[]){ "regression" },
		.print = (char[]){ "p" },
		.recipients = (char[]){ "ada@example.org" },
		.about = l->about,
		.told = (char *)(uintptr_t)l->told,
	};
	struct err err = ERR_INIT;
	int64_t id;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(outbox_add(&id, &txn, &row, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
	bring_to(st, id, l->state);
	return id;
}

/* The versions 1, 2, 3 of one series are revisions 1, 2, 3. */
static void add_versions(struct store *st)
{
	static const char *const keys[] = { "1@x", "2@x", "3@x" };

	for (unsigned i = 0; i < ARRAY_LEN(keys); i++)
		ck_assert_int_eq(queue_add(st,
					   &(struct queue_entry){
						   .key = keys[i],
						   .title = "a series",
						   .version = i + 1,
						   .arrived = 100 + i,
						   .state = REVISIONS_DONE }),
				 i + 1);
}

#define REPORT(rev, how)                                      \
	{                                                     \
		"a@y", "report", (rev), 0, "[]", OUTBOX_##how \
	}

static const struct {
	struct letter v[3]; /* they get the ids 1, 2, 3 */
	int64_t answer;	    /* to what version 2 is held against; 0: nothing */
} answers[] = {
	{ { { NULL } }, 0 },
	{ { REPORT(1, SENT) }, 1 },
	{ { REPORT(1, UNKNOWN) }, 1 },
	{ { REPORT(1, SENDING) }, 1 },
	{ { REPORT(1, HELD) }, 0 },
	{ { REPORT(1, APPROVED) }, 0 },
	{ { REPORT(1, REJECTED) }, 0 },
	{ { REPORT(1, FAILED) }, 0 },
	{ { REPORT(2, SENT) }, 1 }, /* itself */
	{ { REPORT(3, SENT) }, 0 }, /* a newer one */
	/* of before mails said what they tell */
	{ { { "a@y", "report", 1, 0, NULL, OUTBOX_SENT } }, 0 },
	{ { { "a@y", "copy", 1, 0, "[]", OUTBOX_SENT } }, 0 },
	/* the newest version, then the newest mail */
	{ { REPORT(1, SENT), { "b@y", "delta", 2, 1, "[]", OUTBOX_SENT } }, 2 },
	{ { { "b@y", "delta", 2, 0, "[]", OUTBOX_SENT }, REPORT(1, SENT) }, 1 },
	{ { REPORT(1, SENT), { "b@y", "report", 1, 0, "[]", OUTBOX_SENT } },
	  2 },
	/* withdrawn, by a person or by the machine, sent or not */
	{ { REPORT(1, SENT), { "b@y", "correction", 1, 1, "", OUTBOX_HELD } },
	  0 },
	{ { REPORT(1, SENT), { "b@y", "correction", 1, 1, "", OUTBOX_SENT } },
	  0 },
	{ { REPORT(1, SENT),
	    { "b@y", "correction", 1, 1, "", OUTBOX_REJECTED } },
	  1 },
	{ { REPORT(1, SENT), { "b@y", "correction", 1, 1, "[]", OUTBOX_SENT } },
	  2 },
	{ { REPORT(1, SENT), { "b@y", "correction", 1, 1, "[]", OUTBOX_HELD } },
	  0 },
	/* of the delta that is withdrawn, back to what was before */
	{ { REPORT(1, SENT),
	    { "b@y", "delta", 2, 1, "[]", OUTBOX_SENT },
	    { "c@y", "correction", 2, 2, "", OUTBOX_SENT } },
	  1 },
};

START_TEST(an_answer_is_what_its_reader_has)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(outbox_row_release) struct outbox_row row = { 0 };
	AUTO(revisions_row_release) struct revisions_row second = { 0 };
	struct err err = ERR_INIT;
	bool found;

	add_versions(p.store);
	for (size_t i = 0; i < 3 && answers[_i].v[i].id; i++)
		add_letter(p.store, &answers[_i].v[i]);
	second = queue_get(p.store, 2);
	ck_ok(outbox_find_answer(&found, &row, p.store,
				 &(struct outbox_place){
					 .series = second.series,
					 .version = second.version,
					 .version_minor = second.version_minor,
					 .date = second.date },
				 &err),
	      &err);
	ck_assert(found == (answers[_i].answer != 0));
	ck_assert_int_eq(row.id, answers[_i].answer);
}
END_TEST

START_TEST(what_is_withdrawn_breaks_nothing)
{
	AUTO(place_release) struct place p = place_new();
	struct outbox_share share;
	struct err err = ERR_INIT;

	add_versions(p.store);
	add_letter(p.store, &(struct letter)REPORT(1, SENT));
	add_letter(p.store,
		   &(struct letter){ "b@y", "delta", 2, 1, "[]", OUTBOX_SENT });
	ck_ok(outbox_share(&share, p.store, 0, &err), &err);
	free(share.print);
	ck_assert_uint_eq(share.all, 2);
	ck_assert_uint_eq(share.most, 2);
	add_letter(p.store, &(struct letter){ "c@y", "correction", 1, 1, "",
					      OUTBOX_HELD });
	ck_ok(outbox_share(&share, p.store, 0, &err), &err);
	free(share.print);
	ck_assert_uint_eq(share.all, 1);
	ck_assert_uint_eq(share.most, 1);
}
END_TEST

static const struct {
	const char *kind;
	enum outbox_state state, then;
	const char *but;
} drops[] = {
	{ "report", OUTBOX_HELD, OUTBOX_REJECTED, NULL },
	{ "report", OUTBOX_APPROVED, OUTBOX_REJECTED, "other" },
	{ "delta", OUTBOX_HELD, OUTBOX_REJECTED, NULL },
	{ "report", OUTBOX_HELD, OUTBOX_HELD, "p" },
	{ "report", OUTBOX_SENDING, OUTBOX_SENDING, NULL },
	{ "report", OUTBOX_SENT, OUTBOX_SENT, NULL },
	{ "report", OUTBOX_UNKNOWN, OUTBOX_UNKNOWN, NULL },
	{ "correction", OUTBOX_HELD, OUTBOX_HELD, NULL },
	{ "copy", OUTBOX_APPROVED, OUTBOX_APPROVED, NULL },
};

START_TEST(what_nobody_is_to_get_any_more_is_rejected)
{
	static const struct outbox_note note = { .who = "policy", .why = "w" };
	AUTO(place_release) struct place p = place_new();
	AUTO(store_end) struct store_txn txn = { 0 };
	struct err err = ERR_INIT;
	size_t n = 0;

	add_versions(p.store);
	add_letter(p.store, &(struct letter){ "a@y", drops[_i].kind, 1, 0, "[]",
					      drops[_i].state });
	ck_ok(store_begin(&txn, p.store, &err), &err);
	ck_ok(outbox_drop(&n, &txn, 2, NULL, &note, &err), &err);
	ck_assert_uint_eq(n, 0);
	ck_ok(outbox_drop(&n, &txn, 1, drops[_i].but, &note, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
	ck_assert_uint_eq(n, drops[_i].state != drops[_i].then);
	expect_state(p.store, 1, drops[_i].then);
}
END_TEST

START_TEST(what_waits_for_a_date_is_looked_at_again_but_not_after_a_try)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(store_end) struct store_txn txn = { 0 };
	struct err err = ERR_INIT;
	int64_t waits = add(p.store, "a@x", OUTBOX_APPROVED, "1");
	int64_t tried = add(p.store, "b@x", OUTBOX_APPROVED, "1");
	bool moved;
	size_t n;

	move(p.store, tried, OUTBOX_APPROVED, OUTBOX_SENDING, NULL);
	move(p.store, tried, OUTBOX_SENDING, OUTBOX_APPROVED, NULL);
	ck_ok(store_begin(&txn, p.store, &err), &err);
	ck_ok(outbox_wait(&moved, &txn, waits, 1000, &err), &err);
	ck_ok(outbox_wait(&moved, &txn, tried, 2000, &err), &err);
	ck_ok(outbox_look_again(&n, &txn, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
	ck_assert_uint_eq(n, 1);
	ck_ok(outbox_next_due(&waits, p.store, 0, &err), &err);
	ck_assert_int_eq(waits, 2000);
}
END_TEST

TEST_MAIN("outbox", TEST(the_same_report_is_there_once),
	  TEST(a_mail_is_claimed_once), TABLE(only_these_moves_are_made, may),
	  TEST(what_was_being_sent_when_the_sender_ended_is_unknown),
	  TEST(the_one_that_waited_longest_is_next_and_none_before_its_time),
	  TEST(what_is_put_off_is_not_due_and_what_is_being_sent_is_looked_at),
	  TEST(who_moved_it_and_why_is_kept), TEST(only_a_person_agrees),
	  TEST(what_may_have_left_counts_for_its_list_and_for_all),
	  TABLE(an_answer_is_what_its_reader_has, answers),
	  TEST(what_is_withdrawn_breaks_nothing),
	  TABLE(what_nobody_is_to_get_any_more_is_rejected, drops),
	  TEST(what_waits_for_a_date_is_looked_at_again_but_not_after_a_try))
