/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steps.h - what the stages of the pipeline do, each with its own transaction
 *
 * A step reads its item, calls a stage of bot/stages/, and commits what that
 * made and the item's next state at once. When somebody wrote the item
 * meanwhile the work is dropped, which is no error. Progress and what came of
 * it go to stdout, a line an event. Caller: bot/pipeline.c
 */
#ifndef BOT_STEPS_H
#define BOT_STEPS_H

#include "bot/pipeline.h"

/* Each: -1 with the kind that decides what becomes of the item. */
int steps_follow(struct item *item, struct err *err) MUST_CHECK;
int steps_answers(struct item *item, struct err *err) MUST_CHECK;
int steps_assemble(struct item *item, struct err *err) MUST_CHECK;
int steps_place(struct item *item, struct err *err) MUST_CHECK;
int steps_try(struct item *item, struct err *err) MUST_CHECK;
int steps_compose(struct item *item, struct err *err) MUST_CHECK;
int steps_send(struct item *item, struct err *err) MUST_CHECK;

#endif
