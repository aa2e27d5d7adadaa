/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reviews.h - finished reviews of the sample series, without a kernel
 *
 * The mails are those of tests/fixtures/series, the outcomes those of facts.h,
 * so that reports and mails have something true to say.
 */
#ifndef TESTS_REVIEWS_H
#define TESTS_REVIEWS_H

#include "rules/review.h"

struct review_case {
	const char *name;   /* of its golden files */
	const char *series; /* tests/fixtures/series/<series>.mbox */
	void (*fill)(struct review *r);
};

/* What there is to tell, a case each. */
#define REVIEWS 18
extern const struct review_case reviews[REVIEWS];

void reviews_make(struct review *out, const struct review_case *c);
/* The series in the mailbox @path, and its hunks; nothing was done with it. */
void reviews_read(struct review *out, const char *path);

/*
 * @text must be what tests/fixtures/<dir>/<name> has; with EXPECT=write in the
 * environment it is written there.
 */
void reviews_expect(const char *dir, const char *name, const char *text,
		    size_t len);

#endif
