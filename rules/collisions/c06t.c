// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C06t - a truncate meets a direct write in flight
 *
 * The direct writer holds the inode's lock, so that blocks which the device is
 * still writing to are not freed, or given to another file.
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
	collide_in_flight(r, actor_direct_write, change);
}

static const struct scenario c06t = {
	.id = "C06t",
	.says = "a truncate to one page while a direct write of sixteen "
		"is in flight",
	.knows = KNOWS_IN_FLIGHT("truncate"),
	.needs = FILES_RESIZE,
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 16 pages: submits its bios and waits, with "
		  "the inode's lock (i_rwsem, XFS: IOLOCK_SHARED) held" },
		{ "truncate", "ftruncate waits for that lock in "
		  "rwsem_down_write_slowpath" },
		STORY_GATE_OPENS,
		{ "dio", "completes and lets go of the lock" },
		{ "truncate", "cuts the file to one page; the blocks that were "
		  "written to are freed only now" },
	},
	.run = collide,
};
SCENARIO(c06t);
