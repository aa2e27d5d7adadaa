// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C06q - a punched hole meets asynchronous direct I/O
 *
 * io_submit has returned, so no lock is held: inode_dio_wait alone keeps the
 * fallocate from freeing blocks that the device is still writing to.
 */
#include "rules/collisions/kit.h"

static struct actor *change(struct run *r)
{
	return actor_punch(r, 0, FILE_LEN);
}

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	collide_in_flight(r, actor_direct_aio, change);
}

static const struct scenario c06q = {
	.id = "C06q",
	.says = "a hole punched over all of it while an asynchronous "
		"direct write of sixteen is in flight",
	.knows = KNOWS_IN_FLIGHT("punch"),
	.needs = FILES_PUNCH,
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "io_submit of 16 pages: iomap_dio_rw returns "
		  "-EIOCBQUEUED, no lock is held from here on" },
		{ "punch", "takes the inode's lock, which is free, and waits in "
		  "inode_dio_wait for i_dio_count to be 0" },
		STORY_GATE_OPENS,
		{ "dio", "iomap_dio_complete: inode_dio_end wakes the waiter" },
		{ "punch", "frees the blocks, and its size, or its zeros, are what "
		  "stays" },
	},
	.run = collide,
};
SCENARIO(c06q);
