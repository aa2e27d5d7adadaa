/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.h - what came of a patch that somebody wanted tried on top of a series
 *
 * Whatever it is, he is told, and nobody else, under the policy of the lists
 * that carry it. Caller: bot/steps.c
 */
#ifndef BOT_PROBE_H
#define BOT_PROBE_H

#include "bot/posting.h"

/*
 * When p->revision, which is JUDGED, is a probe: a mail in the outbox, or none
 * when the policy says so, and it is DONE. *is_probe is false, and nothing was
 * done, when it is none. -1: as the store, compose_answer, posting_write.
 */
int probe_draft(bool *is_probe, const struct posting *p, struct err *err)
	MUST_CHECK;

#endif
