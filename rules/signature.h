/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signature.h - whose bytes the pages of a file hold: "D5M1D10"
 *
 * Pure; the text comes from a guest, and anything that is no signature has no
 * pages. Callers: rules/words.c, rules/losers.c
 */
#ifndef RULES_SIGNATURE_H
#define RULES_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/span.h"

#define SIGNATURE_PAGE_BYTES 4096

/* Eat "D5"; false, and nothing eaten, when that is not what comes next. */
bool signature_eat(struct span *rest, char *letter_out, uint64_t *n_out);
/* It is one, from end to end. */
bool signature_is_valid(const char *text);
/* Pages of @letter, of all when it is 0. */
uint64_t signature_count(const char *text, char letter);
/* Pages from the first on that are of one of @letters without a gap. */
uint64_t signature_count_ahead(const char *text, const char *letters);

#endif
