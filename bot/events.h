/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * events.h - the lines that `collider run` logs, one an event
 *
 * Each begins with what it is about: "stage=try revision=12". What a stranger
 * wrote stands in quotes. Caller: bot/daemon.c
 */
#ifndef BOT_EVENTS_H
#define BOT_EVENTS_H

#include "bot/agenda.h"

/* "collider 0.1 follows 2 lists, 1 review at a time, state='/var/lib/...'" */
void events_started(const struct config *config);
/* "ends: SIGTERM" */
void events_ends(const char *why);
/* A worker was started for a revision; of lists only the outcome is told. */
void events_begins(const struct agenda_task *task);
/* A line of a worker. */
void events_said(const struct agenda_task *task, const char *line);
void events_failed(const struct agenda_task *task, const struct err *why);
/* Something of ours is broken; the stage is tried again after that time. */
void events_rests(const struct stage *stage, int64_t rests_s);
/* Where the revision of a task stands now. */
void events_moved(const struct agenda_task *task,
		  const struct revisions_row *row);
/* It was stopped because the revision is not what it was. */
void events_overtaken(const struct agenda_task *task);
/* @what is ours: "the store", "the new configuration is not used". */
void events_trouble(const char *what, const struct err *err);

#endif
