/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.h - a revision is put on the commit it is for
 *
 * Reads the diffs of its mails, finds the base and applies; what was tried and
 * where it stopped goes into the review. Callers: bot/review.c
 */
#ifndef STAGES_PLACE_H
#define STAGES_PLACE_H

#include "bot/base/err.h"
#include "bot/git/base.h"
#include "rules/review.h"

/*
 * A revision that is complete. When it does not apply, is already merged, or a
 * diff of it cannot be read, the review is ended, which is an answer. @base is
 * what --base said, or NULL. -1: ERR_SYSTEM, ...
 */
int place_run(struct review *r, const struct revision *revision,
	      struct tree *const *trees, size_t n_trees, const char *base,
	      struct err *err) MUST_CHECK;

#endif
