// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C17a - a buffered write meets asynchronous direct I/O
 *
 * No lock is held. ext4, Btrfs and gfs2 wait for the direct I/O in the
 * buffered write; XFS, f2fs and others do not, and then the collision must be
 * told by fsync.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	collide_in_flight(r, actor_direct_aio, actor_buffered_write);
}

static const struct scenario c17a = {
	.id = "C17a",
	.says = "a buffered write into page 5 while an asynchronous "
		"direct write of sixteen is in flight",
	.knows = KNOWS_IN_FLIGHT("buffered writer"),
	.needs = FILES_READ,
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "io_submit of 16 pages: iomap_dio_rw returns "
		  "-EIOCBQUEUED, no lock is held from here on" },
		{ "write", "pwrite of page 5: ext4_buffered_write_iter calls "
		  "inode_dio_wait, xfs_file_buffered_write does not" },
		STORY_GATE_OPENS,
		{ "dio", "iomap_dio_complete_work: where page 5 is dirty "
		  "already, it cannot be dropped, and -EIO is set in the "
		  "mapping's wb_err" },
		{ "write", "where it waited, it dirties page 5 only now: no error" },
		{ "fsync", "tells EIO once to each open file, or nothing" },
	},
	.run = collide,
};
SCENARIO(c17a);
