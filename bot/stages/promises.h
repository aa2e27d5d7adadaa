/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * promises.h - the contracts of the filesystems at hand, read from their files
 *
 * For each filesystem <dir>/<filesystem>.conf, then that of the filesystem that
 * it is like, then <dir>/common.conf. Which of them are in force is known once
 * there is a base.
 *
 * Calling sequence:
 *	promises_read
 *	promises_settle		for each base
 *
 * Callers: bot/session.c, bot/contracts.c
 */
#ifndef STAGES_PROMISES_H
#define STAGES_PROMISES_H

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "bot/git/tree.h"
#include "rules/contract.h"

/* The filesystems that have a file in @dir, by name. -1: ERR_CONFIG. */
int promises_list(struct strings *out, const char *dir, struct err *err)
	MUST_CHECK;
/*
 * 0: *out is the caller's to release; what depends on the tree is not in
 * force. -1: ERR_CONFIG; a filesystem that has no file is "no contract for
 * 'minix' in '<dir>'".
 */
int promises_read(struct contracts *out, const char *dir,
		  const struct strings *filesystems, struct err *err)
	MUST_CHECK;
/*
 * Put those in force whose conditions hold in @commit, and no others. -1:
 * ERR_SYSTEM, ERR_LIMIT; what is in force is not known then.
 */
int promises_settle(struct contracts *list, const struct tree *tree,
		    const char *commit, struct err *err) MUST_CHECK;

#endif
