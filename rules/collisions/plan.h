/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan.h - what the kernel command line asks for
 *
 * collide.nonce=HEX collide.fs=xfs,ext4 collide.scenarios=C01,C09
 * collide.repeat=3, as bot/guest/guest.c writes it.
 */
#ifndef COLLISIONS_PLAN_H
#define COLLISIONS_PLAN_H

#include <stdbool.h>

#define PLAN_MAX_WORDS 128
#define PLAN_MAX_LINE 4096 /* COMMAND_LINE_SIZE of the kernel */

struct plan {
	char line[PLAN_MAX_LINE]; /* what the words below point into */
	const char *nonce;
	const char *filesystems[PLAN_MAX_WORDS];
	const char *scenarios[PLAN_MAX_WORDS];
	unsigned n_filesystems, n_scenarios;
	unsigned repeat;
};

/* False: there is no complete plan in @out->line, which is cut up. */
bool plan_parse(struct plan *out);

#endif
