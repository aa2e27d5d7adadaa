/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * http.h - one GET by http, https or file, and whether its answer is one
 *
 * What comes back is hostile, and so is what a server asks for: a redirect
 * leads to http or https only, and not far. A server that answers with a page
 * for people, or says that it has had enough, is to be left alone: lore hides
 * its pages behind a riddle, and who goes on asking is shut out.
 * Callers: what runs in a box with a network (`collider boxed`), no other.
 *
 *	http_get(&reply, url, agent, max, timeout_s, err);
 *	http_judge(&verdict, &reply, HTTP_GZIP, err);
 *	if (!verdict.is_found) ...
 */
#ifndef MAIL_HTTP_H
#define MAIL_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/buf.h"

#define HTTP_MAX_REDIRECTS 4
#define HTTP_CONNECT_S 5
#define HTTP_STALL_S 30
#define HTTP_MIN_LEAVE_S (15 * 60)
#define HTTP_MAX_LEAVE_S (24 * 60 * 60) /* an error of theirs is not forever */
#define HTTP_MAX_TYPE 64
#define HTTP_MAX_REFUSAL 4096 /* bytes read of a body that is no 200 */

struct http_reply {
	unsigned status; /* a file has 200, one that is not there 404 */
	char type[HTTP_MAX_TYPE]; /* "text/html": lower case, no parameters */
	unsigned retry_after_s;	  /* 0: not said */
	struct buf body;	  /* of a 200 all of it */
};

/*
 * 0: *out is the caller's, whatever the status is. -1: *out is empty; ERR_RETRY
 * when the host cannot be reached or is too slow for @timeout_s, ERR_LIMIT when
 * the body is larger than @max, ERR_CONFIG when @url is none.
 */
int http_get(struct http_reply *out, const char *url, const char *agent,
	     size_t max, unsigned timeout_s, struct err *err) MUST_CHECK;
/* "lore.kernel.org:80" of a URL, to be freed; "" of a file. */
char *http_host(const char *url);
void http_reply_release(struct http_reply *r); /* zeroed is fine */
DEFINE_AUTO_VALUE(struct http_reply, http_reply_release)

enum http_form {
	HTTP_GZIP,
	HTTP_JSON,
	HTTP_MBOX,
};

struct http_verdict {
	bool is_found; /* false: there is no such thing, which is an answer */
	unsigned leave_s; /* with -1: leave the host alone so long; or 0 */
};

/*
 * What @reply says to who asked for a @want. 0: found, or not. -1: ERR_RETRY
 * when the host wants to be left alone (403, 429, 503, a page for people), or
 * is broken (5xx); ERR_INPUT for anything else that is no @want. *out is filled
 * in both cases.
 */
int http_judge(struct http_verdict *out, const struct http_reply *reply,
	       enum http_form want, struct err *err) MUST_CHECK;

#endif
