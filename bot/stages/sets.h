/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sets.h - which mails were sent together as one series
 *
 * A set is one sending: a cover, patches, or both. What puts two patches into
 * one set is, in this order: the cover they answer (directly or through each
 * other), the first patch they answer, and where threading was lost their
 * sender, version, total and time. Which set is newer than which is versions.h.
 *
 * Touches nothing; the mails are borrowed. n log n in the number of mails,
 * whatever they say. Caller: bot/stages/assemble.c
 */
#ifndef STAGES_SETS_H
#define STAGES_SETS_H

#include "bot/stages/thread.h"

#define SETS_NONE SIZE_MAX /* no set */

struct set_patch {
	unsigned index;
	size_t mail;
};

struct set {
	size_t cover;	     /* a mail, or THREAD_NONE */
	size_t first;	     /* the mail that was sent first */
	unsigned version;    /* sets_version_key */
	unsigned total;	     /* as announced */
	bool is_of_other;    /* alternatives to patches of the cover's sender */
	struct set_patch *v; /* by index; one each */
	size_t n;
	int64_t date;  /* the latest of its mails; 0: none has one */
	size_t mended; /* the older set it takes the rest of; or SETS_NONE */
	struct strings notes; /* one line each: what is odd about it */
};

struct sets {
	struct thread thread;
	struct set *v; /* in the order of their first patches in @mails */
	size_t n;
	size_t *set_of; /* of mail i, as it was sent; SETS_NONE: in none */
};

/* Slots of @mails may be NULL. */
void sets_init(struct sets *out, struct mail *const *mails, size_t n);
void sets_release(struct sets *s);
DEFINE_AUTO_VALUE(struct sets, sets_release)

/* v2.1 is newer than v2: one number orders both parts of a version. */
unsigned sets_version_key(const struct subject *s);
unsigned sets_version(unsigned key);
unsigned sets_version_minor(unsigned key);

/* A mail of the thread that counts: there, and not a second copy. */
bool sets_has_mail(const struct sets *s, size_t mail);
const struct mail *sets_mail(const struct sets *s, size_t mail);
/* It has a cover, and that was sent with no other set. */
bool sets_owns_cover(const struct sets *s, size_t set);
/* The mail with patch @index, or THREAD_NONE. */
size_t set_find(const struct set *set, unsigned index);
/* @mail becomes patch @index, which the set has not. */
void set_add(struct set *set, unsigned index, size_t mail);
/* How many of the announced patches are not there. */
size_t set_holes(const struct set *set);
/* The highest index there is, or the announced total when that is more. */
unsigned set_total(const struct set *set);
/* The cover, else the first patch there is. */
size_t set_first_mail(const struct set *set);

/* What those that belong together share when threading is lost. */
struct set_marks {
	const char *sender;
	unsigned total;
	unsigned version;
	bool is_resend;
	int64_t date; /* of its first mail */
	size_t set;
};

/* Every set of numbered patches, sorted by its marks; the caller frees it. */
struct set_marks *sets_list_marks(size_t *n_out, const struct sets *s);
/* As strcmp, of all but the date and the set. */
int sets_compare_marks(const struct set_marks *a, const struct set_marks *b);

/* Who sent it: list software undone, lower case counts. Never NULL. */
const char *sets_sender(const struct mail *m);
/*
 * The sender is the same, or the author: in a series others may have written
 * single patches, and one person may write from two addresses.
 */
bool sets_same_sender(const struct mail *a, const struct mail *b);
/* Sent within @seconds of each other; true when a date cannot be read. */
bool sets_is_near(const struct mail *a, const struct mail *b, int64_t seconds);
/* It has a diff that counts only where nothing else does: no tag, or "Re:". */
bool sets_is_patch(const struct mail *m);

#endif
