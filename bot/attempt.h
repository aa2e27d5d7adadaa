/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attempt.h - what a command is about that tries something beside a review:
 * the base alone, or a series on its base
 *
 * Calling sequence:
 *	attempt_begin(&a, &wish, err);		the session, the series placed
 *	if (!attempt_is_possible(&a))
 *		attempt_tell_why(&a, err);	that is the end of it
 *	session_sweep(..., &a.review, a.session, ...);
 *
 * Callers: bot/sweep.c, bot/soak.c
 */
#ifndef BOT_ATTEMPT_H
#define BOT_ATTEMPT_H

#include "bot/session.h"

/* What the command line asks for; the strings are its own. */
struct attempt_wish {
	const char *mailbox; /* NULL: the base alone */
	const char *tree;
	const char *base;
	const char *config;
	struct strings filesystems; /* empty: those of the configuration */
	struct strings scenarios;
	bool keep;
};
void attempt_wish_release(struct attempt_wish *w);
DEFINE_AUTO_VALUE(struct attempt_wish, attempt_wish_release)

struct attempt {
	const struct attempt_wish *want;
	struct config *config;
	struct store *store;
	struct session *session;
	struct letters letters;
	struct review review;
};

/* The options that these commands have in common, by getopt's letters. */
#define ATTEMPT_OPTIONS                                     \
	{ "tree", required_argument, NULL, 't' },           \
		{ "base", required_argument, NULL, 'b' },   \
		{ "fs", required_argument, NULL, 'f' },     \
		{ "keep", no_argument, NULL, 'k' },         \
		{ "config", required_argument, NULL, 'c' }, \
	{                                                   \
		"help", no_argument, NULL, 'h'              \
	}
/* False: it is none of them. */
bool attempt_take_option(struct attempt_wish *out, int option, const char *arg);
/* False: @text is no number from 1 (of a seed: 0) to 2^32 - 1. */
bool attempt_read_number(unsigned *out, const char *text, unsigned min);

/*
 * @subject is what a review of the base alone is called. -1: as session_place.
 */
int attempt_begin(struct attempt *out, const struct attempt_wish *want,
		  const char *subject, struct err *err) MUST_CHECK;
/* There is a kernel to try. */
bool attempt_is_possible(const struct attempt *a);
/* The report of a series that cannot be tried, on stdout. */
int attempt_tell_why(const struct attempt *a, struct err *err) MUST_CHECK;
/* @text, and which folders were kept, on stdout. */
int attempt_print(const struct attempt *a, struct buf *text, struct err *err)
	MUST_CHECK;
void attempt_release(struct attempt *a);
DEFINE_AUTO_VALUE(struct attempt, attempt_release)

#endif
