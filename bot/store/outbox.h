/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outbox.h - mails of ours, from a draft to what became of it
 *
 *	HELD -> APPROVED -> SENDING -> SENT
 *	HELD, APPROVED, FAILED, UNKNOWN -> REJECTED	by a person; by the
 *			policy when the series has moved on
 *	APPROVED -> HELD		it was edited, or all sending stopped
 *	SENDING -> APPROVED		certainly not sent: later
 *	SENDING -> FAILED		refused for good; a person may HOLD it
 *	SENDING -> UNKNOWN -> SENT	it was found on the list
 *	UNKNOWN -> APPROVED		a person says: again
 *
 * SENDING is committed before the first byte goes to the server; so whoever
 * finds one that nobody is sending (outbox_recover) knows nothing of it, and a
 * mail is sent at most once. The Message-ID is made from what is reported and
 * is unique: the same is never told twice. Every move is kept with who made it
 * and why. Writes are steps of a transaction: see store.h, for errors too.
 */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "bot/store/store.h"

/* The numbers are in databases: never change one. */
enum outbox_state {
	OUTBOX_HELD = 0,     /* waits for a person, or for the policy */
	OUTBOX_APPROVED = 1, /* to be sent, not before not_before */
	OUTBOX_SENDING = 2,  /* the server may have it */
	OUTBOX_SENT = 3,
	OUTBOX_UNKNOWN = 4, /* nobody knows whether the server took it */
	OUTBOX_REJECTED = 5,
	OUTBOX_FAILED = 6, /* the server will never take it */
};
#define OUTBOX_STATES 7

struct outbox_row {
	int64_t id;
	char *message_id; /* of this mail, without <> */
	int64_t revision; /* 0: not about one */
	char *kind;	  /* "report"; "delta" of a later version; "correction";
		       "answer"; "copy" of a moderator */
	char *lists; /* whose policies it goes by: "linux-fsdevel,linux-xfs" */
	char *verdict; /* that it tells; "" for none */
	char *print;   /* hash of its findings, for the circuit breaker */
	enum outbox_state state;
	int64_t not_before; /* seconds since the epoch */
	unsigned tries;	    /* that were certainly not sent */
	char *recipients;   /* addresses of the envelope, a line each */
	char *why;	    /* of the last move; NULL when it needs none */
	int64_t created;
	int64_t changed;
	int64_t about; /* the mail that it corrects or goes on from; or 0 */
	char *told;    /* what it tells, as JSON: rules/told.h; "": not known */
};

void outbox_row_release(struct outbox_row *row);
DEFINE_AUTO_VALUE(struct outbox_row, outbox_row_release)

/* It tells findings: a report, or what has changed since one. */
bool outbox_is_report(const struct outbox_row *row);
/* The field recipients, as a list. */
void outbox_read_recipients(struct strings *out, const struct outbox_row *row);
/* That field, of addresses; @cc may be NULL. The caller frees it. */
char *outbox_make_recipients(const struct strings *to,
			     const struct strings *cc);

struct outbox_list {
	struct outbox_row *v;
	size_t n;
};

void outbox_list_release(struct outbox_list *list);
DEFINE_AUTO_VALUE(struct outbox_list, outbox_list_release)

/*
 * A new mail in HELD or APPROVED; id, tries, created and changed of @row are
 * not read. *id is 0 when its Message-ID is there already.
 */
int outbox_add(int64_t *id, const struct store_txn *txn,
	       const struct outbox_row *row, struct err *err) MUST_CHECK;

/* Who moves a mail, and what else becomes of it. Borrowed. */
struct outbox_note {
	const char *who;    /* "policy", "send"; a person is anyone else */
	const char *why;    /* or NULL */
	int64_t not_before; /* of APPROVED */
	bool is_try;	    /* counts as one that was not sent */
};

bool outbox_may_move(enum outbox_state from, enum outbox_state to);
/* *moved is false when it was not in @from any more. */
int outbox_move(bool *moved, const struct store_txn *txn, int64_t id,
		enum outbox_state from, enum outbox_state to,
		const struct outbox_note *note, struct err *err) MUST_CHECK;
/*
 * An approved mail is not to be sent before @until. *moved as in outbox_move.
 */
int outbox_wait(bool *moved, const struct store_txn *txn, int64_t id,
		int64_t until, struct err *err) MUST_CHECK;
/*
 * The rules may be others than they were: whatever waits, and was never tried,
 * is due. *n is how many.
 */
int outbox_look_again(size_t *n, const struct store_txn *txn, struct err *err)
	MUST_CHECK;
/* A held mail was edited: other recipients. *moved as in outbox_move. */
int outbox_set_recipients(bool *moved, const struct store_txn *txn, int64_t id,
			  const char *recipients, struct err *err) MUST_CHECK;
/*
 * What waits of reports of @revision, which nobody is to get any more, is
 * REJECTED; not what has the print @but, which may be NULL. *n counts up.
 */
int outbox_drop(size_t *n, const struct store_txn *txn, int64_t revision,
		const char *but, const struct outbox_note *note,
		struct err *err) MUST_CHECK;
/* All in SENDING become UNKNOWN; only for who holds the sender's lock. */
int outbox_recover(size_t *n, const struct store_txn *txn, struct err *err)
	MUST_CHECK;

/* *found is false when there is none; *out is zeroed then. */
int outbox_find(bool *found, struct outbox_row *out, struct store *st,
		int64_t id, struct err *err) MUST_CHECK;
int outbox_find_message(bool *found, struct outbox_row *out, struct store *st,
			const char *message_id, struct err *err) MUST_CHECK;
/* Newest first; of one revision unless it is 0. */
int outbox_all(struct outbox_list *out, struct store *st, int64_t revision,
	       struct err *err) MUST_CHECK;
/* In one state, oldest first. */
int outbox_in(struct outbox_list *out, struct store *st,
	      enum outbox_state state, struct err *err) MUST_CHECK;
/*
 * A correction of that mail which nobody has rejected: then the mail is
 * withdrawn, whether the correction left or not.
 */
int outbox_find_correction(bool *found, struct outbox_row *out,
			   struct store *st, int64_t id, struct err *err)
	MUST_CHECK;

/* A revision, and where it stands in its series. */
struct outbox_place {
	int64_t series;
	unsigned version;
	unsigned version_minor;
	int64_t date;
};
/*
 * The newest mail that its reader has, or may have, of this version of the
 * series or an older one, and that is not withdrawn.
 */
int outbox_find_answer(bool *found, struct outbox_row *out, struct store *st,
		       const struct outbox_place *place, struct err *err)
	MUST_CHECK;
/*
 * A mail that the sender has something to do with: one that is approved and
 * due, the one that waited longest first; one that is being sent, perhaps by
 * nobody any more; one that is unknown though a list has it. *found is false:
 * there is none.
 */
int outbox_next(bool *found, struct outbox_row *out, struct store *st,
		int64_t now, struct err *err) MUST_CHECK;

/* When the next approved one after @now is due; 0: none is. */
int outbox_next_due(int64_t *out, struct store *st, int64_t now,
		    struct err *err) MUST_CHECK;

/* What left, or may have left, since @since, for @list; "" is all lists. */
int outbox_count_out(uint64_t *out, struct store *st, const char *list,
		     int64_t since, struct err *err) MUST_CHECK;
/* How many reports for @list a person has agreed to. */
int outbox_count_agreed(uint64_t *out, struct store *st, const char *list,
			struct err *err) MUST_CHECK;
/*
 * Reports made since @since that are not withdrawn: how many, and how many of
 * the print that most of them have, each revision counted once.
 */
struct outbox_share {
	uint64_t all;
	uint64_t most;
	char *print; /* of those; NULL when all is 0 */
};
int outbox_share(struct outbox_share *out, struct store *st, int64_t since,
		 struct err *err) MUST_CHECK;

/* A move that was made. */
struct outbox_event {
	int64_t at;
	enum outbox_state from, to;
	char *who;
	char *why; /* or NULL */
};

struct outbox_events {
	struct outbox_event *v;
	size_t n;
};

void outbox_events_release(struct outbox_events *list);
DEFINE_AUTO_VALUE(struct outbox_events, outbox_events_release)

/* Of one mail, oldest first. */
int outbox_history(struct outbox_events *out, struct store *st, int64_t id,
		   struct err *err) MUST_CHECK;

/* "held", "approved", ... Never NULL. */
const char *outbox_state_name(enum outbox_state state);

#endif
