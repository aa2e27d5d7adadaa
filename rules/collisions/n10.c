// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * N10 - C01 by a direct write that a limit makes shorter
 *
 * The one reason for a direct write of XFS to be short: generic_write_checks
 * cuts it to RLIMIT_FSIZE. What falls back is what was left of it, not what
 * was asked for.
 */
#include "rules/collisions/kit.h"

static struct actor *write_to_limit(struct run *r)
{
	return actor_direct_write_limited(r, (size_t)10 * PAGE);
}

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	collide_in_flush(r, write_to_limit, MET_PAGE);
}

static const struct scenario n10 = {
	.id = "N10",
	.says = "C01 by a direct write of sixteen pages under a file size "
		"limit of ten",
	.knows = KNOWS_IN_FLUSH,
	.needs = FILES_MAP | FILES_RESIZE,
	.story = {
		STORY_FLUSH,
		STORY_GATE_HOLDS,
		{ "limited", "pwrite of 16 pages with RLIMIT_FSIZE of 10: "
		  "generic_write_check_limits leaves 10" },
		{ "limited", "kiocb_invalidate_pages waits in folio_wait_writeback "
		  "for page 0" },
		{ "store", "dirties page 5, behind the flush" },
		STORY_GATE_OPENS,
		{ "limited", "falls back with the 10 pages, checked once more under "
		  "the same limit: returns 40960" },
		{ "file", "has 10 pages of the direct write and 6 as before" },
	},
	.run = collide,
};
SCENARIO(n10);
