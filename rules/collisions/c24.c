// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C24 - fsync meets a direct write in flight
 *
 * fsync has no business with direct I/O that is not complete. Most return;
 * Btrfs and jfs wait for the inode's lock. What it waits for may vary, its
 * result may not.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	collide_in_flight(r, actor_direct_write, actor_fsync);
}

static const struct scenario c24 = {
	.id = "C24",
	.says = "fsync while a direct write of sixteen pages is in flight",
	.knows = "the direct writer was seen waiting for its bios, and "
		 "fsync came back or was seen held before the gate opened",
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 16 pages: submits its bios and waits, with "
		  "the inode's lock held" },
		{ "fsync", "file_write_and_wait_range finds nothing dirty; nothing "
		  "is to be logged, or it waits for the log, or for the "
		  "lock" },
		STORY_GATE_OPENS,
		{ "dio", "completes" },
		{ "fsync", "tells 0, then and later" },
	},
	.run = collide,
};
SCENARIO(c24);
