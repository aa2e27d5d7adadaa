/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * standing.h - what is to be done with a revision that was assembled
 *
 * Pure: facts in, a state and its reason out. Caller: bot/stages/series.c
 */
#ifndef RULES_STANDING_H
#define RULES_STANDING_H

#include <stdbool.h>
#include <stdint.h>

enum standing_state {
	STANDING_READY,	     /* review it */
	STANDING_WAITING,    /* until; more mails may come */
	STANDING_INCOMPLETE, /* they did not come */
	STANDING_ASIDE,	     /* not for us */
};

struct standing_facts {
	const char *kind;    /* "kernel", "userspace", "pull", ... */
	const char *project; /* of userspace: "xfsprogs", "other" */
	const char *pair;    /* of userspace: the kernel's title; or NULL */
	const char *missing; /* "2-3, 7"; "" when it is whole */
	bool is_mended;	     /* only a part was sent, or only a part came yet */
	bool is_selected;    /* by the operator's query, or there is none */
	int64_t date;	     /* of its latest mail, by its sender; 0: unknown */
	int64_t arrived;     /* the same mail, by our clock */
};

struct standing_rules {
	int64_t wait;	 /* seconds without a mail, after which none comes */
	int64_t max_age; /* seconds; 0: nothing is too old */
};

#define STANDING_MAX_REASON 400

struct standing {
	enum standing_state state;
	int64_t until;			  /* of WAITING; else 0 */
	char reason[STANDING_MAX_REASON]; /* "" when READY */
};

/*
 * How old a revision is counts from when it arrived, not from now: the same
 * mails stand the same, however often and late they are looked at.
 */
void standing_find(struct standing *out, const struct standing_facts *facts,
		   const struct standing_rules *rules, int64_t now);

#endif
