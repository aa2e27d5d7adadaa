// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C11 - i_size while a direct write beyond it is in flight
 *
 * The size is what a reader goes by. It may grow only after the data is there;
 * Btrfs sets it at submission, as others wait for the ordered extent then.
 */
#include "rules/collisions/kit.h"

static struct actor *extend(struct run *r)
{
	return actor_direct_write_at(r, SHORT_LEN, FILE_LEN / 2, 0);
}

static void collide(struct run *r)
{
	file_lay_out(r, FILE_SHORT);
	file_drop_cache(r);
	collide_in_flight(r, extend, NULL);
}

static const struct scenario c11 = {
	.id = "C11",
	.says = "fstat while a direct write of eight pages behind the end "
		"of the file is in flight",
	.knows = "the direct writer was seen waiting for its bios when "
		 "fstat was called",
	.needs = FILES_RESIZE | FILES_EXTEND,
	.story = {
		{ "file", "5 written pages, none of them cached; its end is there" },
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 8 pages at the end: blocks are allocated, "
		  "the bios are held; i_rwsem is held exclusively" },
		{ "stat", "fstat: i_size must still be 5 pages, as nothing is on "
		  "the disk" },
		STORY_GATE_OPENS,
		{ "dio", "end_io converts the blocks and only then sets i_size "
		  "(xfs_dio_write_end_io, ext4_handle_inode_extension)" },
		{ "file", "has 13 pages" },
	},
	.run = collide,
};
SCENARIO(c11);
