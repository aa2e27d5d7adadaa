/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answers.h - mails that answer ours, what they order, what is remembered of it
 *
 * A mail that refers to one of the outbox is noted when it comes in, by
 * bot/stages/take.c, in the transaction that its row is of. It is read once:
 * what it orders, what came of each order and that it was read are one
 * transaction, so nothing is obeyed twice. Wishes are what is remembered, of a
 * whole series: they hold for its later revisions. Writes are steps of a
 * transaction: see store.h, for errors too.
 */
#ifndef STORE_ANSWERS_H
#define STORE_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "bot/store/store.h"

#define ANSWERS_MAX_TRIES 7 /* waits of 1, 2, 4 ... 64 minutes, then refused */

struct answers_row {
	char *message_id;
	int64_t mail; /* of the outbox, that it answers: the nearest one */
	int64_t came;
	bool is_read;
	unsigned tries; /* to look up a key */
	int64_t not_before;
	char *writer; /* an address; NULL before it was read */
	char *why;    /* nothing in it was obeyed; or NULL */
};

void answers_row_release(struct answers_row *row);
DEFINE_AUTO_VALUE(struct answers_row, answers_row_release)

struct answers_list {
	struct answers_row *v;
	size_t n;
};

void answers_list_release(struct answers_list *list);
DEFINE_AUTO_VALUE(struct answers_list, answers_list_release)

/*
 * A mail came in, whose ancestors are these, the parent last. *noted is true
 * when one of them is in the outbox, and the mail itself is not.
 */
int answers_note(bool *noted, const struct store_txn *txn,
		 const char *message_id, const struct strings *ancestors,
		 struct err *err) MUST_CHECK;
/* One to be read now, whose file the archive has; *found is false: none. */
int answers_next(bool *found, struct answers_row *out, struct store *st,
		 int64_t now, struct err *err) MUST_CHECK;
/* When the next one after @now is due; 0: none is. */
int answers_next_due(int64_t *out, struct store *st, int64_t now,
		     struct err *err) MUST_CHECK;
/*
 * It was read. *moved is false when somebody else was faster: drop the
 * transaction. @writer and @why may be NULL.
 */
int answers_end(bool *moved, const struct store_txn *txn,
		const char *message_id, const char *writer, const char *why,
		struct err *err) MUST_CHECK;
/* A try failed: not before @until again. *moved as in answers_end. */
int answers_wait(bool *moved, const struct store_txn *txn,
		 const char *message_id, int64_t until, struct err *err)
	MUST_CHECK;
/*
 * A mail that has these seals (mail/dkim.h) was not read before, under another
 * id. They are kept. *fresh is false: it was; drop the transaction.
 */
int answers_seal(bool *fresh, const struct store_txn *txn,
		 const char *message_id, const struct strings *seals,
		 struct err *err) MUST_CHECK;
/* Those that were read, newest first, at most @max. */
int answers_all(struct answers_list *out, struct store *st, size_t max,
		struct err *err) MUST_CHECK;

/* An order that was given, and what came of it. */
struct answers_order {
	int64_t n;
	char *message_id; /* of the mail that gives it */
	int64_t series;	  /* 0: of none */
	char *writer;
	char *verb;
	char *words;
	bool is_obeyed;
	char *outcome; /* one sentence */
	int64_t at;
};

struct answers_orders {
	struct answers_order *v;
	size_t n;
};

void answers_orders_release(struct answers_orders *list);
DEFINE_AUTO_VALUE(struct answers_orders, answers_orders_release)

/* n and at of @order are not read. */
int answers_add_order(const struct store_txn *txn,
		      const struct answers_order *order, struct err *err)
	MUST_CHECK;
/* Newest first, at most @max; of one series unless it is 0. */
int answers_get_orders(struct answers_orders *out, struct store *st,
		       int64_t series, size_t max, struct err *err) MUST_CHECK;

/* What somebody who may wants of a series. */
struct answers_wish {
	int64_t series;
	char *kind;  /* "stop", "unrelated", "known", "base" */
	char *about; /* print of a finding; key of a revision; "": neither */
	char *words; /* the reason; the page; the tree or commit */
	char *writer;
	int64_t at;
};

struct answers_wishes {
	struct answers_wish *v;
	size_t n;
};

void answers_wishes_release(struct answers_wishes *list);
DEFINE_AUTO_VALUE(struct answers_wishes, answers_wishes_release)

/* In place of one of that kind about the same; at is not read. */
int answers_put_wish(const struct store_txn *txn,
		     const struct answers_wish *wish, struct err *err)
	MUST_CHECK;
/* No error when there is none. */
int answers_drop_wish(const struct store_txn *txn, int64_t series,
		      const char *kind, const char *about, struct err *err)
	MUST_CHECK;
/* Of a series, oldest first. */
int answers_get_wishes(struct answers_wishes *out, struct store *st,
		       int64_t series, struct err *err) MUST_CHECK;
/* The one of that kind, or NULL; @about NULL: whatever it is about. */
const struct answers_wish *answers_find_wish(const struct answers_wishes *list,
					     const char *kind,
					     const char *about);

#endif
