/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * catalogue.h - which scenarios the guest program knows
 *
 * Asked of the program itself (`collide --list`), so that adding a scenario
 * stays adding one file. Callers: bot/session.c, bot/scenarios.c
 */
#ifndef STAGES_CATALOGUE_H
#define STAGES_CATALOGUE_H

#include "bot/base/err.h"
#include "bot/base/mem.h"

#define CATALOGUE_MAX_BYTES 65536 /* a scenario prints 400 bytes */

struct catalogue_entry {
	char *id;    /* "C01" */
	char *says;  /* one sentence: who collides with whom */
	char *knows; /* how a run knows that it collided */
	char *since; /* kernel that can show it: "6.5"; "": any */
	struct strings filesystems; /* that it can be on */
};

struct catalogue {
	struct catalogue_entry *v; /* by id */
	size_t n;
};

/* The time line of one scenario: who does what, in order. */
struct catalogue_story {
	struct catalogue_step {
		char *who;  /* "dio", "gate" */
		char *does; /* "waits for the writeback of page 0" */
	} * v;
	size_t n;
};

/* -1: ERR_CONFIG when @program cannot be run or prints anything else. */
int catalogue_read(struct catalogue *out, const char *program, struct err *err)
	MUST_CHECK;
/* The mixes that run free for a time; none of them is in the catalogue. */
int catalogue_read_soaks(struct catalogue *out, const char *program,
			 struct err *err) MUST_CHECK;
const struct catalogue_entry *catalogue_find(const struct catalogue *c,
					     const char *id);
void catalogue_release(struct catalogue *c);
DEFINE_AUTO_VALUE(struct catalogue, catalogue_release)

/* Ask @program (`--explain ID`). -1: as catalogue_read. */
int catalogue_explain(struct catalogue_story *out, const char *program,
		      const char *id, struct err *err) MUST_CHECK;
void catalogue_story_release(struct catalogue_story *s);
DEFINE_AUTO_VALUE(struct catalogue_story, catalogue_story_release)

#endif
