// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C02y - C02u with RWF_SYNC: the writer itself is told of the collision
 *
 * generic_write_sync calls fsync on the writer's own file after the
 * invalidation failed, and so takes the error that was meant for a later
 * fsync.
 */
#include "rules/collisions/kit.h"

#include <sys/uio.h>

static struct actor *write_all(struct run *r)
{
	return actor_direct_write_flags(r, RWF_SYNC);
}

static void collide(struct run *r)
{
	file_lay_out(r, FILE_UNWRITTEN);
	collide_in_flight(r, write_all, actor_store);
}

static const struct scenario c02y = {
	.id = "C02y",
	.says = "a mapped store dirties an unwritten page while a direct "
		"write with RWF_SYNC is in flight",
	.knows = KNOWS_IN_FLIGHT("store"),
	.needs = FILES_MAP | FILES_READ | FILES_UNWRITTEN,
	.story = {
		{ "file", "16 pages of unwritten blocks, by fallocate" },
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 16 pages: __iomap_dio_rw finds nothing to "
		  "invalidate, submits its bios and waits for them" },
		{ "store", "faults on page 5 and dirties a page of zeros" },
		STORY_GATE_OPENS,
		{ "dio", "iomap_dio_complete: the invalidation after the write "
		  "fails, dio_warn_stale_pagecache sets -EIO" },
		{ "dio", "generic_write_sync calls vfs_fsync_range, which finds "
		  "that error: pwritev2 fails though its data is on the "
		  "disk" },
		{ "fsync", "of the other descriptor tells EIO too, of the writer's "
		  "no more" },
	},
	.run = collide,
};
SCENARIO(c02y);
