/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sent.h - the assemble record: one revision of a series, as data
 *
 * What assemble finds in a box and hands out, what the store keeps as a
 * revision's facts, and what place reads: Message-IDs, no mails. Reading checks
 * everything against the ceilings here, since it comes out of a box.
 *
 * Callers: bot/stages/assemble.c, bot/stages/series.c, bot/stages/place.c
 */
#ifndef STAGES_SENT_H
#define STAGES_SENT_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/json.h"
#include "bot/base/mem.h"
#include "parsers/subject.h"

#define SENT_MAX_ID 998	   /* bytes of a Message-ID: one line of RFC 5322 */
#define SENT_MAX_TEXT 8192 /* bytes of a title, a name, a note */
#define SENT_MAX_NOTES (SUBJECT_MAX_TOTAL + 100)
#define SENT_MAX_NEEDS \
	3000 /* prerequisites; TRAILERS_MAX of each of two mails */

enum sent_kind {
	SENT_KERNEL,
	SENT_USERSPACE, /* for xfsprogs, fstests, ...: project says which */
	SENT_PULL,	/* a pull request; it may have no patches */
	SENT_STABLE,	/* for a stable tree, or a notice about one */
	SENT_ROBOT,	/* a robot's own patch */
};

enum sent_need { SENT_MESSAGE_ID, SENT_CHANGE_ID, SENT_PATCH_ID };

/* What has to be applied first. */
struct sent_prerequisite {
	enum sent_need need;
	char *value; /* an id without <>; "id:v2"; 40 lower-case hex */
};

struct sent_patch {
	unsigned index;
	char *message_id;
};

struct sent {
	char *key;   /* Message-ID of the cover, else of the first patch sent */
	char *title; /* of the cover, else of the first patch there is */
	char *first_title; /* of patch 1; NULL: it is missing */
	unsigned version;
	unsigned version_minor;
	unsigned total; /* patches it should have; 0: a bare pull request */
	bool is_rfc;
	bool is_resend;
	bool is_mended; /* only a part was sent: the rest is of an older one */
	char *author_name;
	char *author; /* address; "" when there is none */
	int64_t date; /* of its latest mail, as the sender says; 0: unknown */
	char *change_id;	    /* or NULL */
	char *base_commit;	    /* 40 lower-case hex, or NULL */
	char *cover;		    /* Message-ID, or NULL */
	struct sent_patch *patches; /* by index, those that are there */
	size_t n_patches;
	struct sent_prerequisite *needs;
	size_t n_needs;
	unsigned
		set_index; /* [PATCHSET 2/3]: the order of whole series; or 0 */
	unsigned set_total;
	enum sent_kind kind;
	char *project;	/* "linux", "xfsprogs", ..., "other" */
	char *replaces; /* key of the older version in its thread; or NULL */
	char *pair; /* userspace: key of the kernel series it is for; or NULL */
	struct strings notes; /* one line each: what is odd about it */
};

void sent_free(struct sent *s); /* NULL is fine */
DEFINE_AUTO(struct sent *, sent_free)

struct sent_list {
	struct sent **v;
	size_t n;
};

void sent_list_add_take(struct sent_list *list, struct sent *s);
void sent_list_release(struct sent_list *list);
DEFINE_AUTO_VALUE(struct sent_list, sent_list_release)

/* Nothing is added when it is there, or past a ceiling. */
void sent_add_need(struct sent *s, enum sent_need need, const char *value);
/* The address in lower case, as a row of the store has it; to be freed. */
char *sent_author(const struct sent *s);
/* Nothing is missing. */
bool sent_is_whole(const struct sent *s);
/* "2-4, 7": the patches that are missing, for the caller to free; or "". */
char *sent_missing(const struct sent *s);
/* Message-IDs of the cover, when there is one, and of the patches in order. */
void sent_mails(struct strings *out, const struct sent *s);

json_t *sent_to_json(const struct sent *s);
/* 0: *out is the caller's. -1: ERR_INPUT, ERR_LIMIT. */
int sent_from_json(struct sent **out, const json_t *value, struct err *err)
	MUST_CHECK;
/* As sent_from_json, of text: what the store keeps. */
int sent_parse(struct sent **out, const char *text, struct err *err) MUST_CHECK;

/* "kernel", "userspace", "pull", "stable", "robot". Never NULL. */
const char *sent_kind_name(enum sent_kind kind);

#endif
