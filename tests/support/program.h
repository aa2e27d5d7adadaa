/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * program.h - C01 on xfs as a reproducer, compiled by gcc
 */
#ifndef TESTS_PROGRAM_H
#define TESTS_PROGRAM_H

#include "rules/reproducer.h"

/* @r and @f may be NULL: of no review. */
void program_write(struct buf *out, const struct review *r,
		   const struct finding *f);
/* Compile it with @flags, separated by blanks: what gcc prints, if anything. */
void program_compile(struct buf *out, const char *dir, const struct buf *text,
		     const char *flags);

#endif
