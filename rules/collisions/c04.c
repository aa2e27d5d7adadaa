// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C04 - a direct write whose source is the range that it writes to
 *
 * The source is a mapping of the same pages, none of them cached. Faulting
 * them in puts into the page cache what the write has just invalidated, and
 * must neither hang nor go round for ever.
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
	actor_settle(actor_direct_write_from_map(r, 0, FILE_LEN));
	run_join(r);
	run_provoked(r, "no page of the source was cached: it faults in");
	observe_file(r);
}

static const struct scenario c04 = {
	.id = "C04",
	.says = "a direct write out of a mapping of the very range that "
		"it writes to",
	.knows = "none of the pages was in the page cache before, so that "
		 "the write itself had to fault in its source",
	.needs = FILES_MAP,
	.story = {
		{ "file", "16 written pages, none of them cached; mapped" },
		{ "self", "pwrite of 16 pages, from the mapping of the same 16 "
		  "pages" },
		{ "self", "bio_iov_iter_get_pages faults the source in: the range "
		  "it has just invalidated is cached again" },
		{ "self", "where locks forbid that fault, iov_iter->nofault ends "
		  "in -EFAULT, the pages are faulted in outside, and it "
		  "is tried again" },
		{ "self", "invalidates the range once more at its end: nothing is "
		  "dirty there, it can be dropped" },
		{ "file", "holds what it held" },
	},
	.run = collide,
};
SCENARIO(c04);
