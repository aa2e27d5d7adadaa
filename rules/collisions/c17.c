// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C17 - a buffered write meets a direct write in flight
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	collide_in_flight(r, actor_direct_write, actor_buffered_write);
}

static const struct scenario c17 = {
	.id = "C17",
	.says = "a buffered write into page 5 while a direct write of "
		"sixteen is in flight",
	.knows = KNOWS_IN_FLIGHT("buffered writer"),
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 16 pages: submits its bios and waits, with "
		  "the inode's lock held (XFS: IOLOCK_SHARED)" },
		{ "write", "pwrite of page 5 through the page cache: waits for "
		  "that lock in rwsem_down_write_slowpath" },
		STORY_GATE_OPENS,
		{ "dio", "completes, invalidates and lets go of the lock" },
		{ "write", "dirties page 5: it is the later one and stays; no "
		  "error is right" },
	},
	.run = collide,
};
SCENARIO(c17);
