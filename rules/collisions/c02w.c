// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C02w - a page is dirtied under a direct write that is on its way to the disk
 *
 * Nothing is cached, so the invalidation before the write finds nothing. The
 * store reads its page in from written blocks and dirties it while the bios
 * are held; the invalidation after the write cannot drop it.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	collide_in_flight(r, actor_direct_write, actor_store);
}

static const struct scenario c02w = {
	.id = "C02w",
	.says = "a mapped store dirties a page of written blocks while a "
		"direct write over it is in flight",
	.knows = KNOWS_IN_FLIGHT("store"),
	.needs = FILES_MAP | FILES_READ,
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 16 pages: __iomap_dio_rw finds nothing to "
		  "invalidate, submits its bios and waits for them" },
		{ "store", "faults on page 5: it is read in from the disk, as it "
		  "was, and dirtied" },
		STORY_GATE_OPENS,
		{ "dio", "iomap_dio_complete: kiocb_invalidate_post_direct_write "
		  "cannot drop page 5" },
		{ "dio", "dio_warn_stale_pagecache logs it and sets -EIO in the "
		  "mapping's wb_err" },
		{ "fsync", "tells EIO, once to each open file" },
	},
	.run = collide,
};
SCENARIO(c02w);
