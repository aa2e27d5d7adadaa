/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diagnosis.h - what `collider doctor` found about one thing, and how to mend
 * it
 *
 * Starts as fine, with nothing to say. What is said may hold the bytes of
 * programs and paths: it is escaped here, on its way in. Caller: bot/doctor.c
 */
#ifndef BOT_DIAGNOSIS_H
#define BOT_DIAGNOSIS_H

#include <stdbool.h>
#include <stdio.h>

#include "bot/base/buf.h"
#include "bot/base/err.h"

#define DIAGNOSIS_MAX_TEXT 2048 /* bytes: one line with two paths */

enum diagnosis_health {
	DIAGNOSIS_OK,
	DIAGNOSIS_SLOW,	   /* works, but nobody would wait for it */
	DIAGNOSIS_LOW,	   /* works, and may not be enough */
	DIAGNOSIS_MISSING, /* not there */
	DIAGNOSIS_BROKEN,  /* there, and does not work */
};

struct diagnosis {
	enum diagnosis_health health;
	struct buf says;
	struct buf mend; /* what to do about it; empty: nothing we know */
	char *package;	 /* Debian's, that mends it; or NULL */
};

void diagnosis_init(struct diagnosis *d);
void diagnosis_release(struct diagnosis *d);
DEFINE_AUTO_VALUE(struct diagnosis, diagnosis_release)

/* Once for each diagnosis. */
void diagnosis_set(struct diagnosis *d, enum diagnosis_health health,
		   const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The same with a mend, at most once. */
void diagnosis_mend(struct diagnosis *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Installing this package is the mend, or its first part. NULL: not known. */
void diagnosis_install(struct diagnosis *d, const char *package);

/* Works, even if not well: no reason to say no. */
bool diagnosis_is_usable(const struct diagnosis *d);
/* One line of aligned columns, and one more for the mend, if it is not OK. */
void diagnosis_print(FILE *out, const char *name, const struct diagnosis *d);

#endif
