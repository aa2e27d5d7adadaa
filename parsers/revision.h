/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * revision.h - one sending of a series: patches 1..n and perhaps a cover
 *
 * A plain record. Made by bot/stages/assemble.c; read by apply, judge, the
 * reports and compose.
 */
#ifndef PARSERS_REVISION_H
#define PARSERS_REVISION_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/mem.h"
#include "parsers/mail.h"

struct revision {
	char *title; /* of the cover, else of the first patch there is */
	unsigned version;
	unsigned version_minor; /* 1 of "v2.1"; else 0 */
	unsigned total;		/* patches it should have: slots in patches */
	bool is_rfc;		/* said by the cover, else by the first patch */
	bool is_resend;		/* the same patches again */
	struct mail *cover;	/* NULL: none; it may have no [PATCH 0/n] tag */
	struct mail **patches;	/* patch k is [k - 1]; NULL: it is missing */
	struct strings missing; /* "3/4": is not there; empty when complete */
	struct strings notes;	/* one line each: what was left out, and why */
	const char *base_commit; /* 40 hex, a trailer's; NULL: not given */
};

/* The mails are the revision's. */
void revision_free(struct revision *r); /* NULL is fine */
DEFINE_AUTO(struct revision *, revision_free)

#endif
