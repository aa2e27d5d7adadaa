/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table.h - a scenario across all filesystems: who gets what, and who loses
 *
 * Pure. With a dozen filesystems and fifty scenarios a table of verdicts is a
 * wall. What is asked on a list is another: what happens in this collision on
 * XFS, on ext4, on gfs2; what does the write return, what fsync and to whom,
 * who loses. One table for each scenario in which something is not as it was,
 * filesystems that answer alike in one row, "base -> patched" where that
 * differs. All that goes into @out has passed bot/base/sink.h. Callers:
 * bot/report/text.c, bot/mail/body.c, rules/fields.c
 */
#ifndef RULES_TABLE_H
#define RULES_TABLE_H

#include "bot/base/buf.h"
#include "rules/review.h"

/* So few pairs that a table of all verdicts is read at a glance. */
bool table_is_small(const struct review *r);
/* One scenario; nothing when it was not run. */
void table_scenario(struct buf *out, const struct review *r, const char *id,
		    unsigned width);
/*
 * That table has @field of the pair of @f, with these values: another of its
 * runs, in which the fault was not seen, may have others.
 */
bool table_tells(const struct review *r, const struct finding *f,
		 const char *field, const char *base, const char *patched);
/* At most @max scenarios in which a pair is not the same; names the others. */
void table_changed(struct buf *out, const struct review *r, size_t max,
		   unsigned width);
/* "612 pairs end as they do on the base, 9 were not provoked" */
void table_sum(struct buf *out, const struct review *r, unsigned width);

#endif
