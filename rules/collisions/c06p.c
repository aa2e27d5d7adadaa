// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C06p - a punched hole meets a direct write in flight
 *
 * The direct writer holds the inode's lock, so that blocks which the device is
 * still writing to are not freed, or given to another file.
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
	collide_in_flight(r, actor_direct_write, change);
}

static const struct scenario c06p = {
	.id = "C06p",
	.says = "a hole punched over all of it while a direct write of "
		"sixteen is in flight",
	.knows = KNOWS_IN_FLIGHT("punch"),
	.needs = FILES_PUNCH,
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 16 pages: submits its bios and waits, with "
		  "the inode's lock (i_rwsem, XFS: IOLOCK_SHARED) held" },
		{ "punch", "fallocate(PUNCH_HOLE) waits for that lock in "
		  "rwsem_down_write_slowpath" },
		STORY_GATE_OPENS,
		{ "dio", "completes and lets go of the lock" },
		{ "punch", "drops the pages and frees the blocks: the file is a "
		  "hole" },
	},
	.run = collide,
};
SCENARIO(c06p);
