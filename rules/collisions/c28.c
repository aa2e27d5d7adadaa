// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C28 - a clone of a file with asynchronous direct I/O in flight
 *
 * The clone may be of before or of after: a mix means that blocks were shared
 * while the device was still writing to them.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	file_make_clone(r);
	collide_in_flight(r, actor_direct_aio, actor_clone);
}

static const struct scenario c28 = {
	.id = "C28",
	.says = "FICLONE of a file while an asynchronous direct write of "
		"all of it is in flight",
	.knows = KNOWS_IN_FLIGHT("clone"),
	.needs = FILES_CLONE,
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "io_submit of 16 pages: iomap_dio_rw returns "
		  "-EIOCBQUEUED, no lock is held from here on" },
		{ "clone", "FICLONE: xfs_reflink_remap_prep locks both inodes and "
		  "calls inode_dio_wait; Btrfs waits for the ordered "
		  "extent" },
		STORY_GATE_OPENS,
		{ "dio", "iomap_dio_complete: inode_dio_end wakes the waiter" },
		{ "clone", "shares the blocks: all of them new, as the data is on "
		  "the disk" },
	},
	.run = collide,
};
SCENARIO(c28);
