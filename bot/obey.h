/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * obey.h - what an order does, once it is known who gave it
 *
 * Each is a step of the transaction in which the mail that gives it is read.
 * Caller: bot/answering.c
 */
#ifndef BOT_OBEY_H
#define BOT_OBEY_H

#include "bot/config.h"
#include "bot/store/outbox.h"
#include "bot/store/revisions.h"
#include "parsers/orders.h"

/* Who orders something, in which mail, about what. All borrowed. */
struct obey_case {
	const struct config *config;
	const struct outbox_row *ours;	      /* what he answers */
	const struct revisions_row *revision; /* that is about; NULL: none */
	const char *message_id;		      /* of his mail */
	const char *writer;
	bool has_patch;	   /* is in that mail */
	bool may_order;	   /* the author, or a maintainer */
	bool may_moderate; /* the moderator, in answer to a copy */
};

struct obeyed {
	bool is_obeyed;
	bool is_told;  /* to the writer, because it went wrong or he asked */
	char *outcome; /* one sentence without a full stop */
};

void obeyed_release(struct obeyed *o);
DEFINE_AUTO_VALUE(struct obeyed, obeyed_release)

/*
 * 0: *out is the caller's to release. -1: the transaction is to be dropped;
 * ERR_RETRY when somebody wrote a row meanwhile; the store's; ERR_SYSTEM.
 */
int obey_order(struct obeyed *out, const struct store_txn *txn,
	       const struct obey_case *c, const struct order *order,
	       struct err *err) MUST_CHECK;

#endif
