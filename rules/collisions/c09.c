// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C09 - C01 with RWF_DSYNC: a fallback that promised to be on the medium
 */
#include "rules/collisions/kit.h"

#include <sys/uio.h>

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	collide_in_flush(r, actor_direct_write_dsync, MET_PAGE);
}

static const struct scenario c09 = {
	.id = "C09",
	.says = "C01 by a direct write with RWF_DSYNC, which must be on "
		"the medium when it returns even if it fell back",
	.knows = KNOWS_IN_FLUSH,
	.needs = FILES_MAP,
	.story = {
		STORY_FLUSH,
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 with RWF_DSYNC: waits in folio_wait_writeback "
		  "for page 0, as in C01" },
		{ "store", "dirties page 5, behind the flush" },
		STORY_GATE_OPENS,
		{ "dio", "invalidate_inode_pages2_range fails, -ENOTBLK: the "
		  "filesystem falls back" },
		{ "dio", "generic_write_sync writes out what the fallback left "
		  "in the page cache, before it returns" },
	},
	.run = collide,
};
SCENARIO(c09);
