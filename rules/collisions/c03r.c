// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C03r - C03w by io_uring
 *
 * The completion is told by a ring, from whatever context it ran in: never
 * before the invalidation.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	collide_in_flight(r, actor_direct_ring, actor_buffered_read);
}

static const struct scenario c03r = {
	.id = "C03r",
	.says = "a buffered read caches old data while a direct write by "
		"io_uring is in flight",
	.knows = KNOWS_IN_FLIGHT("reader"),
	.needs = FILES_READ,
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "io_uring_enter: tried with IOCB_NOWAIT, handed to an "
		  "io-wq worker if that is refused; submitted" },
		{ "read", "pread of all pages: it reads the old data in from the "
		  "disk" },
		STORY_GATE_OPENS,
		{ "dio", "io_complete_rw posts the completion when "
		  "iomap_dio_complete has run, in a worker or a workqueue" },
		{ "dio", "end_io first, then the invalidation drops what the "
		  "reader has cached" },
		{ "fsync", "later reads must find what was written directly" },
	},
	.run = collide,
};
SCENARIO(c03r);
