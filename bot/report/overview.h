/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * overview.h - what came in, where each revision stands, and what waits
 *
 * Reads the store; bot/report/overview_text.c and overview_json.c show it.
 * Caller: `collider status`.
 */
#ifndef REPORT_OVERVIEW_H
#define REPORT_OVERVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "bot/store/answers.h"
#include "bot/store/attempts.h"
#include "bot/store/lists.h"
#include "bot/store/outbox.h"
#include "bot/store/revisions.h"

#define OVERVIEW_MAX_ROWS 100000 /* of one state: years of a list */
#define OVERVIEW_MAX_REJECTS 1000
#define OVERVIEW_MAX_ORDERS 100 /* of one series */

/* A list of the configuration, or one that was followed before. */
struct overview_list {
	bool is_followed;      /* the configuration has it, enabled */
	struct lists_row poll; /* checked and failures are 0: never polled */
	struct lists_count count;
};

struct overview_revision {
	struct revisions_row row;
	struct attempts attempts;
	struct outbox_list mails;     /* of ours about it, newest first */
	struct answers_orders orders; /* of its series, newest first */
};

struct overview {
	bool is_detailed; /* of the series that were asked for */
	struct overview_list *lists;
	size_t n_lists;
	struct lists_rejects rejects;	   /* newest first */
	uint64_t states[REVISIONS_STATES]; /* how many in all */
	struct overview_revision *v;	   /* by state, newest first */
	size_t n;
};

/* What is asked for. All borrowed. */
struct overview_want {
	const struct strings *followed; /* names of the lists that are */
	const struct strings *urls;	/* of lists; may be below series */
	const char *list;		/* this one alone, or NULL */
	const char *series; /* id, mail, or piece of a title, or NULL */
	size_t max_open;    /* of each state that is not an end */
	size_t max_ended;   /* of each that is */
};

/*
 * 0: *out is the caller's. -1 also: ERR_INPUT when there is no series that is
 * asked for, or no such list.
 */
int overview_read(struct overview *out, struct store *st,
		  const struct overview_want *want, struct err *err) MUST_CHECK;
void overview_release(struct overview *s);
DEFINE_AUTO_VALUE(struct overview, overview_release)

#endif
