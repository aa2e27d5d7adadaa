// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C16 - C01 by a direct write that goes past the end of the file
 *
 * The collision is before the end, the write ends behind it: what falls back
 * has to make the file longer.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_SHORT);
	collide_in_flush(r, actor_direct_write, 3);
}

static const struct scenario c16 = {
	.id = "C16",
	.says = "a mapped store dirties a page while a direct write over "
		"it, and past the end of the file, waits for the "
		"writeback of another",
	.knows = KNOWS_IN_FLUSH,
	.needs = FILES_MAP | FILES_RESIZE,
	.story = {
		{ "file", "5 pages, cached, mapped and clean; page 0 is dirtied "
		  "by a buffered write" },
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 16 pages: kiocb_invalidate_pages waits in "
		  "folio_wait_writeback for page 0" },
		{ "store", "dirties page 3, behind the flush" },
		STORY_GATE_OPENS,
		{ "dio", "invalidate_inode_pages2_range fails on page 3: "
		  "-ENOTBLK, nothing was written" },
		{ "dio", "the fallback writes all 16 pages through the page "
		  "cache and sets i_size" },
	},
	.run = collide,
};
SCENARIO(c16);
