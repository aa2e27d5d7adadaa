// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * filesystem.c - the filesystems that can collide
 *
 * The mkfs programs are put there by bot/guest/initramfs.c.
 */
#include "rules/collisions/run.h"

/*
 * btrfs: a checksummed inode never goes direct on 6.12 (btrfs_direct_write).
 * ext4: no thread that zeroes inode tables while scenarios run.
 */
#define ALL                                                        \
	(FILES_MAP | FILES_RESIZE | FILES_CLONE | FILES_READ |     \
	 FILES_UNWRITTEN | FILES_FILL | FILES_PUNCH | FILES_ZERO | \
	 FILES_COLLAPSE)

static const struct filesystem filesystems[] = {
	{ .name = "xfs",
	  .type = "xfs",
	  .options = "",
	  .mkfs = { "/sbin/mkfs.xfs", "-q", "-f", FILESYSTEM_NODE },
	  .can = ALL },
	{ .name = "ext4",
	  .type = "ext4",
	  .options = "noinit_itable",
	  .mkfs = { "/sbin/mkfs.ext4", "-q", "-F", FILESYSTEM_NODE },
	  .can = ALL & ~(unsigned)FILES_CLONE },
	{ .name = "btrfs",
	  .type = "btrfs",
	  .options = "nodatasum",
	  .mkfs = { "/sbin/mkfs.btrfs", "-q", "-f", FILESYSTEM_NODE },
	  .can = ALL & ~(unsigned)FILES_COLLAPSE },
};

const struct filesystem *filesystem_at(size_t i)
{
	return i < sizeof(filesystems) / sizeof(filesystems[0])
		       ? &filesystems[i]
		       : NULL;
}

const struct filesystem *filesystem_find(const char *name)
{
	const struct filesystem *fs;

	for (size_t i = 0; (fs = filesystem_at(i)); i++)
		if (strcmp(fs->name, name) == 0)
			return fs;
	return NULL;
}

bool filesystem_can(const struct filesystem *fs, const struct scenario *s)
{
	return (s->needs & ~fs->can) == 0;
}
