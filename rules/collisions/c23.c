// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C23 - a fallocate below asynchronous direct I/O that makes the file longer
 *
 * What fstests generic/586 does. Both set i_size: the fallocate to 6 pages,
 * the direct write to 12. Whoever reads i_size before the other has set it
 * makes the file short again.
 */
#include "rules/collisions/kit.h"

static struct actor *extend(struct run *r)
{
	return actor_direct_aio_at(r, (off_t)8 * PAGE, (size_t)4 * PAGE);
}

static struct actor *allocate_below(struct run *r)
{
	return actor_allocate(r, 0, (size_t)6 * PAGE);
}

static void collide(struct run *r)
{
	file_lay_out(r, FILE_SHORT);
	file_drop_cache(r);
	collide_in_flight(r, extend, allocate_below);
}

static const struct scenario c23 = {
	.id = "C23",
	.says = "a fallocate of six pages while an asynchronous direct "
		"write of pages 8 to 11, behind the end of the file, is "
		"in flight",
	.knows = "the write had been submitted and was not complete, or "
		 "io_submit was seen waiting for its bios, and the "
		 "fallocate came back or was seen held before the gate "
		 "opened",
	.needs = FILES_RESIZE | FILES_UNWRITTEN | FILES_FILL,
	.story = {
		{ "file", "5 written pages, none of them cached; its end is there" },
		STORY_GATE_HOLDS,
		{ "dio", "io_submit of 4 pages at page 8; ext4 and others wait "
		  "for an extending write there" },
		{ "allocate", "fallocate(0, 6 pages): waits for i_rwsem, or in "
		  "inode_dio_wait; then i_size is 6 pages" },
		STORY_GATE_OPENS,
		{ "dio", "xfs_dio_write_end_io compares with i_size under "
		  "i_flags_lock and sets it to 12 pages" },
		{ "file", "has 12 pages, in either order" },
	},
	.run = collide,
};
SCENARIO(c23);
