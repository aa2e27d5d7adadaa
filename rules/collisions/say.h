/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * say.h - results on the console, as KTAP behind the job's nonce
 *
 * The format is read by parsers/ktap.c; its header describes it.
 */
#ifndef COLLISIONS_SAY_H
#define COLLISIONS_SAY_H

#include "rules/collisions/plan.h"
#include "rules/collisions/run.h"

void say_plan(const struct plan *p);
void say_suite(const struct plan *p, const char *filesystem, unsigned runs);
/* A line before the run, so that a panic can be laid at its door. */
void say_running(const struct plan *p, const char *scenario, unsigned run);
void say_run(const struct plan *p, unsigned number, const struct run *r);
/* A run that could not even begin. */
void say_no_run(const struct plan *p, unsigned number, const char *scenario,
		unsigned run, const char *why);
void say_suite_end(const struct plan *p, unsigned number,
		   const char *filesystem);
/* The last line, as is say_finished: what runs the plan does not get on. */
void say_stuck(const struct plan *p, const char *where);
void say_finished(const struct plan *p, unsigned runs);

#endif
