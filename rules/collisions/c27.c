// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C27 - C01 with the store outside of what is written directly
 *
 * Pages 0 to 3 are written, page 12 is stored to. They have nothing in common,
 * unless one large folio holds them: then the whole folio is dirty and cannot
 * be dropped, and the write falls back.
 */
#include "rules/collisions/kit.h"

static struct actor *write_four(struct run *r)
{
	return actor_direct_write_at(r, 0, (size_t)4 * PAGE, 0);
}

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	collide_in_flush(r, write_four, 12);
}

static const struct scenario c27 = {
	.id = "C27",
	.says = "a mapped store to page 12 while a direct write of pages "
		"0 to 3 waits for the writeback of page 0",
	.knows = KNOWS_IN_FLUSH,
	.needs = FILES_MAP,
	.story = {
		STORY_FLUSH,
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of pages 0 to 3: kiocb_invalidate_pages waits "
		  "in folio_wait_writeback for page 0" },
		{ "store", "dirties page 12, outside of the range" },
		STORY_GATE_OPENS,
		{ "dio", "invalidate_inode_pages2_range drops pages 0 to 3: in a "
		  "large folio with page 12 it fails, and the write falls "
		  "back" },
		{ "file", "has both in either case, and no error is told" },
	},
	.run = collide,
};
SCENARIO(c27);
