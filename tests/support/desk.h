/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * desk.h - a list, a daemon, and a mail server that keeps what it takes
 *
 *	AUTO(desk_release) struct desk d;
 *	desk_init(&d, deeds);
 *	desk_serve(&d, "\tpolicy = author\n", "");
 *	desk_post(&d, "1@x", "[PATCH] a: b", NULL, NULL);
 *	desk_follow(&d);
 *	desk_say(&d, "approve 1", 0, "mail 1 is approved");
 *
 * Everything fails the test that goes wrong.
 */
#ifndef TESTS_DESK_H
#define TESTS_DESK_H

#include "bot/store/outbox.h"
#include "tests/support/reviews.h"
#include "tests/support/rude.h"
#include "tests/support/scene.h"
#include "tests/support/served.h"

struct desk {
	struct scene scene;
	struct served served;
	struct rude rude;
	char *letters; /* of the mail server */
};

void desk_init(struct desk *d, const struct rude_deed *deeds);
void desk_release(struct desk *d);
DEFINE_AUTO_VALUE(struct desk, desk_release)

/* @list stands in the list's section, @mail in that of [mail]. */
void desk_configure(struct desk *d, const char *list, const char *mail);
/* As desk_configure, with the mail server. */
void desk_serve(struct desk *d, const char *list, const char *mail);
/* A patch that does not apply, of @from; @answers may be NULL. */
void desk_post(struct desk *d, const char *id, const char *subject,
	       const char *from, const char *answers);
/* `collider run --once`. */
void desk_follow(struct desk *d);
/*
 * Version @version of a series, with a verdict that nobody was told: the review
 * @name of reviews.h. Its id.
 */
int64_t desk_judge(struct desk *d, const char *key, unsigned version,
		   const char *name);
/* The same revision was tried again, and this came of it. */
void desk_judge_again(struct desk *d, int64_t revision, const char *name);

/* `collider @name @words`, which has to end so; what it says goes to @out. */
void desk_command(struct buf *out, struct desk *d, const char *name,
		  const char *words, int exit_code);
/* `collider outbox @words` says @part. */
void desk_say(struct desk *d, const char *words, int exit_code,
	      const char *part);
/* In the folder that the state folder is in. */
void desk_shell(const struct desk *d, const char *command);

/* A row of the outbox, to be released. */
void desk_mail(struct outbox_row *out, const struct desk *d, int64_t id);
/* @why, which may be NULL, is in what is said of its last move. */
void desk_expect(const struct desk *d, int64_t id, const char *state,
		 const char *why);
/* How many mails there are in the outbox. */
size_t desk_count(const struct desk *d);
/* The nth mail that the server took went to @address, and to nobody else. */
void desk_expect_alone(const struct desk *d, unsigned n, const char *address);

#endif
