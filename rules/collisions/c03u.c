// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C03u - a buffered read caches zeros under a direct write in flight
 *
 * The blocks are unwritten: until the direct write's end_io converts them, a
 * buffered read finds zeros and leaves them in the cache. The invalidation
 * after the write is what keeps later reads from seeing them.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_UNWRITTEN);
	collide_in_flight(r, actor_direct_write, actor_buffered_read);
}

static const struct scenario c03u = {
	.id = "C03u",
	.says = "a buffered read caches unwritten blocks as zeros while a "
		"direct write over them is in flight",
	.knows = KNOWS_IN_FLIGHT("reader"),
	.needs = FILES_READ | FILES_UNWRITTEN,
	.story = {
		{ "file", "16 pages of unwritten blocks, by fallocate" },
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 16 pages: __iomap_dio_rw finds nothing to "
		  "invalidate, submits its bios and waits for them" },
		{ "read", "pread of all pages, through the page cache: it finds "
		  "unwritten blocks and caches zeros" },
		STORY_GATE_OPENS,
		{ "dio", "end_io first, then the invalidation drops what the "
		  "reader has cached" },
		{ "fsync", "later reads must find what was written directly" },
	},
	.run = collide,
};
SCENARIO(c03u);
