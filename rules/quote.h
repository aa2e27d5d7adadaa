/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * quote.h - the hunk to quote for a finding
 *
 * Pure. Which functions the collisions are about is a table in quote.c
 * (SEMANTICS 7, level 0). Called once a review is judged.
 */
#ifndef RULES_QUOTE_H
#define RULES_QUOTE_H

#include "rules/review.h"

#define QUOTE_MAX_LINES 25 /* a screen has room for it and for the finding */

/*
 * Give each finding whose patch is known the hunk of it that is most likely
 * meant, and a conflict the hunk that does not apply, cut to QUOTE_MAX_LINES with "[...]" where lines were left out. A
 * finding without one keeps quote NULL; a diff that cannot be read has none.
 */
void quote_run(struct review *r);

#endif
