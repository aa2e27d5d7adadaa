/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/store/answers.h"

#include "bot/store/outbox.h"
#include "tests/store/letters.h"

/* One transaction of a test. */
static void begin(struct store_txn *txn, const struct place *p)
{
	struct err err = ERR_INIT;

	ck_ok(store_begin(txn, p->store, &err), &err);
}

static void end(struct store_txn *txn)
{
	struct err err = ERR_INIT;

	ck_ok(store_commit(txn, &err), &err);
}

/* Mails of ours, "1@y" and "2@y". */
static void send_two(const struct place *p)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	struct outbox_row row = { .kind = (char[]){ "report" },
				  .lists = (char[]){ "linux-xfs" },
				  .verdict = (char[]){ "" },
				  .print = (char[]){ "" },
				  .state = OUTBOX_APPROVED,
				  .recipients = (char[]){ "" } };
	struct err err = ERR_INIT;
	int64_t id;

	begin(&txn, p);
	row.message_id = (char[]){ "1@y" };
	ck_ok(outbox_add(&id, &txn, &row, &err), &err);
	row.message_id = (char[]){ "2@y" };
	ck_ok(outbox_add(&id, &txn, &row, &err), &err);
	end(&txn);
}

/* The mail comes in, and its file, when @has_file. */
static bool come(const struct place *p, const char *id, const char *ancestors,
		 bool has_file)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	AUTO(strings_release) struct strings list = { 0 };
	struct mails_head head = letters_head(id);
	struct mails_put put;
	struct err err = ERR_INIT;
	bool noted, moved;

	strings_split(&list, ancestors);
	head.references = &list;
	begin(&txn, p);
	ck_ok(mails_put(&put, &txn, &head, &err), &err);
	ck_ok(answers_note(&noted, &txn, id, &list, &err), &err);
	ck_ok(threads_keep(&txn, put.thread, &err), &err);
	if (has_file)
		ck_ok(mails_move(&moved, &txn, put.id, MAILS_WANTED,
				 MAILS_WRITTEN, &err),
		      &err);
	end(&txn);
	return noted;
}

/* The id of what is to be read now, and what it answers; "" for nothing. */
static void expect_next(const struct place *p, int64_t now, const char *id,
			int64_t mail)
{
	AUTO(answers_row_release) struct answers_row row = { 0 };
	struct err err = ERR_INIT;
	bool found;

	ck_ok(answers_next(&found, &row, p->store, now, &err), &err);
	ck_assert_str_eq(found ? row.message_id : "", id);
	if (found)
		ck_assert_int_eq(row.mail, mail);
}

static const struct {
	const char *id, *ancestors;
	int64_t mail; /* that it answers; 0: none */
} mails[] = {
	{ "r@x", "1@y", 1 },
	{ "r@x", "a@x 1@y b@x", 1 },
	{ "r@x", "1@y 2@y", 2 },
	{ "r@x", "2@y 1@y c@x", 1 },
	{ "r@x", "a@x", 0 },
	{ "r@x", "", 0 },
	/* ours that the list has */
	{ "2@y", "1@y", 0 },
};

START_TEST(a_mail_answers_the_nearest_of_ours_that_it_refers_to)
{
	AUTO(place_release) struct place p = place_new();

	send_two(&p);
	ck_assert(come(&p, mails[_i].id, mails[_i].ancestors, true) ==
		  (mails[_i].mail != 0));
	expect_next(&p, 0, mails[_i].mail ? mails[_i].id : "", mails[_i].mail);
}
END_TEST

START_TEST(it_is_read_once_and_when_its_file_is_there)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(store_end) struct store_txn txn = { 0 };
	struct err err = ERR_INIT;
	bool moved;

	send_two(&p);
	ck_assert(come(&p, "r@x", "1@y", false));
	expect_next(&p, 0, "", 0);
	ck_assert(come(&p, "s@x", "2@y", true));
	ck_assert(come(&p, "s@x", "1@y", false)); /* again: nothing new */
	expect_next(&p, 0, "s@x", 2);
	begin(&txn, &p);
	ck_ok(answers_end(&moved, &txn, "s@x", "ada@x.org", "why", &err), &err);
	ck_assert(moved);
	ck_ok(answers_end(&moved, &txn, "s@x", "eve@x.org", NULL, &err), &err);
	ck_assert(!moved);
	end(&txn);
	expect_next(&p, 0, "", 0);
}
END_TEST

START_TEST(what_has_to_wait_is_due_then)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(store_end) struct store_txn txn = { 0 };
	struct err err = ERR_INIT;
	int64_t due;
	bool moved;

	send_two(&p);
	come(&p, "r@x", "1@y", true);
	begin(&txn, &p);
	ck_ok(answers_wait(&moved, &txn, "r@x", 500, &err), &err);
	end(&txn);
	ck_assert(moved);
	expect_next(&p, 499, "", 0);
	expect_next(&p, 500, "r@x", 1);
	ck_ok(answers_next_due(&due, p.store, 499, &err), &err);
	ck_assert_int_eq(due, 500);
	ck_ok(answers_next_due(&due, p.store, 500, &err), &err);
	ck_assert_int_eq(due, 0);
}
END_TEST

START_TEST(a_seal_is_of_one_mail)
{
	AUTO(place_release) struct place p = place_new();
	AUTO(store_end) struct store_txn txn = { 0 };
	const struct strings one = { .v = (char *[]){ (char[]){ "a" } },
				     .n = 1 };
	const struct strings both = {
		.v = (char *[]){ (char[]){ "b" }, (char[]){ "a" } }, .n = 2
	};
	struct err err = ERR_INIT;
	bool fresh;

	send_two(&p);
	come(&p, "r@x", "1@y", true);
	come(&p, "s@x", "1@y", true);
	begin(&txn, &p);
	ck_ok(answers_seal(&fresh, &txn, "r@x", &one, &err), &err);
	ck_assert(fresh);
	ck_ok(answers_seal(&fresh, &txn, "s@x", &both, &err), &err);
	ck_assert(!fresh);
}
END_TEST

TEST_MAIN("answers",
	  TABLE(a_mail_answers_the_nearest_of_ours_that_it_refers_to, mails),
	  TEST(it_is_read_once_and_when_its_file_is_there),
	  TEST(what_has_to_wait_is_due_then), TEST(a_seal_is_of_one_mail))
