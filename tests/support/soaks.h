/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * soaks.h - what a soak came to, of runs that a letter stands for each
 *
 *	c	it collided, and nothing was broken
 *	.	it did not collide
 *	1	it could not: no folio had more than a page
 *	0	it collided, and a direct write returned 0
 *	q	a direct write returned 0, and nobody saw a collision
 *	w	it collided, and the kernel warned
 *	h	a call did not come back
 *	t	it collided, in a kernel without the tracepoint
 *	-	it could not begin
 */
#ifndef TESTS_SOAKS_H
#define TESTS_SOAKS_H

#include "rules/soak.h"

#define SOAKS_RUNS 3 /* that each kernel should have */

/* The runs of one kernel, and the words of a guest that did not finish. */
struct soaks_kernel {
	const char *runs; /* NULL: it was not run */
	const char *ended;
};

/* Of N03 on @filesystem; *is_told as soak_fill has it. */
void soaks_fill(struct soak_pair *out, const char *filesystem,
		const struct soaks_kernel kernels[SOAK_KERNELS],
		bool is_told[SOAK_KERNELS]);
/* Of a series that brought a fault on xfs; ext4 held, on jfs a guest died. */
void soaks_make(struct soak_record *out);

#endif
