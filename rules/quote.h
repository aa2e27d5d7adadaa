/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * quote.h - the hunk to quote for a finding
 *
 * Pure. Which functions the collisions are about is a table in quote.c
 * (SEMANTICS 7, level 0). The diffs are a stranger's: where they are read the
 * hunks are taken, and where a review is judged no diff is needed any more.
 */
#ifndef RULES_QUOTE_H
#define RULES_QUOTE_H

#include "parsers/patch.h"
#include "rules/review.h"

#define QUOTE_MAX_LINES 25 /* a screen has room for it and for the finding */
#define QUOTE_MAX_TEXT (4u << 20) /* bytes kept of all patches of a review */

/*
 * Keep in @r what may have to be quoted of @diff, which is that of patch @n:
 * where each hunk is, and its text, cut to QUOTE_MAX_LINES with "[...]" where
 * lines were left out. A patch has an equal share of QUOTE_MAX_TEXT; past that
 * only the place of a hunk is kept, of those that matter least first.
 */
void quote_add_hunks(struct review *r, unsigned n, const struct patch *diff);
/*
 * Give each finding whose patch is known the hunk of it that is most likely
 * meant, and a conflict the hunk that does not apply. A finding without one
 * keeps quote NULL; so does one whose hunk has no text.
 */
void quote_run(struct review *r);

#endif
