/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * queue.h - revisions for the daemon to find in its store
 *
 * Everything fails the test that goes wrong.
 */
#ifndef TESTS_QUEUE_H
#define TESTS_QUEUE_H

#include "bot/store/revisions.h"

/* One revision of a series of its own, or of that of @title. */
struct queue_entry {
	const char *key; /* "1@x" */
	const char *title;
	unsigned version;
	int64_t arrived;
	enum revisions_state state; /* WAITING, READY, or what follows READY */
	int64_t until;
};

/* Its id. */
int64_t queue_add(struct store *st, const struct queue_entry *entry);
/* A thread that is to be assembled. */
void queue_add_thread(struct store *st, const char *message_id);
/* As it is now; to be released. */
struct revisions_row queue_get(struct store *st, int64_t id);
/* To the next state, as its worker would. */
void queue_move(struct store *st, int64_t id, enum revisions_state to);

#endif
