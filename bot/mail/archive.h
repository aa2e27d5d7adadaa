/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * archive.h - the index of the archive: notmuch over the files of maildir.h
 *
 * libnotmuch parses mails, so this runs in a box (bot/stages/index.c) and in
 * nothing that is trusted. It reads no configuration of a user. The index can
 * always be made again from the files and the store.
 *
 * A person asks it with: notmuch --config= search QUERY, and the folder in
 * NOTMUCH_DATABASE. What they tag stays; only tags that we set are taken back.
 *
 * Nothing is durable, nor seen by a reader, before archive_close returns 0.
 * A second writer waits, in archive_open, for the first to close.
 */
#ifndef MAIL_ARCHIVE_H
#define MAIL_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"

#define ARCHIVE_MAX_TAG 199    /* bytes; notmuch's */
#define ARCHIVE_MAX_QUERY 8192 /* bytes; one is written by hand */

struct archive;

enum archive_mode {
	ARCHIVE_READ,
	ARCHIVE_WRITE,
	ARCHIVE_CREATE, /* ARCHIVE_WRITE, and there is no index yet */
};

/* A mail as it is to be found. */
struct archive_mail {
	const char *message_id;
	const char *name;	    /* of the file, below the folder */
	const char *content;	    /* changes when the bytes of the file do */
	const struct strings *tags; /* all that we have for it */
};

enum archive_outcome {
	ARCHIVE_DONE,
	ARCHIVE_MISSING, /* no such file */
	ARCHIVE_NO_MAIL, /* notmuch does not take it for a mail */
};

/*
 * @dir is absolute. -1: ERR_INPUT when the index is damaged, or there is none
 * and it is not to be made; ERR_SYSTEM.
 */
int archive_open(struct archive **out, const char *dir, enum archive_mode mode,
		 struct err *err) MUST_CHECK;
/* What was written is on disk. -1: ERR_SYSTEM, ERR_INPUT as above. */
int archive_close(struct archive *a, struct err *err) MUST_CHECK;
/* What archive_close has not written is lost. NULL is fine. */
void archive_free(struct archive *a);
DEFINE_AUTO(struct archive *, archive_free)

/*
 * Index the file unless it is, with this content; make our tags these.
 * -1: ERR_SYSTEM, ERR_INPUT as above.
 */
int archive_put(enum archive_outcome *out, struct archive *a,
		const struct archive_mail *mail, struct err *err) MUST_CHECK;
/* No error when it is not there; the file may be gone. */
int archive_remove(struct archive *a, const char *message_id, struct err *err)
	MUST_CHECK;
/*
 * Those of @ids that @query finds, in their order. -1 also: ERR_CONFIG when
 * notmuch cannot read the query.
 */
int archive_select(struct strings *out, struct archive *a, const char *query,
		   const struct strings *ids, struct err *err) MUST_CHECK;

#endif
