/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clearance.h - whether an approved mail may go out now
 *
 * It was decided when the mail was written; since then a newer version may have
 * been posted, a person may have said that it is known, the operator may have
 * changed the policy. So right before it goes out all is asked once more.
 * Changes nothing. Caller: bot/sender.c
 */
#ifndef BOT_CLEARANCE_H
#define BOT_CLEARANCE_H

#include "bot/config.h"
#include "bot/store/outbox.h"

/* All borrowed. */
struct clearance_spec {
	const struct config *config;
	struct store *store;
	const struct outbox_row *row; /* the mail */
	int64_t now;
};

struct clearance {
	char *why;	  /* it is to be held, and that is why; or NULL */
	int64_t until;	  /* it waits so long; 0: it does not */
	const char *what; /* it waits for */
};

void clearance_release(struct clearance *a);
DEFINE_AUTO_VALUE(struct clearance, clearance_release)

/* -1: as the store. */
int clearance_ask(struct clearance *out, const struct clearance_spec *spec,
		  struct err *err) MUST_CHECK;

/* What was decided on a mail before. */
struct clearance_past {
	bool agreed; /* the last word on it was a person's, and it was yes */
	int64_t allowed; /* when: by a person, or when the policy made it so */
};

int clearance_past(struct clearance_past *out, struct store *st,
		   const struct outbox_row *row, struct err *err) MUST_CHECK;

#endif
