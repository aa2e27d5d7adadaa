/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * following.h - a list of the configuration, followed once
 *
 * Callers: bot/follow.c, bot/steps.c
 */
#ifndef BOT_FOLLOWING_H
#define BOT_FOLLOWING_H

#include "bot/config.h"
#include "bot/stages/follow.h"

struct following {
	const struct config *config;
	const struct config_list *list;
	bool reindex;	/* make the archive's index anew */
	FILE *progress; /* where to show how far it is, or NULL */
};

/* As follow_run; folders below the state folder are made. */
int following_run(struct follow_result *out, const struct following *f,
		  struct store *st, struct err *err) MUST_CHECK;
/* Is there something to tell but that there is nothing new? */
bool following_is_news(const struct follow_result *r);
/* What came of it: "linux-xfs: 12 new mails, 3 to the archive"; one line. */
void following_tell(FILE *out, const char *list, const struct follow_result *r);

#endif
