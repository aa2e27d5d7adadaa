// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C03w - a buffered read caches old data under a direct write in flight
 *
 * The invalidation after the write is what keeps later reads from seeing the
 * old data.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	collide_in_flight(r, actor_direct_write, actor_buffered_read);
}

static const struct scenario c03w = {
	.id = "C03w",
	.says = "a buffered read caches written blocks while a direct "
		"write over them is in flight",
	.knows = KNOWS_IN_FLIGHT("reader"),
	.needs = FILES_READ,
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 16 pages: __iomap_dio_rw finds nothing to "
		  "invalidate, submits its bios and waits for them" },
		{ "read", "pread of all pages, through the page cache: it reads "
		  "the old data in from the disk" },
		STORY_GATE_OPENS,
		{ "dio", "end_io first, then the invalidation drops what the "
		  "reader has cached" },
		{ "fsync", "later reads must find what was written directly" },
	},
	.run = collide,
};
SCENARIO(c03w);
