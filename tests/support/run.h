/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.h - one run of the program under test, and what a user got from it
 */
#ifndef TESTS_RUN_H
#define TESTS_RUN_H

#include <stdio.h>

#include "bot/base/json.h"
#include "tests/support/support.h"

struct run {
	char *dir; /* holds what follows */
	int exit_code;
	struct buf out;	 /* stdout */
	struct buf err;	 /* stderr */
	struct buf mail; /* empty when none was drafted */
	json_t *json;	 /* NULL when none was written */
};

/*
 * Run a shell command with $dir (a new folder), $json and $mail in it,
 * $collider, the program, $all: its review with --json and --mail, and
 * $review: the same of six scenarios on three filesystems.
 */
void run_shell(struct run *r, const char *command);
/* Fails the test unless the exit code and the --json verdict are these. */
void run_expect(const struct run *r, int exit_code, const char *verdict);
/* Fails the test unless @part stands in @text. */
void run_expect_text(const struct buf *text, const char *part);
/* What a command answers to some words. */
struct run_answer {
	const char *words;
	int exit;
	const char *out; /* a piece of it */
	const char *err;
};
void run_expect_answer(const char *command, const struct run_answer *answer);
void run_release(struct run *r);
DEFINE_AUTO_VALUE(struct run, run_release)

/* What a run said, for the message of a failed assertion. */
#define RUN_SAID_MAX "3000" /* bytes: Check ends a program that says 8192 */
#define RUN_SAID(r)                                                        \
	"exit %d\n%." RUN_SAID_MAX "s%." RUN_SAID_MAX "s", (r)->exit_code, \
		buf_text(&(r)->err), buf_text(&(r)->out)

#endif
