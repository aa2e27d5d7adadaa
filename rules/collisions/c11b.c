// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C11b - a direct write that begins at i_size, inside a written block
 *
 * The block is written already, so that no conversion brings i_size along: it
 * takes the path of its own in xfs_dio_write_end_io.
 */
#include "rules/collisions/kit.h"

static struct actor *extend(struct run *r)
{
	return actor_direct_write_at(r, SECTOR, SECTOR, 0);
}

static void collide(struct run *r)
{
	file_lay_out(r, FILE_SECTOR);
	file_drop_cache(r);
	actor_settle(extend(r));
	run_join(r);
	run_provoked(r, "i_size was in the middle of a written block");
	observe_file(r);
	observe_sectors(r, 0);
}

static const struct scenario c11b = {
	.id = "C11b",
	.says = "a direct write of one sector that begins where the file "
		"ends, in the middle of a block",
	.knows = "the file was laid out with one sector, so that the "
		 "write begins at its i_size",
	.needs = FILES_RESIZE,
	.story = {
		{ "file", "512 bytes, in a block of its own" },
		{ "dio", "pwritev2 of 512 bytes at 512: less than a block, so it "
		  "is alone in it (XFS: IOMAP_DIO_OVERWRITE_ONLY, or "
		  "IOLOCK_EXCL)" },
		{ "dio", "xfs_dio_write_end_io: neither COW nor unwritten, "
		  "i_size is updated by xfs_setfilesize" },
		{ "file", "has 1024 bytes: both sectors are there" },
	},
	.run = collide,
};
SCENARIO(c11b);
