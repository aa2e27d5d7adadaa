/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fields.h - what differs in one run of a finding: base beside patched
 *
 * Pure. All that goes into @out has passed bot/base/sink.h.
 * Callers: bot/report/text.c, bot/mail/body.c
 */
#ifndef RULES_FIELDS_H
#define RULES_FIELDS_H

#include "bot/base/buf.h"
#include "rules/review.h"

enum fields_kind {
	FIELDS_ALL,
	FIELDS_BESIDE_TABLE, /* table_scenario tells returns and losers */
};

/* With the letters of pages explained. Nothing when no run is known. */
void fields_tell(struct buf *out, const struct finding *f,
		 enum fields_kind kind, unsigned width);

#endif
