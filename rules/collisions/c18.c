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
	struct actor *read;
	unsigned dirty;

	file_lay_out(r, FILE_WRITTEN);
	file_dirty(r, 2);
	dirty = file_dirty_pages(r);
	if (dirty == 0)
		run_spoil(r, "the page was not dirty");
	gate_hold_writes(r);
	read = actor_direct_read(r, 0);
	actor_settle(read);
	gate_pass_all(r);
	run_join(r);
	run_provoked(r, "%u dirty page, %s", dirty, actor_deed(read));
	observe_file(r);
}

static const struct scenario c18 = {
	.id = "C18",
	.says = "a direct read over a dirty page, whose writeback takes a "
		"while",
	.knows = "the page was dirty in the cache, every write was held, and "
		 "the direct reader came back or was seen held before the gate "
		 "opened",
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
