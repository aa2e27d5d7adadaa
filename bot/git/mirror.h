/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mirror.h - our copy of a list: a bare repository for each of its epochs
 *
 * A public-inbox is git repositories of one branch, master, a commit a mail:
 * epoch 0, then 1, each of about 1 GB. Ours are <dir>/git/<n>.git. A server may
 * rewrite history (a mail is purged); we take its new tip and keep the objects
 * of the old one, so that who has read up to there can see what is gone.
 *
 * What is fetched is hostile, and libgit2 waits for a server for ever. Callers:
 * stages/fetch.c, in its box under a watchdog.
 *
 * A kill at any moment costs what was not yet fetched: a tip is moved when all
 * that it stands on is there, a first fetch is renamed into place, and what is
 * left over is cleared by the next mirror_open.
 */
#ifndef GIT_MIRROR_H
#define GIT_MIRROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/err.h"

#define MIRROR_HEX_LEN 40
#define MIRROR_MAX_EPOCH 9999 /* its number; lkml has 19 after 25 years */
/* An epoch has 1 GiB by public-inbox's default; eight of them are no epoch. */
#define MIRROR_MAX_BYTES (8ull << 30)
#define MIRROR_MAX_OBJECTS 20000000u /* three a mail, 300,000 mails in 1 GiB */

/* Now and then a word on how far a fetch is. -1 ends it with its error. */
typedef int mirror_teller(void *arg, const char *text, struct err *err);

struct mirror;

/*
 * The mirror in @dir, which is made if it is not there; @agent is what servers
 * are told that we are. At most one of a process. 0: *out is the caller's and
 * nobody else fetches into it until mirror_free. -1: ERR_RETRY when somebody
 * does, ERR_SYSTEM.
 */
int mirror_open(struct mirror **out, const char *dir, const char *agent,
		mirror_teller *tell, void *arg, struct err *err) MUST_CHECK;
void mirror_free(struct mirror *m); /* NULL is fine */
DEFINE_AUTO(struct mirror *, mirror_free)

/* The tip of epoch @n; "" when we have none of it, or nothing that is whole. */
void mirror_find_tip(char hex[MIRROR_HEX_LEN + 1], const struct mirror *m,
		     unsigned n);

enum mirror_outcome {
	MIRROR_SAME,	/* their tip is ours */
	MIRROR_NEWER,	/* ours is theirs now, wherever it was */
	MIRROR_EMPTY,	/* an epoch without a mail; there is none of it here */
	MIRROR_NOWHERE, /* the server has no such repository */
};

struct mirror_fetched {
	enum mirror_outcome outcome;
	char tip[MIRROR_HEX_LEN + 1]; /* ours now; "" when there is none */
	bool is_refused; /* with -1: the server wants to be left alone */
};

/*
 * Bring epoch @n to what @url, or a folder's path, has. 0: see *out. -1: our
 * old tip stays; ERR_RETRY (server, network, a pack that is broken or has
 * holes), ERR_LIMIT, ERR_INPUT (has no branch master), ERR_CONFIG (no URL),
 * ERR_SYSTEM (our disk).
 */
int mirror_fetch(struct mirror_fetched *out, struct mirror *m, unsigned n,
		 const char *url, struct err *err) MUST_CHECK;

#endif
