// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * N04 - C01 by a direct write that appends, and falls back
 *
 * RWF_APPEND takes i_size for the position, each time the checks of a write
 * are made. What falls back is checked a second time: nothing may have moved
 * i_size in between, and the write must not land twice.
 */
#include "rules/collisions/kit.h"

#include <sys/uio.h>

static struct actor *append(struct run *r)
{
	return actor_direct_write_at(r, 0, SECTOR, RWF_APPEND);
}

static void collide(struct run *r)
{
	struct actor *store;

	file_lay_out(r, FILE_SECTOR);
	file_store_letters(r);
	gate_hold_writes(r);
	actor_await_held(append(r), "folio_wait_writeback");
	store = actor_store_at(r, 0);
	actor_settle(store);
	gate_pass_all(r);
	run_join(r);
	run_provoked(r, "held in the flush, %s", actor_deed(store));
	observe_file(r);
	observe_sectors(r, 0);
}

static const struct scenario n04 = {
	.id = "N04",
	.says = "a mapped store dirties the last page of a file again "
		"while a direct write that appends to it waits for its "
		"writeback",
	.knows = KNOWS_IN_FLUSH,
	.needs = FILES_MAP | FILES_RESIZE,
	.story = {
		{ "file", "512 bytes, in a page that is dirty by a store" },
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 with RWF_APPEND of 512 bytes: "
		  "generic_write_checks puts it at i_size, 512" },
		{ "dio", "kiocb_invalidate_pages flushes the page and waits in "
		  "folio_wait_writeback" },
		{ "store", "dirties the same page, which is under writeback; Btrfs "
		  "makes it wait for that" },
		STORY_GATE_OPENS,
		{ "dio", "the page is dirty, so it falls back: the checks put it "
		  "at i_size again, which must be 512 still" },
		{ "file", "has 1024 bytes: a sector of the store, one of the "
		  "direct write" },
	},
	.run = collide,
};
SCENARIO(n04);
