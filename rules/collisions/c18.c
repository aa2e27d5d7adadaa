// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C18 - a direct read of a page that is dirty
 *
 * The direct read has to see what was written before, so it must wait until
 * the page is on the disk.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_dirty(r, 2);
	gate_hold_writes(r);
	actor_await_held(actor_direct_read(r, 0), "folio_wait_writeback");
	gate_pass_all(r);
	run_join(r);
	run_provoked(r, "dread held in its flush");
	observe_file(r);
}

static const struct scenario c18 = {
	.id = "C18",
	.says = "a direct read over a dirty page, whose writeback takes a "
		"while",
	.knows = "the direct reader was seen in folio_wait_writeback",
	.story = {
		{ "file", "16 pages, cached; page 2 is dirtied by a buffered "
		  "write" },
		STORY_GATE_HOLDS,
		{ "dread", "pread of 16 pages: kiocb_write_and_wait starts the "
		  "writeback of page 2 and waits in folio_wait_writeback" },
		STORY_GATE_OPENS,
		{ "dread", "submits its bios only now: it finds page 2 as it was "
		  "written" },
		{ "file", "keeps its pages in the cache: a read invalidates "
		  "nothing since v5.9" },
	},
	.run = collide,
};
SCENARIO(c18);
