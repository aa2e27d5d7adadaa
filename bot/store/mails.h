/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mails.h - one row a Message-ID, in scope or not
 *
 * A mail moves OUT -> WANTED -> WRITTEN -> INDEXED, and when its list takes it
 * back -> DELETED -> GONE. It is here even when it is out of scope: a late
 * patch pulls in its cover and what was said before. Its bytes are a blob of
 * the mirror, and a file of the archive whose name is made of the Message-ID.
 * Writes are steps of a transaction: see store.h, for errors too. They keep
 * their statements, so a batch of 500 mails in one transaction is cheap.
 *
 * Calling sequence of a batch (bot/stages/follow.c):
 *	store_begin
 *	  each mail:  mails_put; in scope: threads_keep
 *	  each taken back: mails_delete, mails_delete_id
 *	  each unreadable: lists_add_reject
 *	  lists_move_seen, unless the files below are to be there before it
 *	store_commit
 *	mails_in_state(WANTED): read the blobs, write the files
 *	store_begin; mails_move(WANTED, WRITTEN); store_commit
 *	mails_in_state(WRITTEN), (DELETED): index them, remove them
 *	store_begin; mails_move(WRITTEN, INDEXED), (DELETED, GONE); store_commit
 */
#ifndef STORE_MAILS_H
#define STORE_MAILS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "bot/store/store.h"

#define MAILS_MAX_ID 998	/* bytes of a Message-ID: RFC 5322, 2.1.1 */
#define MAILS_MAX_REFERENCES 32 /* the first and the last are what matters */

/* The numbers are in databases: never change one. */
enum mails_state {
	MAILS_OUT = 0,	   /* out of scope: this row is all there is */
	MAILS_WANTED = 1,  /* in scope; its file is to be written (anew) */
	MAILS_WRITTEN = 2, /* its file is to be indexed */
	MAILS_INDEXED = 3, /* the archive has it: assemble may read it */
	MAILS_DELETED = 4, /* its list took it back: remove the file, if any */
	MAILS_GONE = 5,	   /* taken back; the archive has nothing of it */
};
#define MAILS_STATES 6

enum mails_flag { /* likewise */
		  MAILS_IS_PATCH = 1 << 0,
		  MAILS_IS_REPLY = 1 << 1,
		  MAILS_IS_COVER = 1 << 2,
		  MAILS_HAS_POSITION = 1 << 3,
		  MAILS_HAS_VERSION = 1 << 4,
		  MAILS_HAS_DIFF = 1 << 5,
		  MAILS_TOUCHES = 1 << 6, /* a watched path */
};

/* What a mail says; all borrowed. */
struct mails_head {
	const char *message_id;
	/*
	 * of its ancestors, the parent last; its own is left out; may be NULL
	 */
	const struct strings *references;
	const char *list;
	unsigned epoch;
	const char *blob;
	unsigned rank;	 /* of this copy: the least is the cleanest */
	int64_t date;	 /* the sender's; seconds since the epoch */
	int64_t arrived; /* when we got it */
	const char *sender;
	const char *title; /* hostile bytes */
	unsigned version;
	unsigned index;
	unsigned total;
	unsigned flags; /* of enum mails_flag */
};

struct mails_row {
	int64_t id;
	char *message_id;
	int64_t thread;
	char *list; /* whose copy it is */
	unsigned epoch;
	char *blob;
	unsigned rank;
	int64_t date;
	int64_t arrived;
	char *sender;
	char *title;
	unsigned version;
	unsigned index;
	unsigned total;
	unsigned flags;
	enum mails_state state;
};

void mails_row_release(struct mails_row *row);
DEFINE_AUTO_VALUE(struct mails_row, mails_row_release)

struct mails_list {
	struct mails_row *v;
	size_t n;
};

void mails_list_release(struct mails_list *list);
DEFINE_AUTO_VALUE(struct mails_list, mails_list_release)

enum mails_outcome {
	MAILS_NEW,
	MAILS_SAME,   /* this very copy was here */
	MAILS_COPY,   /* another copy stands for it; this one is remembered */
	MAILS_BETTER, /* this copy stands for it from now on */
	MAILS_BACK,   /* it had been taken back, and this copy is new */
};

struct mails_put {
	enum mails_outcome outcome;
	int64_t id;
	int64_t thread;
	bool kept;		/* the thread is */
	enum mails_state state; /* WANTED: its bytes are to be written */
};

/*
 * A mail came in. It goes to the thread of the nearest mail that it refers to,
 * else to one that others made by referring to it or to what it refers to, else
 * to a new one; threads of mails that waited for it are joined to its own.
 *
 * The first copy of an id on a list stands for it (nobody can replace a mail by
 * using its id again) until a cleaner list has one. -1 also: ERR_LIMIT.
 */
int mails_put(struct mails_put *out, const struct store_txn *txn,
	      const struct mails_head *head, struct err *err) MUST_CHECK;
/*
 * The list took back what is in @blob. When another copy is there, that one
 * stands for the mail from now on, and is WANTED when the mail was in scope.
 * *found is false when no mail of the list has that blob.
 */
int mails_delete(bool *found, const struct store_txn *txn, const char *list,
		 const char *blob, struct err *err) MUST_CHECK;
/* As mails_delete, of whatever copies of the mail the list has. */
int mails_delete_id(bool *found, const struct store_txn *txn, const char *list,
		    const char *message_id, struct err *err) MUST_CHECK;

/* Adds the lists that have a copy of it, each once, by name. */
int mails_lists(struct strings *out, struct store *st, const char *message_id,
		struct err *err) MUST_CHECK;
/* *found is false when there is none; *out is zeroed then. */
int mails_find(bool *found, struct mails_row *out, struct store *st,
	       const char *message_id, struct err *err) MUST_CHECK;
/*
 * The work list: WANTED, WRITTEN or DELETED (other states are not indexed),
 * oldest row first, at most @max.
 */
int mails_in_state(struct mails_list *out, struct store *st,
		   enum mails_state state, size_t max, struct err *err)
	MUST_CHECK;
/*
 * Those of a thread that the archive has, as they came in, at most @max. One
 * that is WANTED is among them when a worse copy of it is in the archive.
 */
int mails_of_thread(struct mails_list *out, struct store *st, int64_t thread,
		    size_t max, struct err *err) MUST_CHECK;

bool mails_may_move(enum mails_state from, enum mails_state to);
/*
 * *moved is false when it was no longer in @from. A mail that becomes INDEXED
 * or GONE makes its thread dirty.
 */
int mails_move(bool *moved, const struct store_txn *txn, int64_t id,
	       enum mails_state from, enum mails_state to, struct err *err)
	MUST_CHECK;

/* What a part of a series that was sent without threading has in common. */
struct mails_marks {
	const char *sender;
	unsigned total;	  /* more than 1 */
	unsigned version; /* 0: any */
	int64_t date;
	int64_t within; /* seconds before and after it */
};

/* Not yet taken back, in and out of scope, by date, at most @max. */
int mails_alike(struct mails_list *out, struct store *st,
		const struct mails_marks *marks, size_t max, struct err *err)
	MUST_CHECK;

/* How many are in a state. WANTED, WRITTEN and DELETED are quick to count. */
int mails_count(uint64_t *out, struct store *st, enum mails_state state,
		struct err *err) MUST_CHECK;
/* The index is lost: what was INDEXED is WRITTEN, GONE stays. */
int mails_unindex(const struct store_txn *txn, struct err *err) MUST_CHECK;

/* "out", "wanted", ... Never NULL. */
const char *mails_state_name(enum mails_state state);

#endif
