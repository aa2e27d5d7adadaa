/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * letters.h - mails and revisions for tests of bot/store, in few words
 */
#ifndef TESTS_STORE_LETTERS_H
#define TESTS_STORE_LETTERS_H

#include "bot/store/mails.h"
#include "bot/store/sendings.h"
#include "bot/store/threads.h"
#include "tests/store/place.h"

/* A patch that came in on linux-xfs, its blob named for its id. */
static inline struct mails_head letters_head(const char *id)
{
	return (struct mails_head){
		.message_id = id,
		.list = "linux-xfs",
		.blob = id,
		.rank = 1,
		.date = 1000,
		.arrived = 2000,
		.sender = "a@x",
		.title = "xfs: fix",
		.version = 1,
		.index = 1,
		.total = 3,
		.flags = MAILS_IS_PATCH,
	};
}

/* In a transaction of its own. */
static inline struct mails_put letters_put_head(struct store *st,
						const struct mails_head *head)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	struct mails_put done;
	struct err err = ERR_INIT;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(mails_put(&done, &txn, head, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
	return done;
}

/* @references are between blanks, the parent last. */
static inline struct mails_put letters_put(struct store *st, const char *id,
					   const char *references)
{
	AUTO(strings_release) struct strings list = { 0 };
	struct mails_head head = letters_head(id);

	strings_split(&list, references);
	head.references = &list;
	return letters_put_head(st, &head);
}

static inline int64_t letters_thread(struct store *st, const char *id)
{
	AUTO(mails_row_release) struct mails_row row = { 0 };
	struct err err = ERR_INIT;
	bool found;

	ck_ok(mails_find(&found, &row, st, id, &err), &err);
	ck_assert_msg(found, "no mail '%s'", id);
	return row.thread;
}

static inline enum mails_state letters_state(struct store *st, const char *id)
{
	AUTO(mails_row_release) struct mails_row row = { 0 };
	struct err err = ERR_INIT;
	bool found;

	ck_ok(mails_find(&found, &row, st, id, &err), &err);
	ck_assert_msg(found, "no mail '%s'", id);
	return row.state;
}

static inline void letters_keep(struct store *st, const char *id)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	int64_t thread = letters_thread(st, id);
	struct err err = ERR_INIT;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(threads_keep(&txn, thread, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
}

static inline bool letters_move(struct store *st, const char *id,
				enum mails_state from, enum mails_state to)
{
	AUTO(mails_row_release) struct mails_row row = { 0 };
	AUTO(store_end) struct store_txn txn = { 0 };
	struct err err = ERR_INIT;
	bool found;
	bool moved;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(mails_find(&found, &row, st, id, &err), &err);
	ck_ok(mails_move(&moved, &txn, row.id, from, to, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
	return moved;
}

/* A kept mail all the way into the archive. */
static inline void letters_index(struct store *st, const char *id)
{
	ck_assert(letters_move(st, id, MAILS_WANTED, MAILS_WRITTEN));
	ck_assert(letters_move(st, id, MAILS_WRITTEN, MAILS_INDEXED));
}

/* A whole revision of one mail. */
static inline struct sending letters_sending(const char *key, unsigned version)
{
	static const struct strings none = { 0 };

	return (struct sending){
		.key = key,
		.mails = &none,
		.author = "a@x",
		.title = "xfs: fix",
		.list = "linux-xfs",
		.version = version,
		.total = 1,
		.found = 1,
		.date = 1000 + version,
		.arrived = 2000 + version,
		.state = REVISIONS_READY,
		.facts = "{}",
		.print = "p",
	};
}

/* All that is in @thread, in a transaction of its own. */
static inline struct sendings_put letters_send(struct store *st, int64_t thread,
					       const struct sending *v,
					       size_t n)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	struct sendings_put done;
	struct err err = ERR_INIT;

	ck_ok(store_begin(&txn, st, &err), &err);
	ck_ok(sendings_put(&done, &txn, thread, v, n, &err), &err);
	ck_ok(store_commit(&txn, &err), &err);
	return done;
}

static inline struct revisions_row letters_revision(struct store *st,
						    const char *key)
{
	struct revisions_row row;
	struct err err = ERR_INIT;
	bool found;

	ck_ok(revisions_find_key(&found, &row, st, key, &err), &err);
	ck_assert_msg(found, "no revision '%s'", key);
	return row;
}

static inline enum revisions_state letters_stands(struct store *st,
						  const char *key)
{
	AUTO(revisions_row_release)
	struct revisions_row row = letters_revision(st, key);

	return row.state;
}

#endif
