// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C03a - C03w by io_submit
 *
 * The completion runs in a workqueue: whoever moves it must keep the
 * invalidation before the caller learns of it.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	collide_in_flight(r, actor_direct_aio, actor_buffered_read);
}

static const struct scenario c03a = {
	.id = "C03a",
	.says = "a buffered read caches old data while a direct write by "
		"io_submit is in flight",
	.knows = KNOWS_IN_FLIGHT("reader"),
	.needs = FILES_READ,
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "io_submit of 16 pages: iomap_dio_rw returns "
		  "-EIOCBQUEUED, no lock is held from here on" },
		{ "read", "pread of all pages: it reads the old data in from the "
		  "disk" },
		STORY_GATE_OPENS,
		{ "dio", "the bios end in interrupt context; "
		  "iomap_dio_complete_work runs in a workqueue, as "
		  "invalidation may sleep" },
		{ "dio", "end_io first, then the invalidation drops what the "
		  "reader has cached" },
		{ "fsync", "later reads must find what was written directly" },
	},
	.run = collide,
};
SCENARIO(c03a);
