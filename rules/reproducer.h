/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reproducer.h - a C program that makes one collision, for whoever has no
 * collider
 *
 * Pure. Subject and Message-ID are a stranger's and outcomes a guest's: they
 * can neither end a comment nor a string of the program. Callers:
 * bot/stages/reproduce.c, bot/reproduce.c
 */
#ifndef RULES_REPRODUCER_H
#define RULES_REPRODUCER_H

#include "rules/amalgam.h"
#include "rules/contract.h"
#include "rules/review.h"

#define REPRODUCER_MAX_BYTES (512u << 10) /* one has 50 KiB */

/* All borrowed. */
struct reproducer_spec {
	const struct amalgam_files *files;
	const char *scenario; /* "C01" */
	const char *says;     /* its sentence */
	const char *filesystem;
	const struct contracts *contracts; /* those in force are judged by */
	const struct review *review;	   /* NULL: of no series */
	const struct finding *finding;	   /* of it, about this pair; or NULL */
};

/* "c01-xfs.c"; the caller's. */
char *reproducer_name(const char *scenario, const char *filesystem);
/*
 * The whole program; @out is initialised here. -1: ERR_CONFIG for a scenario
 * whose source is not there, ERR_LIMIT past REPRODUCER_MAX_BYTES.
 */
int reproducer_write(struct buf *out, const struct reproducer_spec *spec,
		     struct err *err) MUST_CHECK;

#endif
