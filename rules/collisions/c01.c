// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C01 - the cache is dirtied again behind the back of a direct write's flush
 *
 * __iomap_dio_rw writes dirty pages back, waits, and invalidates the range.
 * The wait for page 0 is the window: a store dirties page 5, which the flush
 * has already passed by, so the invalidation must fail.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	collide_in_flush(r, actor_direct_write, MET_PAGE);
}

static const struct scenario c01 = {
	.id = "C01",
	.says = "a mapped store dirties a page while a direct write over "
		"it waits for the writeback of another",
	.knows = KNOWS_IN_FLUSH,
	.needs = FILES_MAP,
	.story = {
		STORY_FLUSH,
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 16 pages: kiocb_invalidate_pages flushes "
		  "page 0 and waits for it in folio_wait_writeback" },
		{ "store", "faults on page 5, behind the flush: page_mkwrite takes "
		  "no lock that the direct writer holds; the page is "
		  "dirty" },
		STORY_GATE_OPENS,
		{ "dio", "invalidate_inode_pages2_range finds page 5 dirty and "
		  "fails with -EBUSY: iomap tells the filesystem -ENOTBLK" },
		{ "dio", "the filesystem writes through the page cache instead" },
	},
	.run = collide,
};
SCENARIO(c01);
