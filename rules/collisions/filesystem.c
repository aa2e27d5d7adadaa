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
static const struct filesystem filesystems[] = {
	{ "xfs", "xfs", "", { "/sbin/mkfs.xfs", "-q", "-f", FILESYSTEM_NODE } },
	{ "ext4",
	  "ext4",
	  "noinit_itable",
	  { "/sbin/mkfs.ext4", "-q", "-F", FILESYSTEM_NODE } },
	{ "btrfs",
	  "btrfs",
	  "nodatasum",
	  { "/sbin/mkfs.btrfs", "-q", "-f", FILESYSTEM_NODE } },
};

const struct filesystem *filesystem_find(const char *name)
{
	for (size_t i = 0; i < sizeof(filesystems) / sizeof(filesystems[0]);
	     i++)
		if (strcmp(filesystems[i].name, name) == 0)
			return &filesystems[i];
	return NULL;
}
