/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sendings.h - what assemble found in a thread becomes revisions and series
 *
 * Called by bot/stages/assemble.c. Writes are steps of a transaction: see
 * store.h, for errors too.
 *
 * Calling sequence:
 *	threads_dirty(&threads, st, max, err); mails_of_thread of each
 *	... assemble ...
 *	store_begin
 *	  threads_move(&moved, &txn, &threads.v[i], err); not moved: drop it all
 *	  sendings_put(&put, &txn, threads.v[i].id, v, n, err)
 *	store_commit
 */
#ifndef STORE_SENDINGS_H
#define STORE_SENDINGS_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "bot/store/revisions.h"
#include "bot/store/store.h"

/* One revision as assemble found it. All borrowed. */
struct sending {
	const char *key;	     /* Message-ID: see revisions.h */
	const struct strings *mails; /* Message-IDs of cover and patches */
	const char *change_id;	     /* or NULL */
	const char *replaces; /* key of what is older in the thread, or NULL */
	const char *author;   /* address */
	const char *title;    /* of the cover, else of the first patch */
	const char *first_title; /* of patch 1, or NULL */
	const char *list;
	unsigned version;
	unsigned version_minor;
	unsigned total;
	unsigned found;
	int64_t date;	 /* the sender's */
	int64_t arrived; /* its newest mail */
	/* WAITING with until, INCOMPLETE, READY, or ASIDE with a reason */
	enum revisions_state state;
	const char *reason; /* or NULL */
	int64_t until;
	const char *facts; /* JSON */
	const char *print; /* hash of its mails: says whether they changed */
};

struct sendings_put {
	size_t added;
	size_t changed;	   /* those whose mails are not what they were */
	size_t superseded; /* by a newer one */
};

/*
 * All revisions of @thread. A row that is there, by its key or because its key
 * is among the mails of a sending, is that sending's: when its print changed
 * and it was not superseded, it goes to the state of the sending, and nothing
 * is left of an earlier review. Rows of the thread that are no more are set
 * aside unless they have ended. A revision belongs to the series that has its
 * change-id, else to that of the revision that it replaces (which stands before
 * it in @v, when it is new as well), else to one of its author and title, else
 * to one of its author and the title of its first patch. Of a series, what has
 * not ended and is older than a whole revision is superseded, and the mails
 * that wait to tell of an older one are rejected. -1 also: ERR_LIMIT.
 */
int sendings_put(struct sendings_put *out, const struct store_txn *txn,
		 int64_t thread, const struct sending *v, size_t n,
		 struct err *err) MUST_CHECK;

/*
 * A probe: a patch that somebody wants tried on top of the revision @of. It is
 * a revision of a series of its own, which no sending goes on and which stays
 * when its thread is assembled anew. *id is 0 when a revision has its key. -1
 * also: ERR_LIMIT.
 */
int sendings_put_probe(int64_t *id, const struct store_txn *txn,
		       const struct revisions_row *of,
		       const struct sending *probe, struct err *err) MUST_CHECK;
/* The revision that @id is a probe on top of; 0: it is none. */
int sendings_find_probed(int64_t *of, struct store *st, int64_t id,
			 struct err *err) MUST_CHECK;

#endif
