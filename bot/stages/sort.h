/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sort.h - assemble in a box: threads of the archive in, records out
 *
 * The box sees the archive read-only and parses what strangers wrote; the
 * worker's side reads every record again, under ceilings. Caller:
 * bot/stages/series.c
 */
#ifndef STAGES_SORT_H
#define STAGES_SORT_H

#include <stdint.h>

#include "bot/base/json.h"
#include "bot/base/mem.h"
#include "bot/stages/assemble.h"

#define SORT_MAX_THREADS 64	    /* of one box */
#define SORT_MAX_MAILS 10000	    /* of a thread */
#define SORT_MAX_BYTES (128u << 20) /* of a thread's mails: twice that, read */
#define SORT_MAX_FRAME (64u << 20)  /* every patch's id, and the notes */
#define SORT_MAX_TIME_S (10 * 60)   /* a thread of 10,000 mails takes 5 s */

/* What is asked: a thread and the mails that the archive has of it. */
struct sort_thread {
	int64_t id;
	const struct strings *mails; /* Message-IDs */
};

/* What is in it. */
struct sorted {
	int64_t id;
	bool is_refused; /* past a ceiling, or the box fell over it: why says */
	char *why;	 /* or NULL */
	struct sent_list sent;
	size_t n_left;	  /* mails with a diff that are in no revision */
	size_t n_missing; /* mails whose files are not there, or no mails */
};

struct sorted_list {
	struct sorted *v;
	size_t n;
};

void sorted_list_release(struct sorted_list *list);
DEFINE_AUTO_VALUE(struct sorted_list, sorted_list_release)

struct sort_place {
	const char *archive; /* folder, absolute */
	const char *user;    /* as struct boxed_spec has it */
};

/*
 * Assemble @n threads, at most SORT_MAX_THREADS. 0: *out has each of them, in
 * their order. A thread on which the box falls over is tried alone and then
 * refused, so that it cannot hold up the others. -1: ERR_CONFIG, ERR_SYSTEM.
 */
int sort_run(struct sorted_list *out, const struct sort_place *place,
	     const struct sort_thread *v, size_t n, struct err *err) MUST_CHECK;

/* The task "assemble"; see run/boxed.h. */
int sort_box(const json_t *request, int out, struct err *err) MUST_CHECK;

/* One thread's record out of its frame, and the other way round. */
int sorted_from_json(struct sorted *out, const json_t *value, struct err *err)
	MUST_CHECK;

#endif
