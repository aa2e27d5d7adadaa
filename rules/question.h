/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * question.h - what reading a patch, without running it, makes one ask
 *
 * Pure. A question is no fault: the code was looked at, not what it does. It
 * never decides a verdict and makes no mail by itself; beside it stands what
 * the collisions showed. Files and functions are named by a stranger. Made by
 * rules/tokens.c, rules/cocci.c and rules/callers.c. Callers:
 * bot/stages/fit.c, bot/stages/semantic.c, bot/stages/job.c, bot/session.c
 */
#ifndef RULES_QUESTION_H
#define RULES_QUESTION_H

#include "bot/base/err.h"
#include "bot/base/json.h"
#include "bot/base/mem.h"
#include "rules/review.h"

#define QUESTIONS_MAX 100 /* of one patch; nobody reads more */
#define QUESTION_MAX_SOURCES 20

struct question {
	char *rule;		/* "semantic/force-wait", "diff/ENOTBLK" */
	char *says;		/* one sentence without a full stop */
	char *promise;		/* the contract that the rule stands for */
	struct strings sources; /* of it, as in rules/contracts */
	char *file;
	unsigned first; /* the lines of the new file that it is about */
	unsigned last;
};

struct questions {
	struct question *v;
	size_t n;
};

/* Moves @q in; past QUESTIONS_MAX it is forgotten. */
void questions_take(struct questions *list, struct question *q);
void question_release(struct question *q);
DEFINE_AUTO_VALUE(struct question, question_release)
void questions_release(struct questions *list);
DEFINE_AUTO_VALUE(struct questions, questions_release)

json_t *questions_to_json(const struct questions *list);
/* Added to @out. -1: ERR_INPUT, ERR_LIMIT. */
int questions_from_json(struct questions *out, const json_t *array,
			struct err *err) MUST_CHECK;

/*
 * They become findings of patch @n of @r, each with the hunk that it is about,
 * if that is known: the hunks have to be there (rules/quote.h).
 */
void questions_add(struct review *r, unsigned n, const struct questions *list);
/* Both are of one patch and quote the same hunk of it. */
bool question_is_same_hunk(const struct finding *a, const struct finding *b);
/* @f is a fault that was seen in a guest: it says what the code does. */
bool question_is_answered_by(const struct finding *f);
/*
 * When all was run: one question a hunk, the one that knows most, and beside
 * each what became of the collisions. May be called again.
 */
void questions_settle(struct review *r);

#endif
