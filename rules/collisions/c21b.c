// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C21b - a direct write after a collision that nobody has asked about
 *
 * The second write flushes the dirty page and goes to the disk as ever. The
 * error of the first is for fsync: a writer that took it would hide it, or
 * fail for no reason.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	collide_and_write_again(r, false);
}

static const struct scenario c21b = {
	.id = "C21b",
	.says = "C02w, then at once a second direct write, and fsync only "
		"after that",
	.knows = KNOWS_IN_FLIGHT("store"),
	.needs = FILES_MAP | FILES_READ,
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 16 pages: submits its bios and waits for "
		  "them" },
		{ "store", "faults on page 5, reads it in and dirties it" },
		STORY_GATE_OPENS,
		{ "dio", "the invalidation after the write fails: "
		  "dio_warn_stale_pagecache sets -EIO in the mapping's "
		  "wb_err" },
		{ "again", "pwritev2 of 16 pages: kiocb_invalidate_pages flushes "
		  "page 5 and drops it; filemap_write_and_wait_range may "
		  "not take the error" },
		{ "fsync", "tells EIO of the first, once to each open file" },
	},
	.run = collide,
};
SCENARIO(c21b);
