/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reproduce.h - a stand-alone C program for what a review found
 *
 * Reads the sources of the guest program, writes into the folder of
 * --reproducers. Callers: bot/reproduce.c, bot/review.c
 */
#ifndef STAGES_REPRODUCE_H
#define STAGES_REPRODUCE_H

#include "bot/base/err.h"
#include "rules/reproducer.h"

#define REPRODUCE_MAX_FILES 50 /* of one review; the worst findings' */

/*
 * The .c and .h files of @dir. 0: *out is the caller's to release. -1:
 * ERR_CONFIG, ERR_SYSTEM.
 */
int reproduce_read(struct amalgam_files *out, const char *dir, struct err *err)
	MUST_CHECK;
/*
 * One file for each filesystem and scenario that a finding of @r is about,
 * into @dir, which is made. -1: as reproducer_write, ERR_SYSTEM.
 */
int reproduce_findings(const char *dir, const struct review *r,
		       const struct amalgam_files *files,
		       const struct contracts *contracts, struct err *err)
	MUST_CHECK;

#endif
