// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * N11 - a direct write of two vectors, the second one faulting in the file
 * itself
 *
 * The first vector is in memory, the second one is a mapping of pages that the
 * write goes over, and not cached. Under nofault it is a write in two parts,
 * with a fault in between.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	unsigned cached;

	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	cached = file_cached_pages(r);
	if (cached > 0)
		run_spoil(r, "%u pages were still cached", cached);
	actor_settle(actor_direct_write_half_from_map(r, (off_t)8 * PAGE));
	run_join(r);
	run_provoked(r, "no page of the second vector was cached");
	observe_file(r);
}

static const struct scenario n11 = {
	.id = "N11",
	.says = "a direct write of four pages from memory and four out of "
		"a mapping of the same file",
	.knows = "none of the pages was in the page cache before, so that "
		 "the write itself had to fault in its second vector",
	.needs = FILES_MAP,
	.story = {
		{ "file", "16 written pages, none of them cached; mapped" },
		{ "self", "pwritev of 8 pages: 4 from memory, 4 from the mapping "
		  "of page 8" },
		{ "self", "bio_iov_iter_get_pages takes the first vector, and "
		  "faults the second one in" },
		{ "self", "under nofault (Btrfs, gfs2) the first part is "
		  "submitted alone, IOMAP_DIO_PARTIAL; then the rest with "
		  "done_before" },
		{ "self", "returns the sum: 32768, not one part of it" },
		{ "file", "begins with 4 pages of the direct write; pages 4 to 7 "
		  "are what pages 8 to 11 are" },
	},
	.run = collide,
};
SCENARIO(n11);
