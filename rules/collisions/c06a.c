// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C06a - a truncate meets asynchronous direct I/O
 *
 * io_submit has returned, so no lock is held: inode_dio_wait alone keeps the
 * truncate from freeing blocks that the device is still writing to.
 */
#include "rules/collisions/kit.h"

static struct actor *change(struct run *r)
{
	return actor_truncate(r, PAGE);
}

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	collide_in_flight(r, actor_direct_aio, change);
}

static const struct scenario c06a = {
	.id = "C06a",
	.says = "a truncate to one page while an asynchronous direct "
		"write of sixteen is in flight",
	.knows = KNOWS_IN_FLIGHT("truncate"),
	.needs = FILES_RESIZE,
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "io_submit of 16 pages: iomap_dio_rw returns "
		  "-EIOCBQUEUED, no lock is held from here on" },
		{ "truncate", "takes the inode's lock, which is free, and waits in "
		  "inode_dio_wait for i_dio_count to be 0" },
		STORY_GATE_OPENS,
		{ "dio", "iomap_dio_complete: inode_dio_end wakes the waiter" },
		{ "truncate", "frees the blocks, and its size, or its zeros, are what "
		  "stays" },
	},
	.run = collide,
};
SCENARIO(c06a);
