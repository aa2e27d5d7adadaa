/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tally.h - how far the series of a list came: the table of `collider replay`
 *
 * Pure. Each revision is counted once, where it stands.
 */
#ifndef REPORT_TALLY_H
#define REPORT_TALLY_H

#include <stdint.h>

#include "bot/base/buf.h"
#include "bot/store/revisions.h"
#include "rules/review.h"

#define TALLY_MAX_BYTES (1u << 20) /* for the caller's buf_init */
#define TALLY_VERDICTS (VERDICT_DOES_NOT_BUILD + 1)
#define TALLY_FINDINGS (FINDING_FIXED + 1)

/* What was set aside for one reason. */
struct tally_aside {
	char *reason; /* up to the first ':' */
	uint64_t n;
};

struct tally {
	uint64_t revisions;
	int64_t *series;	    /* of each revision */
	struct tally_aside *asides; /* as they came */
	size_t n_asides;
	uint64_t states[REVISIONS_STATES];
	uint64_t applied;  /* and to be reviewed, or reviewed */
	uint64_t merged;   /* has a verdict, for a tree has it already */
	uint64_t unplaced; /* has a verdict, and applied nowhere */
	uint64_t reviewed; /* its kernels were run */
	uint64_t verdicts[TALLY_VERDICTS]; /* of those */
	uint64_t findings[TALLY_FINDINGS];
};

/*
 * @applies: on some base that was tried. @review is what came of it, or NULL.
 */
void tally_add(struct tally *t, const struct revisions_row *row, bool applies,
	       const struct review *review);
/* Lines of 80 columns. */
void tally_print(struct buf *out, const struct tally *t);
void tally_release(struct tally *t);
DEFINE_AUTO_VALUE(struct tally, tally_release)

#endif
