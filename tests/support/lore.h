/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lore.h - a lore of our own: Debian's public-inbox on loopback
 *
 *	AUTO(lore_release) struct lore l = { 0 };
 *	const char *const lists[] = { "linux-fsdevel", "linux-xfs", NULL };
 *
 *	lore_start(&l, dir, lists);
 *	lore_feed_mbox(&l, "linux-xfs", "tests/fixtures/series/sample.mbox");
 *	url = lore_url(&l, "linux-xfs");
 *
 * Nothing of it outlives the process that started it: start it in the test
 * that needs it, not in a helper that forks. Everything fails the test that
 * goes wrong. About a second each to start and to feed however many mails.
 */
#ifndef TESTS_LORE_H
#define TESTS_LORE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "bot/base/auto.h"
#include "tests/support/support.h"

struct lore {
	char *dir;	/* home/, config and inbox/<list>/ */
	char *url;	/* "http://127.0.0.1:12345" */
	unsigned port;	/* its own until lore_release, stopped or not */
	pid_t httpd;	/* 0: stopped */
	unsigned mails; /* fed so far, which is their commits' clock */
};

struct lore_mail {
	const char *bytes;
	size_t len;
};

/* public-inbox is installed; else a line on stdout says that it is not. */
bool lore_is_here(void);
/* In the place of TEST_MAIN, for a test that is nothing without it. */
#define LORE_MAIN(suite, ...)                                       \
	int main(void)                                              \
	{                                                           \
		const struct test_case cases[] = { __VA_ARGS__ };   \
		if (!lore_is_here())                                \
			return 77;                                  \
		return support_run(suite, cases, ARRAY_LEN(cases)); \
	}

/* Make the lists, which end in NULL, below @dir, and serve them. */
void lore_start(struct lore *l, const char *dir, const char *const *lists);
/* Ends the server; what is in @dir is left to who made it. */
void lore_release(struct lore *l); /* zeroed is fine */
DEFINE_AUTO_VALUE(struct lore, lore_release)

/* Nobody answers at its port; connections are refused. */
void lore_stop_server(struct lore *l);
/* At the port that it had. */
void lore_start_server(struct lore *l);

/*
 * Add mails to the newest epoch, a commit each, and index them. The bytes are
 * what the list is to hold; nothing is checked or dropped, not even a mail that
 * is there already.
 */
void lore_feed(struct lore *l, const char *list, const struct lore_mail *mails,
	       size_t n);
/* Every mail of a mailbox. */
void lore_feed_mbox(struct lore *l, const char *list, const char *path);
/* Every *.eml of a folder, in the order of their names; how many. */
size_t lore_feed_dir(struct lore *l, const char *list, const char *dir);
/*
 * public-inbox-mda: a mail comes in as from a mail server, and is checked. It
 * is refused, without a word, when the list has it or it is not to the list.
 */
void lore_deliver(struct lore *l, const char *list, struct lore_mail mail);
/* public-inbox-learn rm: a commit that says "deleted" on top of the rest. */
void lore_remove(struct lore *l, const char *list, struct lore_mail mail);
/* public-inbox-purge: history is written anew from that mail on. */
void lore_purge(struct lore *l, const char *list, struct lore_mail mail);
/* The next mail that is fed goes to a new epoch. */
void lore_roll(struct lore *l, const char *list);

/* "http://127.0.0.1:12345/linux-xfs/", to be freed. */
char *lore_url(const struct lore *l, const char *list);
/*
 * The bare repository of an epoch, to be freed; in the place of file:// URLs.
 */
char *lore_epoch(const struct lore *l, const char *list, unsigned n);
/* How many epochs it has. */
unsigned lore_epochs(const struct lore *l, const char *list);

#endif
