/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan.h - what the kernel command line asks for, and the file /plan
 *
 * collide.nonce=HEX collide.suites=xfs,btrfs:C01,C09/ext2:C01
 * collide.repeat=3, as bot/guest/guest.c writes it. What is too long for the
 * command line is a file in the initramfs, with a word a line.
 * collide.sweep=5000: run k is the k-th of steps of so many microseconds
 * (sweep.c); collide.at=17: every run is that step. collide.soak=8000
 * collide.seed=42: these are soaks, each runs for so many milliseconds.
 */
#ifndef COLLISIONS_PLAN_H
#define COLLISIONS_PLAN_H

#include <stdbool.h>

#define PLAN_MAX_SUITES 64
#define PLAN_MAX_SCENARIOS 128 /* of one suite */
#define PLAN_MAX_LINE 36864 /* COMMAND_LINE_SIZE of the kernel, and the file */
#define PLAN_FILE "/plan"

struct plan_suite {
	const char *filesystem;
	const char *scenarios[PLAN_MAX_SCENARIOS];
	unsigned n;
};

struct plan {
	char line[PLAN_MAX_LINE]; /* what the words below point into */
	const char *nonce;
	struct plan_suite suites[PLAN_MAX_SUITES];
	unsigned n;
	unsigned repeat;
	unsigned sweep_us; /* 0: not swept */
	unsigned at;	   /* 0: each run its own step */
	unsigned soak_ms;  /* 0: no soaks */
	unsigned seed;
};

/* False: there is no complete plan in @out->line, which is cut up. */
bool plan_parse(struct plan *out);

#endif
