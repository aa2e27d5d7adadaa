// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C03h - C03u over a hole, which the direct write has to fill first
 *
 * The blocks are allocated by the direct write's iomap_begin, as unwritten
 * ones. Filesystems that cannot do that answer -ENOTBLK and write through the
 * page cache: no direct I/O is in flight there.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_HOLE);
	collide_in_flight(r, actor_direct_write, actor_buffered_read);
}

static const struct scenario c03h = {
	.id = "C03h",
	.says = "a buffered read caches a hole as zeros while a direct "
		"write that fills it is in flight",
	.knows = KNOWS_IN_FLIGHT("reader"),
	.needs = FILES_READ | FILES_FILL,
	.story = {
		{ "file", "16 pages of hole, by ftruncate" },
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 16 pages: iomap_begin allocates unwritten "
		  "blocks, the bios are submitted" },
		{ "read", "pread of all pages, through the page cache: it finds a "
		  "hole, or the unwritten blocks that now fill it, and "
		  "caches zeros" },
		STORY_GATE_OPENS,
		{ "dio", "end_io first, then the invalidation drops what the "
		  "reader has cached" },
		{ "fsync", "later reads must find what was written directly" },
	},
	.run = collide,
};
SCENARIO(c03h);
