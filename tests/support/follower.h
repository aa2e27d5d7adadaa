/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * follower.h - who follows a list, without a database: polls, and remembers
 *
 * The test program is its own box: with "boxed fetch" it is what `collider
 * boxed fetch` is. So its main is made by FOLLOWER_MAIN.
 */
#ifndef TESTS_FOLLOWER_H
#define TESTS_FOLLOWER_H

#include "bot/command.h"
#include "bot/stages/fetch.h"
#include "tests/support/support.h"

struct follower {
	char *dir; /* of its own */
	char *mirror;
	const char *first;
	struct lists_epochs known;
	struct buf told; /* in the last poll, a line each */
	unsigned leave_s;
};

void follower_init(struct follower *f);
void follower_release(struct follower *f);
DEFINE_AUTO_VALUE(struct follower, follower_release)

/* How many epochs had news, which are remembered; -1 with an error. */
int follower_poll(struct follower *f, const char *url, struct err *err);
/* The tip of an epoch as it is remembered; "" when it is not. */
const char *follower_tip(const struct follower *f, unsigned n);
/* A shell script in @dir, which has to succeed. */
void follower_shell(const char *dir, const char *script);

#define FOLLOWER_MAIN(is_here, suite, ...)                          \
	int main(int argc, char **argv)                             \
	{                                                           \
		const struct test_case cases[] = { __VA_ARGS__ };   \
		if (argc > 1 && strcmp(argv[1], "boxed") == 0)      \
			return boxed_main(argc - 1, argv + 1);      \
		if (!(is_here))                                     \
			return 77;                                  \
		return support_run(suite, cases, ARRAY_LEN(cases)); \
	}

#endif
