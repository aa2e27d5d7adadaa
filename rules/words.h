/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * words.h - what outcomes say, as sentences that a filesystem developer nods at
 *
 * Pure. What comes out holds words of the guest (a kernel log line, an errno
 * name); it meets a sink through its escaper. Sentences begin in lower case
 * and have no full stop. All results are the caller's to free.
 */
#ifndef RULES_WORDS_H
#define RULES_WORDS_H

#include "rules/contract.h"
#include "rules/outcome.h"
#include "rules/review.h"

/* "15 pages of the direct write and 1 of the mapped store" of "D5M1D10" */
char *words_pages(const char *signature);
/* Field @name of @o, which should have been @wanted; @wanted may be NULL. */
char *words_field(const struct outcome *o, const char *name,
		  const char *wanted);
/* How @o breaks @clause. */
char *words_broken(const struct contract_clause *clause,
		   const struct outcome *o);

/* What became of the direct write of one run. */
enum review_path words_path(const struct outcome *o);
/* "a direct write of 65536 bytes fails with -EIO, where it fell back ..." */
char *words_path_changed(const struct outcome *base,
			 const struct outcome *patched);
char *words_losers_changed(unsigned base, unsigned patched);
/*
 * What became of a direct write, whatever its size and flags: of "a direct
 * write of 512 bytes returns 0: ..." the text from " returns" on. NULL when
 * @says is of something else.
 */
const char *words_loss(const char *says);
/* "a direct write returns 0: ..." of that. */
char *words_any_size(const char *loss);

#endif
