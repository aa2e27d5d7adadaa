// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C20 - the device fails the direct write
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	collide_with_error(r, actor_direct_write, "nothing was cached");
}

static const struct scenario c20 = {
	.id = "C20",
	.says = "a direct write, with nothing cached, that the device "
		"refuses",
	.knows = "a probe of the device was refused with EIO before the "
		 "direct write began",
	.story = {
		STORY_COLD,
		{ "gate", "refuses every write to the disk with EIO" },
		{ "dio", "pwritev2 of 16 pages: the bios end in error, "
		  "iomap_dio_set_error keeps -EIO" },
		{ "dio", "iomap_dio_complete returns dio->error, not what was "
		  "submitted: pwritev2 fails, and is never short" },
		STORY_GATE_OPENS,
		{ "fsync", "tells nothing: no page of the cache was lost" },
		{ "file", "holds what it held" },
	},
	.run = collide,
};
SCENARIO(c20);
