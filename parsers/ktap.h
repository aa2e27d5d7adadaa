/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ktap.h - test results from a console that others write to as well
 *
 * Pure. The bytes are hostile: they come from a kernel that a stranger has
 * changed. A line counts only when it begins with the job's nonce and a blank;
 * what follows is KTAP version 1 with one level of subtests, indented by two
 * blanks:
 *
 *	NONCE KTAP version 1
 *	NONCE 1..1
 *	NONCE   KTAP version 1
 *	NONCE   # Subtest: xfs
 *	NONCE   1..2
 *	NONCE   # running: C01.1
 *	NONCE   # dio.returned: 65536
 *	NONCE   # fields: 1
 *	NONCE   ok 1 C01.1
 *	NONCE   # fields: 0
 *	NONCE   ok 2 C01.2 # SKIP not provoked
 *	NONCE ok 1 xfs
 *	NONCE # finished: 2
 *
 * "# name: value" before a result is a fact of it, and "# fields" says how
 * many there were, so that a lost line is noticed. The last line is the
 * positive word: without it, or with anything out of order before it, the
 * results are not finished. In its place there may be, at any time,
 *
 *	NONCE # stuck: a thread is held in down_write for good
 *
 * of a guest that gives up. Lines without the nonce are counted and nothing
 * else; lines with it that do not fit are counted and end all trust: nothing
 * after them is read. Caller: bot/guest/guest.c.
 */
#ifndef PARSERS_KTAP_H
#define PARSERS_KTAP_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/auto.h"

#define KTAP_MAX_TESTS 8192 /* OUTCOMES_MAX of rules/outcome.h */
#define KTAP_MAX_SUITES 64  /* filesystems in one guest */
#define KTAP_MAX_FACTS 48   /* OUTCOME_MAX_FIELDS */
#define KTAP_MAX_NAME 40    /* bytes of a suite, test or fact name */
#define KTAP_MAX_VALUE 400  /* bytes of a fact or reason */

struct ktap_fact {
	char *name;
	char *value;
};

struct ktap_test {
	char *suite;
	char *name;
	bool ok;
	bool skipped; /* "# SKIP": it ran, but proves nothing */
	struct ktap_fact *facts;
	size_t n_facts;
};

struct ktap {
	struct ktap_test *tests; /* complete ones, in order */
	size_t n_tests;
	bool began;	/* a line of ours was there */
	bool finished;	/* all that was planned, and the final word */
	char *running;	/* "xfs C01.2": begun and without result; or NULL */
	char *stuck;	/* it does not get on, and why; or NULL */
	size_t foreign; /* lines of others */
	char *broken; /* our first line that does not fit, as it is; or NULL */
};

/*
 * Read a console. Total: whatever is in it, *out says so and is the caller's
 * to release. A line past one of the ceilings is a line that does not fit.
 */
void ktap_parse(struct ktap *out, const char *text, size_t len,
		const char *nonce);
void ktap_release(struct ktap *k);
DEFINE_AUTO_VALUE(struct ktap, ktap_release)

/* The value of @name, or NULL. */
const char *ktap_find(const struct ktap_test *t, const char *name);

#endif
