/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tokens.h - words of the contract that a diff takes away or brings
 *
 * Pure. A word that a patch removes as often as it adds was moved, and is
 * silent; so are comments. Only files that direct I/O goes through are read,
 * and of those the functions that rules/core.h names, as far as the diff says
 * which function it is in. What is found is a question, no more: three of four
 * such changes are meant. Callers: bot/stages/fit.c,
 * bot/stages/place.c
 */
#ifndef RULES_TOKENS_H
#define RULES_TOKENS_H

#include "parsers/patch.h"
#include "rules/question.h"

/* One question for each hunk of @diff that a word is lost or won in. */
void tokens_ask(struct questions *out, const struct patch *diff);
/*
 * @f is in words that these rules have: a box that reads a stranger's diff asks
 * in them, or does not ask.
 */
bool tokens_may_ask(const struct finding *f);

#endif
