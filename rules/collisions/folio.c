// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * folio.c - how many pages the folios of a mapping have
 */
#include "rules/collisions/run.h"

#include <fcntl.h>

#define IS_PRESENT (1ULL << 63)	      /* of an entry of pagemap */
#define FRAME_MASK ((1ULL << 55) - 1) /* of the same */
#define IS_HEAD (1ULL << 15)	      /* KPF_COMPOUND_HEAD */
#define IS_TAIL (1ULL << 16)	      /* KPF_COMPOUND_TAIL */

static bool read_at(uint64_t *out, int fd, uint64_t index)
{
	return pread(fd, out, sizeof(*out), (off_t)(index * sizeof(*out))) ==
	       sizeof(*out);
}

/* The kernel's flags of the page at @at; 0 when it does not tell. */
static uint64_t read_flags(int pagemap, int flags, const char *at)
{
	uint64_t entry, of_frame;

	if (!read_at(&entry, pagemap, (uintptr_t)at / PAGE) ||
	    !(entry & IS_PRESENT) ||
	    !read_at(&of_frame, flags, entry & FRAME_MASK))
		return 0;
	return of_frame;
}

unsigned folio_largest(const char *map)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	int flags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	unsigned largest = 0, pages = 0;

	for (size_t i = 0; pagemap >= 0 && flags >= 0 && i < FILE_PAGES; i++) {
		uint64_t of_page = read_flags(pagemap, flags, map + i * PAGE);

		pages = (of_page & IS_TAIL) ? pages + 1 : of_page != 0;
		if (pages > largest)
			largest = pages;
	}
	if (pagemap >= 0)
		close(pagemap);
	if (flags >= 0)
		close(flags);
	return largest;
}
