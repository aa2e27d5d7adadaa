/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keep.h - the mails that are in scope come from the mirrors to the archive
 *
 * What is WANTED (store/mails.h) is read from its mirror by its blob, in a box,
 * and written; nothing else brings a mail to the archive, whether it came in
 * scope at once or was pulled in by a later one. A mail whose bytes are not
 * there any more is rejected and taken back. Caller: bot/stages/follow.c
 */
#ifndef STAGES_KEEP_H
#define STAGES_KEEP_H

#include <stdint.h>
#include <stdio.h>

#include "bot/stages/index.h"

#define KEEP_BATCH 500 /* mails of one box, one sync and one transaction */

struct keep_spec {
	const char *mirrors; /* folder of all lists' mirrors */
	const struct index_place *place;
	FILE *progress; /* or NULL */
};

/*
 * Until nothing is WANTED, with the archive locked. *written is how many there
 * were. -1: as boxed_run (but a box that crashes over one mail rejects that
 * mail), the store, ERR_SYSTEM.
 */
int keep_run(uint64_t *written, const struct keep_spec *spec, struct store *st,
	     struct err *err) MUST_CHECK;

#endif
