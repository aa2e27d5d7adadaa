/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * follow.h - a list from its server to the archive and the store
 *
 * The mirror is fetched, its new mails become rows, those in scope become files
 * of the archive, and are indexed; their threads are then to be assembled. Each
 * step leaves what it has done in the store and begins with what is left to be
 * done there, so a kill at any point, and a second run, end the same. All that
 * parses what strangers wrote is in boxes (fetch, intake, index).
 *
 * Mails are taken in for one list at a time, which a lock beside the archive
 * sees to; so does one for each server that is asked. Callers: bot/follow.c,
 * bot/steps.c
 */
#ifndef STAGES_FOLLOW_H
#define STAGES_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "bot/stages/index.h"
#include "bot/stages/take.h"
#include "bot/store/store.h"

#define FOLLOW_FIRST_WAIT_S 60 /* after a failure; twice that after the next */
#define FOLLOW_MAX_WAIT_S 3600

struct follow_spec {
	const char *list; /* its name */
	const char *url;
	const struct strings *watch; /* none: everything */
	const char *agent;
	const char *first;   /* as struct fetch_spec */
	const char *mirrors; /* folder of all lists' mirrors; there, absolute */
	struct index_place place;
	bool reindex;	/* make the archive's index anew */
	FILE *progress; /* where to show how far it is, or NULL */
};

struct follow_result {
	struct take_counts taken;
	uint64_t written; /* mails to the archive */
	struct index_counts archive;
	int64_t left_alone_until; /* 0: the server was asked */
	int64_t fetch_ms, take_ms, write_ms, index_ms;
};

/*
 * *out is filled whatever happens. When the server cannot be reached, or wants
 * to be left alone, the list's row says until when, and what was fetched before
 * is taken in all the same. -1: the error of that server (ERR_RETRY mostly), or
 * of what follows: ERR_RETRY, ERR_CONFIG, ERR_SYSTEM.
 */
int follow_run(struct follow_result *out, const struct follow_spec *spec,
	       struct store *st, struct err *err) MUST_CHECK;

#endif
