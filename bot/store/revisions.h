/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * revisions.h - what was sent, where it stands and why
 *
 * Rows are made by sendings_put (sendings.h); what bases were tried for one is
 * in attempts.h, its reply in outbox.h.
 *
 *	WAITING -> INCOMPLETE		a hole in it; later mails revive it
 *	READY -> PLACED -> JUDGED -> DONE	the review
 *	PARKED, ASIDE, SUPERSEDED	nothing more will be done
 *
 * Nothing says RUNNING: what a worker had when it died is still where it was.
 * A worker reads the row, works, and commits result and next state at once;
 * when anybody wrote the row meanwhile (more mails came, a newer revision), it
 * does not move and the result is dropped. Writes are steps of a transaction:
 * see store.h, for errors too.
 *
 * Calling sequence of a worker:
 *	revisions_find(&found, &row, st, id, err)
 *	... the work ...
 *	AUTO(store_end) struct store_txn txn = { 0 };
 *	if (store_begin(&txn, st, err) < 0 ||
 *	    revisions_move(&moved, &txn, &row, REVISIONS_PLACED, &result,
 *			   err) < 0)
 *		return -1;
 *	if (!moved)
 *		return 0;
 *	if (attempts_put(&txn, row.id, v, n, err) < 0)
 *		return -1;
 *	return store_commit(&txn, err);
 */
#ifndef STORE_REVISIONS_H
#define STORE_REVISIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "bot/store/store.h"

#define REVISIONS_MAX_TRIES 7 /* waits of 1, 2, 4 ... 64 minutes, then parked */

/* The numbers are in databases: never change one. */
enum revisions_state {
	REVISIONS_WAITING = 0,	  /* for missing mails, until then */
	REVISIONS_INCOMPLETE = 1, /* they did not come */
	REVISIONS_READY = 2,	  /* whole: find its base */
	REVISIONS_PLACED = 3,	  /* applies: build and collide */
	REVISIONS_JUDGED = 4,	  /* has a verdict: draft the reply */
	REVISIONS_DONE = 5,
	REVISIONS_PARKED = 6,	  /* an error; the reason says which */
	REVISIONS_SUPERSEDED = 7, /* by a newer one of its series */
	REVISIONS_ASIDE = 8,	  /* not for us; the reason says why */
};
#define REVISIONS_STATES 9

struct revisions_row {
	int64_t id;
	int64_t series;
	char *key; /* Message-ID of the cover, else of the first patch */
	int64_t thread;
	char *list;
	unsigned version;
	unsigned version_minor;
	unsigned total;
	unsigned found;
	char *title;	 /* hostile bytes */
	char *author;	 /* address; hostile bytes */
	int64_t date;	 /* the sender's */
	int64_t arrived; /* its newest mail, by our clock */
	enum revisions_state state;
	unsigned tries;	 /* that failed in this state */
	int64_t turn;	 /* counts the writes of this row */
	char *reason;	 /* of the state; NULL when it needs none */
	int64_t until;	 /* nothing to do before; 0: now */
	char *facts;	 /* JSON of assemble; NULL in lists of rows */
	char *print;	 /* hash of its mails */
	char *placed;	 /* JSON of place, or NULL; NULL in lists of rows */
	char *verdict;	 /* or NULL */
	int64_t changed; /* when the row was last written */
};

void revisions_row_release(struct revisions_row *row);
DEFINE_AUTO_VALUE(struct revisions_row, revisions_row_release)

struct revisions_list {
	struct revisions_row *v;
	size_t n;
};

void revisions_list_release(struct revisions_list *list);
DEFINE_AUTO_VALUE(struct revisions_list, revisions_list_release)

/* *found is false when there is none; *out is zeroed then. */
int revisions_find(bool *found, struct revisions_row *out, struct store *st,
		   int64_t id, struct err *err) MUST_CHECK;
int revisions_find_key(bool *found, struct revisions_row *out, struct store *st,
		       const char *key, struct err *err) MUST_CHECK;
/* Whether a newer one of its series was posted, whole or not. */
int revisions_is_old(bool *out, struct store *st,
		     const struct revisions_row *row, struct err *err)
	MUST_CHECK;
/* What can be done in @state now, newest arrival first, at most @max. */
int revisions_due(struct revisions_list *out, struct store *st,
		  enum revisions_state state, int64_t now, size_t max,
		  struct err *err) MUST_CHECK;
/* When the next one after @now will be due, in WAITING to JUDGED; 0: none. */
int revisions_next_due(int64_t *out, struct store *st, int64_t now,
		       struct err *err) MUST_CHECK;

/* What rows to list; a zeroed field says nothing. */
struct revisions_which {
	const char *list;
	int64_t thread;
	int64_t series;
	const char *words;     /* a piece of the title, ASCII case ignored */
	const char *author;    /* the whole address */
	const char *change_id; /* of the series */
	bool in_state;
	enum revisions_state state;
};

/* Newest arrival first, at most @max. */
int revisions_all(struct revisions_list *out, struct store *st,
		  const struct revisions_which *which, size_t max,
		  struct err *err) MUST_CHECK;
int revisions_count(uint64_t out[static REVISIONS_STATES], struct store *st,
		    struct err *err) MUST_CHECK;

bool revisions_may_move(enum revisions_state from, enum revisions_state to);

/* What a step makes of a revision; NULL leaves what is there. All borrowed. */
struct revisions_result {
	const char *placed;
	const char *verdict;
	const char *reason; /* replaces what is there, even when it is NULL */
};

/*
 * From the state in which @seen was read to @to; tries and until are 0 then.
 * *moved is false when the row was written since, or is gone: drop the
 * transaction.
 */
int revisions_move(bool *moved, const struct store_txn *txn,
		   const struct revisions_row *seen, enum revisions_state to,
		   const struct revisions_result *result, struct err *err)
	MUST_CHECK;
/*
 * A try failed that may go well later: wait, and after REVISIONS_MAX_TRIES
 * park. *moved as in revisions_move.
 */
int revisions_retry(bool *moved, const struct store_txn *txn,
		    const struct revisions_row *seen, int64_t now,
		    const char *reason, struct err *err) MUST_CHECK;

/* "waiting", "incomplete", ... Never NULL. */
const char *revisions_state_name(enum revisions_state state);

#endif
