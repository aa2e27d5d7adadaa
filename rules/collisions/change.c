// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * change.c - actors that change what blocks a file has, or wait for them
 */
#include "rules/collisions/run.h"

#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

static ssize_t cut(struct actor *a)
{
	return ftruncate(a->fd, a->at);
}

struct actor *actor_truncate(struct run *r, off_t size)
{
	return actor_start(r, &(struct actor){ .name = "truncate",
					       .act = cut,
					       .fd = r->buffered,
					       .at = size,
					       .len = (size_t)size });
}

static ssize_t allocate(struct actor *a)
{
	return fallocate(a->fd, a->flags, a->at, (off_t)a->len);
}

static struct actor *start_fallocate(struct run *r, const char *name, int mode,
				     off_t at, size_t len)
{
	return actor_start(r, &(struct actor){ .name = name,
					       .act = allocate,
					       .fd = r->buffered,
					       .flags = mode,
					       .at = at,
					       .len = len });
}

struct actor *actor_punch(struct run *r, off_t at, size_t len)
{
	return start_fallocate(r, "punch",
			       FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at,
			       len);
}

struct actor *actor_zero(struct run *r, off_t at, size_t len)
{
	return start_fallocate(r, "zero", FALLOC_FL_ZERO_RANGE, at, len);
}

struct actor *actor_collapse(struct run *r, off_t at, size_t len)
{
	return start_fallocate(r, "collapse", FALLOC_FL_COLLAPSE_RANGE, at,
			       len);
}

struct actor *actor_allocate(struct run *r, off_t at, size_t len)
{
	return start_fallocate(r, "allocate", 0, at, len);
}

static ssize_t flush(struct actor *a)
{
	return fsync(a->fd);
}

struct actor *actor_fsync(struct run *r)
{
	return actor_start(r, &(struct actor){ .name = "fsync",
					       .act = flush,
					       .fd = r->buffered });
}

static ssize_t flush_map(struct actor *a)
{
	return msync(a->run->map, FILE_LEN, MS_SYNC);
}

struct actor *actor_msync(struct run *r)
{
	return actor_start(r, &(struct actor){ .name = "msync",
					       .act = flush_map });
}

static ssize_t drop_pages(struct actor *a)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
	ssize_t n = -1;

	(void)a;
	if (fd >= 0) {
		n = write(fd, "1", 1) == 1 ? 0 : -1;
		close(fd);
	}
	return n;
}

struct actor *actor_drop_caches(struct run *r)
{
	return actor_start(r, &(struct actor){ .name = "drop",
					       .act = drop_pages });
}

static ssize_t clone_file(struct actor *a)
{
	return ioctl(a->run->clone, FICLONE, a->fd);
}

struct actor *actor_clone(struct run *r)
{
	return actor_start(r, &(struct actor){ .name = "clone",
					       .act = clone_file,
					       .fd = r->buffered });
}
