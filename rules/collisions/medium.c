// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * medium.c - the blocks of a file on the disk below the gate
 *
 * What a crash would leave behind. The disk is read past the filesystem, so
 * nothing is flushed by looking.
 */
#include "rules/collisions/run.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#define EXTENTS_MAX 32

union extents {
	struct fiemap head;
	char room[sizeof(struct fiemap) +
		  EXTENTS_MAX * sizeof(struct fiemap_extent)];
};

/* One item of a tree search: a chunk that holds @logical says where. */
static bool map_by_chunk(uint64_t *out, uint64_t logical,
			 const struct btrfs_ioctl_search_header *head,
			 const char *item)
{
	struct btrfs_chunk chunk;

	if (head->type != BTRFS_CHUNK_ITEM_KEY || head->len < sizeof(chunk))
		return false;
	memcpy(&chunk, item, sizeof(chunk));
	if (logical < head->offset ||
	    logical - head->offset >= le64toh(chunk.length))
		return false;
	*out = le64toh(chunk.stripe.offset) + (logical - head->offset);
	return true;
}

/* The chunk tree tells where a logical address of btrfs is on its one disk. */
static bool map_on_btrfs(uint64_t *out, int fd, uint64_t logical)
{
	struct btrfs_ioctl_search_args args = {
		.key = { .tree_id = BTRFS_CHUNK_TREE_OBJECTID,
			 .min_objectid = BTRFS_FIRST_CHUNK_TREE_OBJECTID,
			 .max_objectid = BTRFS_FIRST_CHUNK_TREE_OBJECTID,
			 .min_type = BTRFS_CHUNK_ITEM_KEY,
			 .max_type = BTRFS_CHUNK_ITEM_KEY,
			 .max_offset = UINT64_MAX,
			 .max_transid = UINT64_MAX,
			 .nr_items = EXTENTS_MAX },
	};
	struct btrfs_ioctl_search_header head;
	size_t at = 0;

	if (ioctl(fd, BTRFS_IOC_TREE_SEARCH, &args) < 0)
		return false;
	for (unsigned i = 0; i < args.key.nr_items; i++) {
		memcpy(&head, args.buf + at, sizeof(head));
		at += sizeof(head);
		if (map_by_chunk(out, logical, &head, args.buf + at))
			return true;
		at += head.len;
	}
	errno = ENXIO;
	return false;
}

/* What the extents of one file are read with. */
struct reading {
	char *buffer;
	int disk, file;
	bool is_btrfs; /* whose FIEMAP speaks of logical addresses */
};

/* Extents that are not whole blocks of the disk, or nobody knows where. */
#define ELSEWHERE                                        \
	(FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_ENCODED | \
	 FIEMAP_EXTENT_NOT_ALIGNED | FIEMAP_EXTENT_DATA_INLINE)

static bool read_extent(const struct reading *r, const struct fiemap_extent *e)
{
	uint64_t physical = e->fe_physical;
	size_t len = e->fe_length;

	if (e->fe_logical >= FILE_LEN)
		return true;
	if (len > FILE_LEN - e->fe_logical)
		len = FILE_LEN - e->fe_logical;
	if (e->fe_flags & (FIEMAP_EXTENT_UNWRITTEN | FIEMAP_EXTENT_DELALLOC)) {
		memset(r->buffer + e->fe_logical, 'u', len);
		return true;
	}
	if (e->fe_flags & ELSEWHERE) {
		errno = EOPNOTSUPP;
		return false;
	}
	if (r->is_btrfs && !map_on_btrfs(&physical, r->file, physical))
		return false;
	return pread(r->disk, r->buffer + e->fe_logical, len,
		     (off_t)physical) == (ssize_t)len;
}

static bool map_file(union extents *map, int fd)
{
	memset(map, 0, sizeof(*map));
	map->head.fm_length = FILE_LEN;
	map->head.fm_extent_count = EXTENTS_MAX;
	return ioctl(fd, FS_IOC_FIEMAP, map) == 0;
}

static bool read_extents(const struct reading *r)
{
	union extents map;

	if (!map_file(&map, r->file))
		return false;
	memset(r->buffer, 0, FILE_LEN);
	for (unsigned i = 0; i < map.head.fm_mapped_extents; i++)
		if (!read_extent(r, &map.head.fm_extents[i]))
			return false;
	return true;
}

/* What came before FIEMAP: jfs has only that. Block 0 is a hole. */
static bool read_blocks(const struct reading *r)
{
	int size, block;

	if (ioctl(r->file, FIGETBSZ, &size) < 0)
		return false;
	memset(r->buffer, 0, FILE_LEN);
	for (int i = 0; i < (int)FILE_LEN / size; i++) {
		block = i;
		if (ioctl(r->file, FIBMAP, &block) < 0)
			return false;
		if (block && pread(r->disk, r->buffer + (off_t)i * size,
				   (size_t)size, (off_t)block * size) != size)
			return false;
	}
	return true;
}

static bool read_at(const struct reading *r, off_t at)
{
	return pread(r->disk, r->buffer, FILE_LEN, at) == (ssize_t)FILE_LEN;
}

/* The super block has the first zone, the file the next. */
static bool read_medium(const struct reading *r, const struct volume *v)
{
	switch (v->fs->kind) {
	case FILESYSTEM_DEVICE:
		return read_at(r, 0);
	case FILESYSTEM_ZONED:
		return read_at(r, (off_t)DISK_ZONE_MIB << 20);
	case FILESYSTEM_MOUNTED:
		break;
	}
	return read_extents(r) || (errno == EOPNOTSUPP && read_blocks(r));
}

static struct reading open_disk(const struct volume *v, int fd, char *buffer,
				int flags)
{
	return (struct reading){
		.buffer = buffer,
		.disk = open(v->disk, flags | O_DIRECT | O_CLOEXEC),
		.file = fd,
		.is_btrfs = v->fs->type && strcmp(v->fs->type, "btrfs") == 0,
	};
}

/* Neither FIEMAP nor FIBMAP (which answers EINVAL) is no error. */
static void describe_failure(char *out, int error)
{
	if (error == EOPNOTSUPP || error == EINVAL)
		snprintf(out, FIELD_MAX_VALUE, "unknown");
	else
		describe_result(out, -1, error);
}

void medium_describe(char *out, const struct volume *v, int fd, char *buffer)
{
	struct reading r = open_disk(v, fd, buffer, O_RDONLY);

	if (r.disk >= 0 && read_medium(&r, v))
		describe_pages(out, buffer, FILE_LEN);
	else
		describe_failure(out, errno);
	if (r.disk >= 0)
		close(r.disk);
}

/* The blocks are unwritten: what they hold must never be seen. */
static ssize_t soil_extent(const struct reading *r,
			   const struct fiemap_extent *e)
{
	uint64_t physical = e->fe_physical;
	size_t len = e->fe_length < FILE_LEN ? e->fe_length : FILE_LEN;

	if (!(e->fe_flags & FIEMAP_EXTENT_UNWRITTEN))
		return 0;
	if (r->is_btrfs && !map_on_btrfs(&physical, r->file, physical))
		return -1;
	return pwrite(r->disk, r->buffer, len, (off_t)physical);
}

ssize_t medium_soil(const struct volume *v, int fd, char *buffer)
{
	struct reading r = open_disk(v, fd, buffer, O_WRONLY);
	ssize_t n = 0, total = -1;
	union extents map;

	memset(buffer, 'G', FILE_LEN);
	if (r.disk >= 0 && map_file(&map, fd))
		total = 0;
	for (unsigned i = 0;
	     total >= 0 && i < map.head.fm_mapped_extents && n >= 0; i++) {
		n = soil_extent(&r, &map.head.fm_extents[i]);
		total += n;
	}
	if (r.disk >= 0)
		close(r.disk);
	return n < 0 ? -1 : total;
}
