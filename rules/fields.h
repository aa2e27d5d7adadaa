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

/*
 * With the letters of pages explained. What table_scenario of @beside tells is
 * left out, unless that is NULL. Nothing when no run is known, or nothing left.
 */
void fields_tell(struct buf *out, const struct finding *f,
		 const struct review *beside, unsigned width);

#endif
