/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answering.h - mails that answer ours are read, and what they order is done
 *
 * A mail is read once. What is a program's, a bounce, our own, or not signed
 * for its writer's domain is put away without a word: whoever forges a mail
 * gets nobody mailed. Who may order what: the author of a series about it, who
 * maintains a file that it touches (by the MAINTAINERS of its base) likewise,
 * and config mail.moderator, in answer to his copy, about the mail that it
 * shows; he alone, and only there, need not write "#collider " first. What goes
 * wrong is told him in one short mail, once for each series and writer, and
 * only if the policy would let him have a report of it; nobody is told in
 * answer to such a mail. Caller: bot/steps.c
 */
#ifndef BOT_ANSWERING_H
#define BOT_ANSWERING_H

#include <stdio.h>

#include "bot/config.h"
#include "bot/store/store.h"

struct answering {
	const struct config *config;
	struct store *store;
	FILE *progress; /* a line an order; NULL: nowhere */
	int64_t now;
};

/*
 * All that are due, each in a transaction of its own. -1: ERR_RETRY,
 * ERR_SYSTEM, ERR_CONFIG; the one at hand stays to be read.
 */
int answering_run(const struct answering *a, struct err *err) MUST_CHECK;

#endif
