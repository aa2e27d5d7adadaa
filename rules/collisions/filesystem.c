// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * filesystem.c - the filesystems that can collide
 *
 * The mkfs programs are put there by bot/guest/initramfs.c.
 */
#include "rules/collisions/run.h"

/* What each can was seen on 6.12 and 6.1. */
#define PLAIN (FILES_MAP | FILES_RESIZE | FILES_READ)
#define NO_CLONES                                                          \
	(PLAIN | FILES_UNWRITTEN | FILES_FILL | FILES_PUNCH | FILES_ZERO | \
	 FILES_COLLAPSE | FILES_EXTEND)
#define ALL (NO_CLONES | FILES_CLONE)

/*
 * Blocks of 4 KiB where a small disk would get smaller ones (mke2fs.conf): that
 * is what people have. A small log: mkfs writes it, into memory.
 */
#define MKE2FS "/sbin/mkfs.ext4", "-q", "-F", "-b", "4096"

/*
 * A log that hundreds of runs do not fill: where it is full, whoever allocates
 * waits for a checkpoint (__jbd2_log_wait_for_space), which the gate may hold.
 */
#define EXT4_LOG "-J", "size=16", "-E", "lazy_journal_init=1"

/* No thread that zeroes inode tables while scenarios run. */
#define EXT4_OPTIONS "noinit_itable"

static const struct filesystem filesystems[] = {
	{ .name = "xfs",
	  .type = "xfs",
	  .options = "",
	  .mkfs = { "/sbin/mkfs.xfs", "-q", "-f", FILESYSTEM_NODE },
	  .can = ALL },
	{ .name = "xfs1k",
	  .type = "xfs",
	  .options = "",
	  .mkfs = { "/sbin/mkfs.xfs", "-q", "-f", "-b", "size=1024",
		    FILESYSTEM_NODE },
	  .can = ALL },
	{ .name = "xfsreflink",
	  .type = "xfs",
	  .options = "",
	  .mkfs = { "/sbin/mkfs.xfs", "-q", "-f", FILESYSTEM_NODE },
	  .can = ALL,
	  .is_shared = true },
	{ .name = "ext4",
	  .type = "ext4",
	  .options = EXT4_OPTIONS,
	  .mkfs = { MKE2FS, EXT4_LOG, FILESYSTEM_NODE },
	  .can = NO_CLONES },
	/* Its files are mapped by indirect blocks (ext4_ind_map_blocks). */
	{ .name = "ext4ind",
	  .type = "ext4",
	  .options = EXT4_OPTIONS,
	  .mkfs = { MKE2FS, EXT4_LOG, "-O", "^extents,^64bit",
		    FILESYSTEM_NODE },
	  .can = PLAIN | FILES_PUNCH | FILES_EXTEND },
	{ .name = "ext2",
	  .type = "ext2",
	  .options = "",
	  .mkfs = { MKE2FS, "-t", "ext2", FILESYSTEM_NODE },
	  .can = PLAIN | FILES_EXTEND },
	/*
	 * On 6.12 a checksummed inode never goes direct (btrfs_direct_write).
	 */
	{ .name = "btrfs",
	  .type = "btrfs",
	  .options = "nodatasum",
	  .mkfs = { "/sbin/mkfs.btrfs", "-q", "-f", FILESYSTEM_NODE },
	  .can = ALL & ~(unsigned)FILES_COLLAPSE },
	{ .name = "btrfscow",
	  .type = "btrfs",
	  .options = "",
	  .mkfs = { "/sbin/mkfs.btrfs", "-q", "-f", FILESYSTEM_NODE },
	  .can = ALL & ~(unsigned)FILES_COLLAPSE },
	{ .name = "f2fs",
	  .type = "f2fs",
	  .options = "",
	  .mkfs = { "/sbin/mkfs.f2fs", "-q", "-f", FILESYSTEM_NODE },
	  .can = NO_CLONES },
	{ .name = "gfs2",
	  .type = "gfs2",
	  .options = "",
	  .mkfs = { "/sbin/mkfs.gfs2", "-O", "-q", "-p", "lock_nolock", "-j",
		    "1", "-J", "8", FILESYSTEM_NODE },
	  .can = PLAIN | FILES_UNWRITTEN | FILES_PUNCH },
	{ .name = "jfs",
	  .type = "jfs",
	  .options = "",
	  .mkfs = { "/sbin/mkfs.jfs", "-q", FILESYSTEM_NODE },
	  .can = PLAIN | FILES_EXTEND },
	/* Of a conventional zone; its gate holds reads, too (gate.c). */
	{ .name = "zonefs",
	  .type = "zonefs",
	  .options = "",
	  .kind = FILESYSTEM_ZONED,
	  .can = FILES_MAP },
	{ .name = "blockdev",
	  .kind = FILESYSTEM_DEVICE,
	  .can = FILES_MAP | FILES_READ | FILES_DEVICE },
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
