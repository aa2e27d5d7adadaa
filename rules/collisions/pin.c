// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pin.c - a page of a block device that stays in the page cache, though clean
 *
 * A mounted ext2 holds the buffers of its super block and group descriptors,
 * which are in the first page of the device. Nothing is asked of it but to be
 * mounted, read-only, so it is what struct ext2_super_block, ext2_group_desc
 * and ext2_inode of fs/ext2/ext2.h need for that: revision 0, one group, and a
 * root directory that is never read.
 */
#include "rules/collisions/run.h"

#include <endian.h>
#include <errno.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define BLOCK 1024
#define BLOCKS (FILE_LEN / BLOCK)
#define INODES 16
#define INODE_LEN 128

/* Blocks: the first is no part of it. */
enum { SUPER = 1, GROUP, BLOCK_BITMAP, INODE_BITMAP, INODE_TABLE, ROOT = 7 };

static void put32(char *block, size_t at, uint32_t value)
{
	value = htole32(value);
	memcpy(block + at, &value, sizeof(value));
}

static void put16(char *block, size_t at, uint16_t value)
{
	value = htole16(value);
	memcpy(block + at, &value, sizeof(value));
}

static void fill_super(char *block)
{
	put32(block, 0, INODES);
	put32(block, 4, BLOCKS);
	put32(block, 20, SUPER);     /* s_first_data_block */
	put32(block, 32, BLOCK * 8); /* s_blocks_per_group */
	put32(block, 36, BLOCK * 8); /* s_frags_per_group */
	put32(block, 40, INODES);    /* s_inodes_per_group */
	put16(block, 56, 0xef53);
	put16(block, 58, 1); /* s_state: clean */
}

static void fill_group(char *block)
{
	put32(block, 0, BLOCK_BITMAP);
	put32(block, 4, INODE_BITMAP);
	put32(block, 8, INODE_TABLE);
}

/* Inode 2, of one block. */
static void fill_root(char *table)
{
	char *inode = table + INODE_LEN;

	put16(inode, 0, S_IFDIR | 0755);
	put32(inode, 4, BLOCK); /* i_size */
	put16(inode, 26, 2);	/* i_links_count */
	put32(inode, 28, BLOCK / 512);
	put32(inode, 40, ROOT); /* i_block[0] */
}

static ssize_t mount_inside(struct actor *a)
{
	struct run *r = a->run;
	ssize_t n;

	memset(r->buffer, 0, FILE_LEN);
	fill_super(r->buffer + SUPER * BLOCK);
	fill_group(r->buffer + GROUP * BLOCK);
	fill_root(r->buffer + INODE_TABLE * BLOCK);
	n = pwrite(r->buffered, r->buffer, FILE_LEN, 0);
	if (n < 0 || fsync(r->buffered) < 0)
		return -1;
	snprintf(r->pin, sizeof(r->pin), "pin_%s", r->volume->name);
	mkdir(r->pin, 0755);
	if (mount(r->path, r->pin, "ext2", MS_RDONLY, "") == 0)
		return 0;
	r->pin[0] = '\0';
	return -1;
}

void file_pin(struct run *r)
{
	run_aside(r, "mounting an ext2", mount_inside, 0);
}

void pin_remove(struct run *r)
{
	if (r->pin[0] == '\0')
		return;
	umount2(r->pin, 0);
	rmdir(r->pin);
	r->pin[0] = '\0';
}
