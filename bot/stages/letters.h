/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * letters.h - mails as bytes, on their way to the box that reads them
 *
 * Reads files and pipes, and looks into none of them. A letter is one mail or a
 * whole mbox. They go into a box as frames (base/frame.h), and their names with
 * the request.
 *
 *	letters_read(&letters, "thread.mbox", err);
 *	letters_pack(&fd, &letters, err);	outside; spec.input_fd
 *	request = ... letters_to_json(&letters) ...
 *	letters_unpack(&letters, names, BOXED_INPUT, err);	in the box
 */
#ifndef STAGES_LETTERS_H
#define STAGES_LETTERS_H

#include "bot/base/err.h"
#include "bot/base/json.h"

struct letter {
	char *name; /* "thread.mbox", "box/cur/17:2,S": for messages */
	char *bytes;
	size_t len;
	bool is_mbox; /* several mails, or a single one with its From_ line */
};

struct letters {
	struct letter *v;
	size_t n;
	size_t bytes; /* of all */
	char *from;   /* what letters_read was asked for; or NULL */
};

void letters_release(struct letters *list);
DEFINE_AUTO_VALUE(struct letters, letters_release)

/*
 * "-" is an mbox on stdin, a folder is a Maildir (cur/ and new/), else an mbox
 * or a single mail. -1: ERR_INPUT, ERR_LIMIT past parsers/mbox.h's ceilings,
 * ERR_SYSTEM.
 */
int letters_read(struct letters *out, const char *path, struct err *err)
	MUST_CHECK;
/* One more: the mail in the file @path. -1: as letters_read. */
int letters_add_file(struct letters *list, const char *path, struct err *err)
	MUST_CHECK;

/* [{"name","is_mbox"}] */
json_t *letters_to_json(const struct letters *list);
/* Their bytes as a file in memory, to be closed by the caller. */
int letters_pack(int *out, const struct letters *list, struct err *err)
	MUST_CHECK;
/* Both again. -1: ERR_INPUT, ERR_LIMIT, ERR_SYSTEM. */
int letters_unpack(struct letters *out, const json_t *names, const char *path,
		   struct err *err) MUST_CHECK;

#endif
