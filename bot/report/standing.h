/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * standing.h - what came in, where each revision stands, and what waits
 *
 * Reads the store; bot/report/standing_text.c and standing_json.c show it.
 * Caller: `collider status`.
 */
#ifndef REPORT_STANDING_H
#define REPORT_STANDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "bot/store/attempts.h"
#include "bot/store/drafts.h"
#include "bot/store/lists.h"
#include "bot/store/revisions.h"

#define STANDING_MAX_ROWS 100000 /* of one state: years of a list */
#define STANDING_MAX_REJECTS 1000

/* A list of the configuration, or one that was followed before. */
struct standing_list {
	bool is_followed;      /* the configuration has it, enabled */
	struct lists_row poll; /* checked and failures are 0: never polled */
	struct lists_count count;
};

struct standing_revision {
	struct revisions_row row;
	struct attempts attempts;
	struct drafts_row draft; /* file is NULL: none */
};

struct standing {
	bool is_detailed; /* of the series that were asked for */
	struct standing_list *lists;
	size_t n_lists;
	struct lists_rejects rejects;	   /* newest first */
	uint64_t states[REVISIONS_STATES]; /* how many in all */
	struct standing_revision *v;	   /* by state, newest first */
	size_t n;
};

/* What is asked for. All borrowed. */
struct standing_want {
	const struct strings *followed; /* names of the lists that are */
	const char *list;		/* this one alone, or NULL */
	const char *series; /* id, Message-ID or piece of a title, or NULL */
	size_t max_open;    /* of each state that is not an end */
	size_t max_ended;   /* of each that is */
};

/*
 * 0: *out is the caller's. -1 also: ERR_INPUT when there is no series that is
 * asked for, or no such list.
 */
int standing_read(struct standing *out, struct store *st,
		  const struct standing_want *want, struct err *err) MUST_CHECK;
void standing_release(struct standing *s);
DEFINE_AUTO_VALUE(struct standing, standing_release)

#endif
