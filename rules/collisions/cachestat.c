// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cachestat.c - how much of the file is in the page cache, and dirty there
 *
 * Before v6.5 there is no cachestat(2): mincore tells what is cached, and
 * /proc/kpageflags what is dirty, of the pages that the mapping holds.
 */
#include "rules/collisions/run.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#ifndef SYS_cachestat
#define SYS_cachestat 451 /* newer than the C library of Debian 12 */
#endif

#define PAGEMAP_PRESENT (1ULL << 63)
#define PAGEMAP_FRAME ((1ULL << 55) - 1)

int cachestat_read(struct cachestat *out, int fd)
{
	struct {
		uint64_t at, len;
	} range = { 0, FILE_LEN };

	return (int)syscall(SYS_cachestat, fd, &range, out, 0);
}

ssize_t cachestat_in_core(const char *map, off_t at, size_t len)
{
	size_t first = (size_t)at / PAGE;
	size_t pages = ((size_t)at + len + PAGE - 1) / PAGE - first;
	unsigned char in_core[FILE_PAGES];
	ssize_t n = 0;

	if (!map || mincore((void *)(uintptr_t)(map + first * PAGE),
			    pages * PAGE, in_core) < 0)
		return -1;
	for (size_t i = 0; i < pages; i++)
		n += in_core[i] & 1;
	return n;
}

ssize_t cachestat_cached(int fd, const char *map)
{
	struct cachestat stat;

	if (cachestat_read(&stat, fd) == 0)
		return (ssize_t)stat.cached;
	return cachestat_in_core(map, 0, FILE_LEN);
}

static bool read_word(uint64_t *out, const char *path, uint64_t index)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd >= 0) {
		n = pread(fd, out, sizeof(*out), (off_t)(index * sizeof(*out)));
		close(fd);
	}
	return n == (ssize_t)sizeof(*out);
}

static bool is_dirty(const char *page)
{
	uint64_t frame, flags;

	return read_word(&frame, "/proc/self/pagemap",
			 (uintptr_t)page / PAGE) &&
	       (frame & PAGEMAP_PRESENT) &&
	       read_word(&flags, "/proc/kpageflags", frame & PAGEMAP_FRAME) &&
	       (flags & (1ULL << KPF_DIRTY));
}

ssize_t cachestat_dirty(int fd, const char *map)
{
	struct cachestat stat;
	ssize_t n = 0;

	if (cachestat_read(&stat, fd) == 0)
		return (ssize_t)stat.dirty;
	if (!map)
		return -1;
	for (size_t at = 0; at < FILE_LEN; at += PAGE)
		n += mapping_load(map + at, 1) == 1 && is_dirty(map + at);
	return n;
}
