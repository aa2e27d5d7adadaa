// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C20p - C20 with the pages in the cache
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	if (file_cached_pages(r) == 0)
		run_spoil(r, "no page was cached");
	collide_with_error(r, actor_direct_write, "clean pages were cached");
}

static const struct scenario c20p = {
	.id = "C20p",
	.says = "a direct write over clean pages of the cache that the "
		"device refuses",
	.knows = "pages were cached, and a probe of the device was "
		 "refused with EIO before the direct write began",
	.story = {
		{ "file", "16 written pages, cached and clean" },
		{ "gate", "refuses every write to the disk with EIO" },
		{ "dio", "pwritev2 of 16 pages: kiocb_invalidate_pages drops "
		  "them, they are clean; the bios end in error" },
		{ "dio", "pwritev2 fails with -EIO" },
		STORY_GATE_OPENS,
		{ "read", "reads the old data in again from the disk" },
	},
	.run = collide,
};
SCENARIO(c20p);
