/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mail.h - one mail: who wrote what patch in it, and with which words
 *
 * Pure: bytes in, struct out; GMime stays inside mail.c. The bytes are hostile.
 * The patch is found as `git am --scissors` would find it, except where that is
 * known to credit or to mangle wrongly (LORE 3): list software that took the
 * author's place in From:, CRs inside base64, unknown charsets, a "diff --git"
 * in prose. Callers: the boxes of bot/stages
 */
#ifndef PARSERS_MAIL_H
#define PARSERS_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "parsers/subject.h"
#include "parsers/trailers.h"

#define MAIL_MAX_SIZE (8u << 20) /* the lists stop at about 1 MiB */
#define MAIL_MAX_HEADERS \
	(256u << 10)		 /* bytes; a tree-wide Cc: has some 60 KiB */
#define MAIL_MAX_PARTS 100	 /* of a multipart, those inside others too */
#define MAIL_MAX_DEPTH 20	 /* multiparts inside multiparts */
#define MAIL_MAX_ADDRESSES 2000	 /* in To: or in Cc: */
#define MAIL_MAX_REFERENCES 2000 /* ids in References: */

struct mail_person {
	char *name; /* UTF-8; of an author never "" if there is an addr */
	char *addr; /* "" when there is none */
};

struct mail_persons {
	struct mail_person *v;
	size_t n;
};

/* Every char * is valid UTF-8 without NUL and never NULL unless said. */
struct mail {
	char *message_id;  /* without <>; the first of several; "" if none */
	char *in_reply_to; /* without <>; "" if none */
	struct strings references; /* without <>, oldest first */
	char *subject_raw;	   /* decoded and unfolded, tags and all */
	struct subject *subject;   /* the same, read */
	char *title; /* of the patch, without tags; an in-body Subject: wins */
	struct mail_person from;   /* who sent it, list software undone */
	struct mail_person author; /* an in-body From: wins */
	int64_t date;		   /* of the header, seconds; 0: unreadable */
	int64_t author_time;	   /* an in-body Date: wins; 0: unreadable */
	int author_tz_min;	   /* minutes east of UTC */
	char *list_id;	      /* what is in the <> of List-Id:; "" if none */
	bool wants_no_answer; /* "X-Collider: no" */
	bool is_automatic;    /* Auto-Submitted: says so (RFC 3834); lists put
			      Precedence: on everything, which says nothing */
	struct mail_persons to;
	struct mail_persons cc;
	char *log;   /* commit message below the title, stripped as git does */
	char *notes; /* between "---" and the diff: diffstat, changelog */
	char *diff;  /* from its first header on, LF ends, bytes as they came */
	size_t diff_len;   /* a signature and a list footer may be at its end */
	bool has_diffstat; /* "2 files changed, ..." stood above the diff */
	struct trailers
		*trailers; /* of the log, the notes and below the diff */
};

/*
 * Read one mail (headers and body, a From_ line before them is skipped).
 * 0: *out is the caller's. -1: *out is untouched; ERR_INPUT when it is no mail,
 * ERR_LIMIT past a ceiling. A mail without a patch is no error: diff is NULL.
 */
int mail_parse(struct mail **out, const char *bytes, size_t len,
	       struct err *err) MUST_CHECK;
/*
 * As mail_parse, with all that it takes to place the mail and a fifth of the
 * time: to, cc, log and notes are empty, has_diffstat is false, trailers NULL.
 * So ceilings of those are not looked at.
 */
int mail_parse_head(struct mail **out, const char *bytes, size_t len,
		    struct err *err) MUST_CHECK;
/*
 * It carries a patch that its author wants merged: it has a diff, is no cover
 * and is no reply. (A "Re:" with a diff is a suggestion or a quotation.)
 */
bool mail_is_patch(const struct mail *m);
void mail_free(struct mail *m); /* NULL is fine */
DEFINE_AUTO(struct mail *, mail_free)

#endif
