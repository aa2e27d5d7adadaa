// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C02u - C02w over unwritten blocks
 *
 * The store finds zeros, as end_io has not converted the blocks yet. After the
 * write the page is dirty and hides what was written.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_UNWRITTEN);
	collide_in_flight(r, actor_direct_write, actor_store);
}

static const struct scenario c02u = {
	.id = "C02u",
	.says = "a mapped store dirties a page of unwritten blocks while "
		"a direct write over them is in flight",
	.knows = KNOWS_IN_FLIGHT("store"),
	.needs = FILES_MAP | FILES_READ | FILES_UNWRITTEN,
	.story = {
		{ "file", "16 pages of unwritten blocks, by fallocate" },
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 16 pages: __iomap_dio_rw finds nothing to "
		  "invalidate, submits its bios and waits for them" },
		{ "store", "faults on page 5: the blocks are unwritten still, so "
		  "it is a page of zeros, and dirtied" },
		STORY_GATE_OPENS,
		{ "dio", "end_io converts the blocks; then the invalidation "
		  "after the write cannot drop page 5" },
		{ "dio", "dio_warn_stale_pagecache sets -EIO in the mapping's "
		  "wb_err" },
		{ "fsync", "tells EIO, once to each open file" },
	},
	.run = collide,
};
SCENARIO(c02u);
