/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/queue.h"

#include "bot/store/mails.h"
#include "bot/store/sendings.h"
#include "bot/store/threads.h"
#include "tests/support/support.h"

static int64_t put_mail(const struct store_txn *txn, const char *message_id,
			const char *title, int64_t arrived)
{
	const struct mails_head head = { .message_id = message_id,
					 .list = "a-list",
					 .blob = message_id,
					 .date = arrived,
					 .arrived = arrived,
					 .sender = "a@b.c",
					 .title = title,
					 .version = 1,
					 .index = 1,
					 .total = 1,
					 .flags = MAILS_IS_PATCH };
	struct err err = ERR_INIT;
	struct mails_put put;

	ck_ok(mails_put(&put, txn, &head, &err), &err);
	ck_ok(threads_keep(txn, put.thread, &err), &err);
	return put.thread;
}

static void put_sending(const struct store_txn *txn, int64_t thread,
			const struct queue_entry *e)
{
	char *mails[] = { (char *)(uintptr_t)e->key };
	const struct strings ids = { mails, 1 };
	const struct sending sending = {
		.key = e->key,
		.mails = &ids,
		.author = "a@b.c",
		.title = e->title,
		.first_title = e->title,
		.list = "a-list",
		.version = e->version,
		.total = 1,
		.found = 1,
		.date = e->arrived,
		.arrived = e->arrived,
		.state = e->state == REVISIONS_WAITING ? REVISIONS_WAITING
						       : REVISIONS_READY,
		.until = e->until,
		.facts = "{}",
		.print = e->key,
	};
	struct sendings_put put;
	struct err err = ERR_INIT;

	ck_ok(sendings_put(&put, txn, thread, &sending, 1, &err), &err);
}

int64_t queue_add(struct store *st, const struct queue_entry *e)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	struct err err = ERR_INIT;
	bool found;

	ck_ok(store_begin(&txn, st, &err), &err);
	put_sending(&txn, put_mail(&txn, e->key, e->title, e->arrived), e);
	ck_ok(store_commit(&txn, &err), &err);
	ck_ok(revisions_find_key(&found, &row, st, e->key, &err), &err);
	ck_assert(found);
	for (enum revisions_state to = REVISIONS_READY + 1;
	     e->state > REVISIONS_READY && to <= e->state; to++)
		queue_move(st, row.id, to);
	return row.id;
}

void queue_add_thread(struct store *st, const char *message_id)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	struct err err = ERR_INIT;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(threads_touch(&txn, put_mail(&txn, message_id, "x", 1), 1, &err),
	      &err);
	ck_ok(store_commit(&txn, &err), &err);
}

struct revisions_row queue_get(struct store *st, int64_t id)
{
	struct revisions_row row;
	struct err err = ERR_INIT;
	bool found;

	ck_ok(revisions_find(&found, &row, st, id, &err), &err);
	ck_assert(found);
	return row;
}

void queue_move(struct store *st, int64_t id, enum revisions_state to)
{
	AUTO(revisions_row_release)
	struct revisions_row row = queue_get(st, id);
	AUTO(store_end) struct store_txn txn = { 0 };
	const struct revisions_result result = { .placed = "{}",
						 .verdict = "same" };
	struct err err = ERR_INIT;
	bool moved;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(revisions_move(&moved, &txn, &row, to, &result, &err), &err);
	ck_assert(moved);
	ck_ok(store_commit(&txn, &err), &err);
}
