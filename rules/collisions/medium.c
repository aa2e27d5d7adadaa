// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * medium.c - the blocks of a file on the disk below the gate
 *
 * What a crash would leave behind. The disk is read past the filesystem, so
 * nothing is flushed by looking.
 */
#include "rules/collisions/run.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#define EXTENTS_MAX 32

union extents {
	struct fiemap head;
	char room[sizeof(struct fiemap) +
		  EXTENTS_MAX * sizeof(struct fiemap_extent)];
};

static bool read_extent(char *buffer, int disk, const struct fiemap_extent *e)
{
	size_t len = e->fe_length;

	if (e->fe_logical >= FILE_LEN)
		return true;
	if (len > FILE_LEN - e->fe_logical)
		len = FILE_LEN - e->fe_logical;
	if (e->fe_flags & (FIEMAP_EXTENT_UNWRITTEN | FIEMAP_EXTENT_DELALLOC)) {
		memset(buffer + e->fe_logical, 'u', len);
		return true;
	}
	return pread(disk, buffer + e->fe_logical, len,
		     (off_t)e->fe_physical) == (ssize_t)len;
}

static bool read_extents(char *buffer, const struct volume *v,
			 const union extents *map)
{
	int disk = open(v->disk, O_RDONLY | O_DIRECT | O_CLOEXEC);
	bool ok = disk >= 0;

	memset(buffer, 0, FILE_LEN);
	for (unsigned i = 0; ok && i < map->head.fm_mapped_extents; i++)
		ok = read_extent(buffer, disk, &map->head.fm_extents[i]);
	if (disk >= 0)
		close(disk);
	return ok;
}

void medium_describe(char *out, const struct volume *v, int fd, char *buffer)
{
	union extents map = {
		.head = { .fm_length = FILE_LEN,
			  .fm_extent_count = EXTENTS_MAX },
	};

	if (strcmp(v->fs->type, "btrfs") == 0) {
		/* its FIEMAP speaks of logical addresses, not of the disk */
		snprintf(out, FIELD_MAX_VALUE, "unknown");
		return;
	}
	if (ioctl(fd, FS_IOC_FIEMAP, &map) < 0 ||
	    !read_extents(buffer, v, &map))
		describe_result(out, -1, errno);
	else
		describe_pages(out, buffer, FILE_LEN);
}
