/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lore.h - the thread of a posted mail, asked of the server that has it
 *
 * For the one thread that neither mirror nor archive has: list servers want
 * robots to follow lists with git. So an answer serves for LORE_FRESH_S, one
 * request is under way at a time, and a server that wants to be left alone is,
 * by every process of this state folder, for as long as it said. The server is
 * met in a box, the task "thread". Caller: bot/posted.c
 */
#ifndef MAIL_LORE_H
#define MAIL_LORE_H

#include "bot/base/json.h"
#include "bot/store/store.h"

#define LORE_MAX_MBOX (32u << 20) /* the longest threads of LKML have 20 MB */
#define LORE_MAX_GZIP (16u << 20)
#define LORE_TIMEOUT_S 120
#define LORE_FRESH_S (10 * 60) /* what lore asks of its readers */
#define LORE_KEEP_S (60 * 60)

struct lore_spec {
	struct store *store; /* which servers are to be left alone */
	const char *folder;  /* of threads that were got; made when missing */
	const char *agent;   /* what we call ourselves */
	const char *user;    /* whom the box runs as when we are root */
};

/*
 * Ask @list, "https://host/list/", for the thread of @message_id. 0: *path_out
 * is a mailbox, the name is the caller's to free; it is NULL when the server
 * has no such mail. -1: ERR_RETRY when the server is to be left alone (the
 * message says until when) or cannot be reached, else as boxed_run.
 */
int lore_get(char **path_out, const struct lore_spec *spec, const char *list,
	     const char *message_id, struct err *err) MUST_CHECK;

/* The task "thread", in its box: {"url","agent"}; see run/boxed.h. */
int lore_box(const json_t *request, int out, struct err *err) MUST_CHECK;

#endif
