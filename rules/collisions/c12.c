// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C12 - a direct write of one sector into a block that a clone shares
 *
 * Copy on write needs whole blocks. XFS makes such a write bounce to the page
 * cache (-ENOTBLK of xfs_file_dio_write_unaligned); the clone must not see it.
 */
#include "rules/collisions/kit.h"

static struct actor *write_sector(struct run *r)
{
	return actor_direct_write_at(r, SECTOR, SECTOR, 0);
}

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_clone(r);
	actor_settle(write_sector(r));
	run_join(r);
	run_provoked(r, "a clone shared the block");
	observe_file(r);
	observe_sectors(r, 0);
}

static const struct scenario c12 = {
	.id = "C12",
	.says = "a direct write of one sector into a block that is shared "
		"with a clone of the file",
	.knows = "FICLONE succeeded before the write, so that the block "
		 "was shared",
	.needs = FILES_CLONE,
	.story = {
		{ "file", "16 written pages; FICLONE makes a second file that "
		  "shares their blocks" },
		{ "dio", "pwritev2 of 512 bytes at 512: the block has to be "
		  "copied, and is larger" },
		{ "dio", "xfs_file_dio_write_unaligned: xfs_is_cow_inode, trace "
		  "xfs_reflink_bounce_dio_write, -ENOTBLK" },
		{ "dio", "xfs_file_write_iter writes it through the page cache; "
		  "Btrfs does so for any write that is not aligned" },
		{ "clone", "still reads as it was" },
	},
	.run = collide,
};
SCENARIO(c12);
