/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * counts.h - in how many runs a finding was seen, and where
 *
 * Pure. All that goes into @out has passed bot/base/sink.h.
 * Callers: bot/report/text.c, bot/mail/body.c
 */
#ifndef RULES_COUNTS_H
#define RULES_COUNTS_H

#include "bot/base/buf.h"
#include "bot/base/wrap.h"
#include "rules/review.h"

/*
 * k of n on the base and with the series, of all findings of one cause with
 * @f: by filesystem and scenario. Nothing when no guest is about it.
 */
void counts_tell(struct buf *out, const struct review *r,
		 const struct finding *f, unsigned width);
/* Of the @n findings of @list alone where they were seen: "xfs xfs1k: C01". */
void counts_where(struct buf *out, const struct finding *const *list, size_t n,
		  const struct wrap *w);

#endif
