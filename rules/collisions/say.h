/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * say.h - results on the console, as KTAP behind the job's nonce
 *
 * The format is read by parsers/ktap.c; its header describes it.
 */
#ifndef COLLISIONS_SAY_H
#define COLLISIONS_SAY_H

#include "rules/collisions/run.h"

#define PLAN_MAX_WORDS 128
#define PLAN_MAX_LINE 4096 /* COMMAND_LINE_SIZE of the kernel */

/* What the kernel command line asks for. */
struct plan {
	char line[PLAN_MAX_LINE]; /* what the words below point into */
	const char *nonce;
	const char *filesystems[PLAN_MAX_WORDS];
	const char *scenarios[PLAN_MAX_WORDS];
	unsigned n_filesystems, n_scenarios;
	unsigned repeat;
};

/* False: there is no complete plan in @out->line. */
bool plan_parse(struct plan *out);

void say_plan(const struct plan *p);
void say_suite(const struct plan *p, const char *filesystem);
/* A line before the run, so that a panic can be laid at its door. */
void say_running(const struct plan *p, const char *scenario, unsigned run);
void say_run(const struct plan *p, unsigned number, const struct run *r);
/* A run that could not even begin. */
void say_no_run(const struct plan *p, unsigned number, const char *scenario,
		unsigned run, const char *why);
void say_suite_end(const struct plan *p, unsigned number,
		   const char *filesystem);
void say_finished(const struct plan *p);

#endif
