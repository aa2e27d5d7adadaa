/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * promises.h - the contracts of the filesystems at hand, read from their files
 *
 * Reads <dir>/<filesystem>.conf of each, and <dir>/common.conf after them.
 * Caller: bot/session.c
 */
#ifndef STAGES_PROMISES_H
#define STAGES_PROMISES_H

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "rules/contract.h"

/*
 * 0: *out is the caller's to release. -1: ERR_CONFIG; a filesystem that has no
 * file is "no contract for 'minix' in '<dir>'".
 */
int promises_read(struct contracts *out, const char *dir,
		  const struct strings *filesystems, struct err *err)
	MUST_CHECK;

#endif
