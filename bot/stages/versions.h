/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * versions.h - which set is a newer version of which
 *
 * Touches nothing. Caller: bot/stages/assemble.c
 */
#ifndef STAGES_VERSIONS_H
#define STAGES_VERSIONS_H

#include "bot/stages/sets.h"

/*
 * "[PATCH v2 3/8]" alone takes the rest of v1: sets with holes that re-send a
 * part of an older one are filled from it, and say so in their notes.
 */
void versions_mend(struct sets *s);
/*
 * For each set the older one, of the same author and in these mails, that it
 * is a newer version of; SETS_NONE: of none. The caller frees it.
 */
size_t *versions_replaced(const struct sets *s);
/*
 * The series that set @set, a lone patch of the same author, is an addition to:
 * it answers one of its mails. SETS_NONE: to none.
 */
size_t versions_below(const struct sets *s, size_t set);
/*
 * The newest version of what the thread began with; among equals a series comes
 * before a lone patch, and what was sent again before what it was. There is at
 * least one set.
 */
size_t versions_newest(const struct sets *s);
/*
 * The newest version of the set that this mail is in, or else answers, above
 * it; SETS_NONE when there is none, or no such mail.
 */
size_t versions_newest_of(const struct sets *s, const char *message_id);
/* Title of the cover, else of the first patch that has one. Borrowed. */
const char *versions_title(const struct sets *s, size_t set);

#endif
