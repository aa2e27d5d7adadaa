/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * intake.h - what came in on a list: each new mail, read as far as it takes to
 * place it
 *
 * The box walks an epoch of a mirror and reads each mail's head and the names
 * of the files in its diff; our side gets a record of bounded size and the raw
 * bytes, mail by mail, and decides what is in scope. A mail that cannot be read
 * is a record too, and stops nothing.
 *
 * Request: {"mirror":dir, "seen":commit or "", "tip":commit, "watch":[paths]},
 * or {"mirror", "blobs":[ids], "watch"}, and in both "heads_only", "unread":
 * see struct intake_spec. Two frames a record: the JSON that
 * intake_decode reads, then the bytes, which are empty for all but a mail.
 *
 * Caller: bot/stages/follow.c
 */
#ifndef STAGES_INTAKE_H
#define STAGES_INTAKE_H

#include <stdint.h>

#include "bot/base/json.h"
#include "bot/base/mem.h"
#include "bot/git/walk.h"

#define INTAKE_MAX_ID 998	   /* bytes of a Message-ID; the rest is cut */
#define INTAKE_MAX_REFERENCES 21   /* the first, and the last 20 */
#define INTAKE_MAX_SENDER 320	   /* bytes of an address: RFC 3696; cut */
#define INTAKE_MAX_SUBJECT 4000	   /* as SUBJECT_MAX_LEN */
#define INTAKE_MAX_DATE 4102444800 /* 2100; what is later is no date */
#define INTAKE_MAX_HEAD (256u << 10)  /* bytes of a record, escapes and all */
#define INTAKE_MAX_MAIL WALK_MAX_MAIL /* bytes of a mail */
#define INTAKE_SILENCE_S 600 /* one mail, or the list of an epoch's commits */
#define INTAKE_MAX_BLOBS 100000
#define INTAKE_MAX_WATCH 1024

enum intake_what {
	INTAKE_MAIL,
	INTAKE_DELETED,	   /* the list took it back; no bytes */
	INTAKE_PURGED,	   /* an empty place where a mail was */
	INTAKE_UNREADABLE, /* error says why */
	/*
	 * First of all: the history that was seen is not this one; commit is
	 * the newest of both, or "". What follows may have been seen.
	 */
	INTAKE_REWRITTEN,
	INTAKE_GONE, /* after all: the new history has not this blob */
};

/* Strings are UTF-8 without controls, never NULL, and borrowed from frame. */
struct intake_head {
	json_t *frame;
	enum intake_what what;
	const char *commit; /* 40 hex, or "" */
	const char *blob;   /* 40 hex; "" when REWRITTEN, or of no mail */
	const char *error;  /* UNREADABLE: why; else "" */
	/*
	 * For MAIL and DELETED, the first of several, without <>, blanks taken
	 * out. A mail that has none gets "<blob>@no-message-id".
	 */
	const char *message_id;
	/* For MAIL only, from here on. */
	struct strings ancestors; /* ids, the parent last; not its own; owned */
	const char *list_id;	  /* what is in the <> of List-Id:, or "" */
	const char
		*sender; /* address, lower case, list software undone, or "" */
	/*
	 * Seconds: the sender's clock; the list's, when the former is none or
	 * says tomorrow.
	 */
	int64_t date;
	const char *subject; /* decoded and unfolded, tags and all */
	bool is_patch;	     /* the subject says so: PATCH, or n/m */
	bool is_reply;	     /* so it does: "Re:" */
	bool is_cover;	     /* 0/n, PATCHSET */
	bool has_version;
	bool has_position;
	unsigned version; /* as struct subject has them */
	unsigned index;
	unsigned total;
	bool has_diff; /* a real one, whether it is a patch or not */
	bool touches;  /* a watched path, by its diff; never of a cover */
};

void intake_head_release(struct intake_head *h);
DEFINE_AUTO_VALUE(struct intake_head, intake_head_release)

/*
 * One record as it came from a box, which may be in a stranger's hands. 0:
 * *out is the caller's. -1: ERR_INPUT, ERR_LIMIT, and *out is empty.
 */
int intake_decode(struct intake_head *out, const char *bytes, size_t len,
		  struct err *err) MUST_CHECK;

/* @head and @bytes are borrowed for the call. -1 ends the run. */
typedef int intake_taker(void *arg, const struct intake_head *head,
			 const char *bytes, size_t len, struct err *err);

/* Frames become records. For boxed_spec: .on_frame = intake_take. */
struct intake_reader {
	intake_taker *take;
	void *arg;
	bool has_head; /* and its bytes are to come */
	struct intake_head head;
};

void intake_reader_release(struct intake_reader *r);
DEFINE_AUTO_VALUE(struct intake_reader, intake_reader_release)
/* A frame_taker; @reader is a struct intake_reader. */
int intake_take(void *reader, const char *bytes, size_t len, struct err *err);

struct intake_spec {
	const char *mirror;	     /* a bare repository, absolute */
	const char *seen;	     /* with @tip; "" for all */
	const char *tip;	     /* NULL: @blobs are read instead */
	const struct strings *blobs; /* at most INTAKE_MAX_BLOBS */
	const struct strings *watch; /* as touch_find has it */
	bool heads_only;	     /* no bytes */
	/*
	 * With @tip: not 0 is the place, from 1 on, of a mail that is not
	 * looked into but told of as unreadable: a box crashed over it.
	 */
	int64_t unread;
	const char *user; /* as struct boxed_spec has it */
	intake_taker *take;
	void *arg;
};

/* Run the box, and take its records while it runs. -1: as boxed_run, @take. */
int intake_run(const struct intake_spec *spec, struct err *err) MUST_CHECK;

/* The task; see run/boxed.h. */
int intake_box(const json_t *request, int out, struct err *err) MUST_CHECK;

#endif
