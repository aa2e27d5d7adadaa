/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store.h - the one SQLite file: lanes, base outcomes, jobs
 *
 * bot/store is the only folder with SQL. lanes.h, base_outcomes.h and jobs.h
 * are its tables. Every write is one transaction, on disk when the call
 * returns; a kill at any point leaves the rows before it or after it. Several
 * processes may have it open: a writer waits for another for STORE_BUSY_MS.
 *
 * Kinds of -1, here and in the tables: ERR_RETRY when somebody else holds the
 * file for longer; ERR_CONFIG when it is no database of ours, from a newer
 * collider, or may not be written; ERR_SYSTEM when it is damaged or the disk
 * is full. The file is never removed or made anew: a person decides that.
 *
 * For crash tests: with COLLIDER_CRASH_AT=n in the environment the process
 * ends with exit code STORE_CRASH_EXIT right before its nth commit, with "n+"
 * right after it. Commits of the migration count.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "bot/base/err.h"

#define STORE_BUSY_MS 10000
#define STORE_MAX_VALUE (16 << 20) /* bytes of one value: 2000 outcomes */
#define STORE_CRASH_EXIT 86

struct store;

/* Open @path, make it when it is missing; its folder must be there. */
int store_open(struct store **out, const char *path, struct err *err)
	MUST_CHECK;
void store_free(struct store *st); /* NULL is fine */
DEFINE_AUTO(struct store *, store_free)

#endif
