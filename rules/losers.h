/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * losers.h - who of those that collided does not find what he was promised
 *
 * Pure. Writes that overlap in time have no order: POSIX lets the last one
 * win, whichever that is. Who was told that all is done and was overwritten by
 * a writer that met him has lost nothing; who finds neither his bytes nor
 * those of such a writer has. A direct writer that is told of an error, or of
 * less than he asked for, has not written what he wanted, and loses; so does one
 * whose synced write is in the disk's cache alone.
 * Callers: rules/pair.c, rules/finding.c, bot/report/sweep_text.c
 */
#ifndef RULES_LOSERS_H
#define RULES_LOSERS_H

#include "rules/outcome.h"
#include "rules/review.h"

/* A set of enum review_loser. */
unsigned losers_find(const struct outcome *o);

#endif
