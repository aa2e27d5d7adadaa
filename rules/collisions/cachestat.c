// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cachestat.c - how much of the file is in the page cache, and dirty there
 *
 * Before v6.5 there is no cachestat(2): mincore tells what is cached, and smaps
 * what is dirty, of the pages that the mapping holds. (/proc/kpageflags would
 * tell, too, but ends before the last pages of a User-Mode Linux 6.1.)
 */
#include "rules/collisions/run.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#ifndef SYS_cachestat
#define SYS_cachestat 451 /* newer than the C library of Debian 12 */
#endif

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

/* "Shared_Dirty:   8 kB": its pages, where @line is of that kind. */
static unsigned count_pages(const char *line, const char *kind)
{
	size_t len = strlen(kind);

	if (strncmp(line, kind, len) != 0)
		return 0;
	return (unsigned)(strtoul(line + len, NULL, 10) * 1024 / PAGE);
}

/*
 * A line of the mapping's own begins with "7f...-7f... "; task_mmu.c counts a
 * page as dirty when its entry is, or the page.
 */
unsigned cachestat_read_smaps(FILE *smaps, const char *map)
{
	char begin[32], line[512];
	bool is_ours = false;
	unsigned n = 0;

	snprintf(begin, sizeof(begin), "%lx-", (unsigned long)(uintptr_t)map);
	while (fgets(line, sizeof(line), smaps)) {
		if (strncmp(line, begin, strlen(begin)) == 0)
			is_ours = true;
		else if (is_ours && !(line[0] >= 'A' && line[0] <= 'Z'))
			break; /* the next mapping */
		if (!is_ours)
			continue;
		n += count_pages(line, "Shared_Dirty:") +
		     count_pages(line, "Private_Dirty:");
	}
	return n;
}

/* Only pages that are mapped are told of: each is read first. */
static ssize_t read_dirty(const char *map)
{
	FILE *smaps = fopen("/proc/self/smaps", "re");
	ssize_t n;

	if (!smaps)
		return -1;
	mapping_load(map, FILE_LEN);
	n = cachestat_read_smaps(smaps, map);
	fclose(smaps);
	return n;
}

ssize_t cachestat_dirty(int fd, const char *map)
{
	struct cachestat stat;

	if (cachestat_read(&stat, fd) == 0)
		return (ssize_t)stat.dirty;
	return map ? read_dirty(map) : -1;
}
