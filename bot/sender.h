/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sender.h - what is approved is sent, each mail once
 *
 * One process sends at a time: it holds the lock outbox.lock of the state
 * folder. What it finds being sent when it starts was another's that ended, and
 * is unknown from then on; a mail that is unknown is sent again only if a
 * person says so, or is known when the list shows it. Right before a mail goes
 * out it is asked whether it still may (bot/clearance.h), and else held.
 * Callers: the stage "send" of the daemon, `collider outbox send`.
 */
#ifndef BOT_SENDER_H
#define BOT_SENDER_H

#include <stdio.h>

#include "bot/config.h"
#include "bot/store/store.h"

/* What came of the mails that were due. */
struct sender_counts {
	size_t sent;
	size_t later;	 /* not sent, and tried again */
	size_t failed;	 /* refused for good */
	size_t unknown;	 /* lost after the last dot, or when a sender ended */
	size_t held;	 /* the policy, or the breaker, says no */
	size_t waiting;	 /* for a daily ceiling, or the end of an embargo */
	size_t resolved; /* unknown ones that the list shows */
};

struct sender_spec {
	const struct config *config;
	struct store *store;
	const char *secret; /* of mail.user; or NULL */
	FILE *progress;	    /* a line a mail; NULL: nowhere */
	bool dry_run;	    /* say what would be done, and do nothing */
	int64_t now;
};

/*
 * Send what is due. -1: ERR_RETRY when somebody else sends; ERR_CONFIG when
 * there is no server, or it wants something of the operator: TLS, another
 * password; *out is filled all the same.
 */
int sender_run(struct sender_counts *out, const struct sender_spec *spec,
	       struct err *err) MUST_CHECK;
/*
 * The number in the environment's COLLIDER_SECRET_FD; 0: it is not set. What is
 * open there is for who sends, and no other child of ours. -1: ERR_CONFIG.
 */
int sender_secret_fd(int *out, struct err *err) MUST_CHECK;
/*
 * What is there, from its beginning to the first newline; *out is NULL when
 * there is none. -1: ERR_CONFIG.
 */
int sender_read_secret(char **out, struct err *err) MUST_CHECK;

#endif
