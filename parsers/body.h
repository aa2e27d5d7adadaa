/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * body.h - the text of a mail: in-body headers, log, notes, diff
 *
 * Pure. What git mailinfo does with the parts of a mail once their transfer
 * encoding is gone, in this order:
 *
 *	From:, Subject:, Date: at the very top	override those of the mail
 *	up to "---", "--- text" or a diff	the log
 *	up to a diff				the notes: diffstat, changelog
 *	all the rest				the diff
 *
 * A scissors line, or an attached `git format-patch` file, starts over. A diff
 * starts only in the first column and only where its next lines look like one,
 * so an indented range-diff or "diff --git" in a sentence is text.
 *
 * Calling sequence:
 *	AUTO(body_release) struct body b;
 *	body_init(&b, MAX);
 *	body_add(&b, &(struct body_part){ .text = ..., ... });	for each part
 *	if (buf_check(&b.log, ...), buf_check(&b.notes, ...), ...)
 *
 * Caller: parsers/mail.c
 */
#ifndef PARSERS_BODY_H
#define PARSERS_BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/buf.h"

enum body_stage {
	BODY_TOP,   /* in-body headers may come */
	BODY_LOG,   /* text of the commit message */
	BODY_NOTES, /* past "---" */
	BODY_DIFF,
};

struct body {
	struct buf from; /* in-body headers, undecoded; empty: not there */
	struct buf subject;
	struct buf date;
	struct buf log;	  /* UTF-8, stripped as `git stripspace` does */
	struct buf notes; /* likewise */
	struct buf diff;  /* LF ends, otherwise the bytes that came */
	bool has_diffstat;
	enum body_stage stage;	/* where the next line falls */
	struct buf *unfinished; /* the in-body header that may go on */
	bool in_patch_file;	/* at its headers: unknown ones are skipped */
	bool owes_blank;	/* a blank line stands before the next */
	bool only_diff; /* set it after init: log and notes stay empty */
};

struct body_part {
	const char *text; /* transfer encoding undone */
	size_t len;
	const char *charset; /* as declared; NULL: not */
	bool is_flowed;	     /* format=flowed, RFC 3676 */
	bool del_sp;	     /* delsp=yes */
	bool is_attachment;  /* counts only if there is a diff in it */
};

/* @max: bytes of each of the buffers; they remember that it was passed. */
void body_init(struct body *b, size_t max);
void body_add(struct body *b, const struct body_part *part);
void body_release(struct body *b);
DEFINE_AUTO_VALUE(struct body, body_release)

#endif
