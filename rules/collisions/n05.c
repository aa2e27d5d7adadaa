// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * N05 - C01, and then there is no room for the fallback
 *
 * What falls back to the page cache begins in a hole, and the disk is full:
 * xfs_file_buffered_write flushes, frees what it speculated on, tries a second
 * time and has to give up. Nothing is written, so that is told as ENOSPC, not
 * as a write of 0 bytes, and not as -ENOTBLK.
 */
#include "rules/collisions/kit.h"

#define FIRST_WRITTEN (FILE_PAGES / 2)

static void collide(struct run *r)
{
	struct actor *store;

	file_lay_out(r, FILE_TAIL);
	file_fill_disk(r);
	file_map_in(r);
	file_dirty(r, FIRST_WRITTEN);
	gate_hold_writes(r);
	actor_await_held(actor_direct_write(r), "folio_wait_writeback");
	observe_size_during(r);
	store = actor_store_at(r, FIRST_WRITTEN + MET_PAGE);
	actor_settle(store);
	gate_pass_all(r);
	run_join(r);
	if (store && store->returned < 0)
		run_spoil(r, "the store had no room");
	run_provoked(r, "the disk full, held in the flush, %s",
		     actor_deed(store));
	observe_file(r);
}

static const struct scenario n05 = {
	.id = "N05",
	.says = "a mapped store dirties a page while a direct write over "
		"it waits in its flush, and the disk has no room for the hole "
		"that the write begins in",
	.knows = "fallocate of one block was refused; " KNOWS_IN_FLUSH,
	.needs = FILES_MAP | FILES_UNWRITTEN | FILES_FILL,
	.story = {
		{ "file", "8 pages of a hole and 8 written ones; page 8 is dirtied "
		  "by a buffered write" },
		{ "file", "another one has all blocks that were free, but for a "
		  "few where a written page is copied when it is written" },
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 16 pages: flushes page 8 and waits for it in "
		  "folio_wait_writeback" },
		{ "store", "dirties page 13, behind the flush" },
		STORY_GATE_OPENS,
		{ "dio", "cannot drop page 13: the filesystem writes through the "
		  "page cache instead" },
		{ "dio", "page 0 needs a block: XFS frees what it can, once, and "
		  "tries again" },
		{ "dio", "returns ENOSPC; pages 8 to 15 are as they were, with "
		  "what was dirtied" },
	},
	.run = collide,
};
SCENARIO(n05);
