// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C04s - a direct write whose source is dirty, and one page further on
 *
 * Pages 1 to 4 are written onto 0 to 3: flushed, invalidated and faulted in
 * again as source of the write that invalidates them.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	unsigned dirty;

	file_lay_out(r, FILE_WRITTEN);
	file_store_letters(r);
	dirty = file_dirty_pages(r);
	if (dirty == 0)
		run_spoil(r, "the source was not dirty");
	actor_settle(actor_direct_write_from_map(r, PAGE, (size_t)4 * PAGE));
	run_join(r);
	run_provoked(r, "%u dirty pages in source and target", dirty);
	observe_file(r);
}

static const struct scenario c04s = {
	.id = "C04s",
	.says = "a direct write of four pages out of a dirty mapping of "
		"the same file, one page further on",
	.knows = "the pages were dirty in the page cache before the write",
	.needs = FILES_MAP,
	.story = {
		{ "file", "16 pages, dirtied through the mapping: a, b, c, ..., a "
		  "letter each" },
		{ "self", "pwrite of 4 pages to page 0, from the mapping of page "
		  "1" },
		{ "self", "kiocb_invalidate_pages flushes pages 0 to 3 and drops "
		  "them" },
		{ "self", "bio_iov_iter_get_pages takes pages 1 to 4: three of "
		  "them are read in again from the disk" },
		{ "self", "invalidates pages 0 to 3 once more at its end" },
		{ "file", "begins with b, c, d, e, and e again: what a move of "
		  "memory would leave" },
	},
	.run = collide,
};
SCENARIO(c04s);
