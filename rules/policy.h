/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy.h - whom a verdict is told, when, and who has to agree first
 *
 * Pure: facts in, a decision with its reasons out. Nothing leaves this machine
 * that a decision does not allow; it is made when a reply is drafted and again
 * when it is sent, as the operator may have changed his mind in between. Of
 * several lists that carry a series the strictest one's rules hold, each by
 * itself: one list's embargo, another's hold. Callers: bot/letting.c
 */
#ifndef RULES_POLICY_H
#define RULES_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/mem.h"
#include "rules/review.h"

/* From the strictest on: of two the smaller holds. */
enum policy_mode {
	POLICY_MUTE,		   /* nobody is told anything */
	POLICY_AUTHOR,		   /* the author alone */
	POLICY_AUTHOR_MAINTAINERS, /* and who maintains what is touched */
	POLICY_LIST,		   /* and the lists that carry the series */
};

#define POLICY_HOLD_ALWAYS UINT32_MAX

/* What the operator wants of one list. */
struct policy_rules {
	const char *list;    /* its name in the configuration */
	const char *address; /* where a mail to it goes; NULL: not known */
	enum policy_mode mode;
	unsigned verdicts; /* bit of enum verdict: is told at all */
	uint32_t hold;	   /* a person agrees to the first so many; 0: none */
	int64_t embargo;   /* seconds after the series came in */
	uint32_t daily;	   /* mails a day at the most */
};

/* What is to be decided about. All borrowed. */
struct policy_facts {
	enum verdict verdict;
	const struct policy_rules *rules; /* of each list that carries it */
	size_t n_rules;
	const char *author;		   /* an address */
	const struct strings *maintainers; /* addresses; NULL: not known */
	const struct strings *never;	   /* addresses, or "@domain" */
	bool opted_out;			   /* a header of the series says so */
	bool is_automatic;   /* what would be answered is a robot's, or ours */
	bool is_told;	     /* this revision was answered with the same */
	const char *stopped; /* who may has said that it is enough; or NULL */
	/*
	 * Not a report but an answer, to this address, which has to be one that
	 * a report might go to; NULL: a report.
	 */
	const char *answers;
	bool is_correction; /* of a mail that its reader has: whatever became
			       of verdict and embargo, and a person agrees */
	int64_t arrived;    /* of the series, seconds since the epoch */
	const uint32_t *agreed; /* a list each: how many persons agreed to */
	const uint32_t *today;	/* a list each: what left today */
};

struct policy_decision {
	bool may_be_told; /* else: to and cc are empty */
	bool is_muted;	  /* and that for no other reason than a list's mode */
	bool is_held;	  /* a person has to agree */
	int64_t not_before; /* seconds since the epoch */
	bool is_over;	    /* a daily ceiling is reached: not today */
	struct strings to;
	struct strings cc;
	struct strings reasons; /* a sentence each, in the order of thought */
};

/* *out is the caller's to release. */
void policy_decide(struct policy_decision *out, const struct policy_facts *f);
void policy_decision_release(struct policy_decision *d);
DEFINE_AUTO_VALUE(struct policy_decision, policy_decision_release)

/* "mute", "author", "author+maintainers", "list"; false: no such word. */
bool policy_find_mode(enum policy_mode *out, const char *word);
const char *policy_mode_name(enum policy_mode mode);
/*
 * @address is one of @never: the same but for case, or of a domain that stands
 * there as "@example.org", which is not that of user@sub.example.org.
 */
bool policy_is_never(const struct strings *never, const char *address);

#endif
