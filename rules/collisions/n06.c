// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * N06 - a direct read at the end of a file that a direct write makes longer
 *
 * What fstests generic/465 does by load. The reader may find the old end or
 * the new data, but never zeros, or anything else, where the write is still
 * under way.
 */
#include "rules/collisions/kit.h"

static struct actor *extend(struct run *r)
{
	return actor_direct_aio_at(r, SHORT_LEN, FILE_LEN / 2);
}

static struct actor *read_all(struct run *r)
{
	return actor_direct_read(r, 0);
}

static void collide(struct run *r)
{
	file_lay_out(r, FILE_SHORT);
	file_drop_cache(r);
	collide_in_flight(r, extend, read_all);
}

static const struct scenario n06 = {
	.id = "N06",
	.says = "a direct read of all while an asynchronous direct write "
		"of eight pages behind the end of the file is in flight",
	.knows = KNOWS_IN_FLIGHT("direct read"),
	.needs = FILES_RESIZE | FILES_EXTEND | FILES_READ,
	.story = {
		{ "file", "5 written pages, none of them cached; its end is there" },
		STORY_GATE_HOLDS,
		{ "dio", "io_submit of 8 pages at the end; where that has to be "
		  "synchronous, it holds i_rwsem exclusively" },
		{ "dread", "pread of 16 pages: XFS reads i_size, which is 5 pages "
		  "still, and returns 5" },
		{ "dread", "ext4 and others wait for the lock in "
		  "rwsem_down_read_slowpath, and find 13 pages" },
		STORY_GATE_OPENS,
		{ "dio", "end_io converts the blocks and then sets i_size" },
	},
	.run = collide,
};
SCENARIO(n06);
