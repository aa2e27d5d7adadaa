/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loreurl.h - what a person pastes to name a posted mail
 *
 * Pure. A Message-ID ("<a@b>", "id:a@b", "a@b"), or the address of its page:
 * at lore.kernel.org, at msgid.link, which leads there, or below the address of
 * a list that is known. Nobody is asked about any other host.
 * Callers: bot/review.c, bot/mail/lore.c
 */
#ifndef PARSERS_LOREURL_H
#define PARSERS_LOREURL_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"

#define LOREURL_MAX_ID 998   /* bytes: a line of a mail */
#define LOREURL_MAX_URL 4096 /* bytes: thrice that, escaped, and a host */

struct loreurl {
	char *message_id; /* without <>, nothing escaped */
	char *list; /* address to ask, ends in '/'; NULL: not said which */
};

/*
 * @known are addresses of lists, "https://host/list/", with or without the last
 * '/'; what is no http or https is passed over. 0: *out is the caller's. -1:
 * ERR_INPUT when it names no mail, or a host that is not known; ERR_LIMIT.
 */
int loreurl_parse(struct loreurl **out, const char *text, size_t len,
		  const struct strings *known, struct err *err) MUST_CHECK;
void loreurl_free(struct loreurl *u);
DEFINE_AUTO(struct loreurl *, loreurl_free)

/* It looks like a Message-ID or an address, whatever is wrong with it. */
bool loreurl_is(const char *text);
/* "https://host/list/a%2Fb@c/t.mbox.gz": the thread of a mail, to be freed. */
char *loreurl_thread(const char *list, const char *message_id);

#endif
