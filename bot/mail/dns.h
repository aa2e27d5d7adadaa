/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dns.h - the text that the DNS has at a name
 *
 * Asks the resolver of the machine; needs a network, and reads what strangers'
 * servers answer: call it in a box. Caller: bot/stages/answers.c
 */
#ifndef MAIL_DNS_H
#define MAIL_DNS_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/buf.h"
#include "bot/base/err.h"
#include "bot/base/mem.h"

#define DNS_MAX_ANSWER 65535 /* bytes: what TCP has a length for */

/*
 * The TXT record of @name, its pieces joined, of at most @max bytes of
 * printable ASCII. *found is false when there is none, or not exactly one.
 * -1: ERR_RETRY when nobody answered.
 */
int dns_find_text(bool *found, struct buf *out, const char *name, size_t max,
		  struct err *err) MUST_CHECK;
/* The same of an answer that came. Pure. */
bool dns_read_text(struct buf *out, const unsigned char *answer, size_t len,
		   size_t max);

#endif
