/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outcome.h - what one run of one scenario on one filesystem saw
 *
 * Pure. The bytes came out of a guest and are hostile; outcome_from_json and
 * parsers/ktap.c bring them in under the ceilings below. An outcome is a list
 * of named facts, so that a new scenario needs no new struct. Field names are
 * "actor.what" or "what":
 *
 *	dio.asked	bytes the direct writer asked for
 *	dio.returned	bytes it got, or "-EIO", "-ENOTBLK", ...; "hung" when
 *			it never came back after the window was closed;
 *			"-EFAULT" of a store: SIGBUS
 *	dio.waited	where it was held: "folio_wait_writeback", "no"
 *	store, read, write, sendfile, truncate, punch, zero, collapse,
 *	allocate, fsync, msync, drop, clone + .asked, .returned, .waited
 *			the other actors; no .asked where there is no amount
 *	dread.asked, dread.returned, dread.waited	a direct read
 *	self.asked, ...	a direct write out of a mapping of the same file
 *	limited.asked, ...	a direct write under RLIMIT_FSIZE
 *	mix.asked, ...	buffered and direct writes in turn, each with fsync
 *	none, clean, dirty + .asked, .returned, .waited
 *			C07: RWF_NOWAIT with nothing, a clean page, a dirty
 *			page in the way; its dio is by io_uring
 *	walk.returned
 *			N12: operations in turn, and how many were right
 *	mismatch	N12: "no", or the first operation that was not:
 *			"step 17, direct read of 512 at 1024: ..."
 *	again.asked, ...	C21, C21b: a second direct write
 *	read.data, dread.data, sendfile.data, after.data
 *			what a reader saw, as "cache" is told; "after" is a
 *			second sendfile
 *	fsync.buffered, fsync.buffered.again, fsync.direct, fsync.new
 *			"0" or "-EIO"; new = a descriptor opened afterwards
 *	fsync.between.buffered, fsync.between.direct
 *			C21: between the first direct write and the second
 *	size, size.during	i_size in bytes at the end, in the window;
 *			"held in FUNCTION" when fstat itself had to wait
 *	cache, disk, medium	content, one letter a page with a count:
 *			through the page cache, by direct read, on the device
 *			below: "D5M1D10" = 5 pages of the direct writer's, 1
 *			page of the mapped writer's, 10 of the direct writer's
 *			'z' zeros, 'u' unwritten blocks, '?' mixed
 *			content; "unknown" where it cannot be found out
 *	clone		content of the file that shares the blocks
 *	sectors		a page by direct read, one letter a sector of 512
 *			bytes: "z1D1z6"
 *	flushed		"yes" when the disk was told to flush its cache from
 *			before the first call to after the last, else "no"
 *	resident	pages in the cache: "cached/dirty/writeback", "-" where
 *			an old kernel does not tell
 *	trace.invalidate_fail	tracepoint hits in the run; "unknown"
 *	log.invalidation	"Page cache invalidation failure" lines; the
 *			kernel tells ten in a boot, after those "limited"
 *	log.collision	"Direct I/O collision with buffered writes!" lines
 *	log.warning	WARNING, BUG, assertions; log.splat is the first
 *	log.shutdown	the filesystem gave up or went read-only
 *	log.error	it told of an I/O error
 *	sweep.at	of a swept run: when the moved actor began, in
 *			microseconds of guest time
 *	sweep.met	where the awaited actor was then: "not begun",
 *			"folio_wait_writeback", "in flight", "returned"
 *	unobserved	why not all could be looked at after the collision
 */
#ifndef RULES_OUTCOME_H
#define RULES_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/err.h"
#include "bot/base/json.h"
#include "parsers/ktap.h"

#define OUTCOME_MAX_FIELDS 48 /* the largest scenario has 32 */
#define OUTCOME_MAX_NAME 40   /* bytes of a field, scenario, filesystem name */
#define OUTCOME_MAX_VALUE 400 /* bytes; a content signature of 16 pages: 48 */
#define OUTCOMES_MAX 8192     /* runs in one guest: 12 fs x 46 x 10 fits */

struct outcome_field {
	char *name;
	char *value;
};

struct outcome {
	char *filesystem; /* "xfs" */
	char *scenario;	  /* "C02w" */
	unsigned run;	  /* 1 .. repetitions */
	bool provoked;	  /* it collided; what follows means something */
	char *how;	  /* by what that is known, or why it did not collide */
	struct outcome_field *v;
	size_t n;
};

struct outcomes {
	struct outcome *v;
	size_t n;
};

/* The value of @name, or NULL. */
const char *outcome_find(const struct outcome *o, const char *name);
void outcome_add(struct outcome *o, const char *name, const char *value);
void outcome_release(struct outcome *o);
DEFINE_AUTO_VALUE(struct outcome, outcome_release)

/* The first run of a pair, or NULL. */
const struct outcome *outcomes_find(const struct outcomes *list,
				    const char *filesystem,
				    const char *scenario);
/* Moves @o into the list. */
void outcomes_take(struct outcomes *list, struct outcome *o);
/* Moves all of @from, which is empty then. */
void outcomes_take_all(struct outcomes *list, struct outcomes *from);
/* Add those of one pair, without owning them; list->v has room for them. */
void outcomes_borrow(struct outcomes *list, const struct outcomes *from,
		     const char *filesystem, const char *scenario);
void outcomes_release(struct outcomes *list);
DEFINE_AUTO_VALUE(struct outcomes, outcomes_release)

/* [{"filesystem","scenario","run","provoked","how","fields":{...}}] */
json_t *outcomes_to_json(const struct outcomes *list);
/* -1: ERR_INPUT or ERR_LIMIT; @out is empty then. */
int outcomes_from_json(struct outcomes *out, const json_t *array,
		       struct err *err) MUST_CHECK;

/* Results of a guest, complete or not. -1: as outcomes_from_json. */
int outcomes_from_ktap(struct outcomes *out, const struct ktap *k,
		       struct err *err) MUST_CHECK;

#endif
