// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * N09 - C02d on a disk whose cache is lost with power
 *
 * Without FUA an overwrite with RWF_DSYNC needs a flush of the disk, so that
 * IOMAP_DIO_NEED_SYNC stays set on v6.6 and later, too: generic_write_sync is
 * the first to be told of the page that could not be dropped.
 */
#include "rules/collisions/kit.h"

static const struct scenario n09 = {
	.id = "N09",
	.says = "a mapped store dirties a written page while a direct "
		"write with RWF_DSYNC is in flight to a disk with a volatile "
		"cache",
	.knows = KNOWS_IN_FLIGHT("store"),
	.needs = FILES_MAP | FILES_READ,
	.wants_cache = true,
	.story = {
		STORY_VOLATILE_DISK,
		STORY_COLD,
		STORY_GATE_HOLDS,
		STORY_DSYNC_WITHOUT_FUA,
		{ "store", "faults on page 5, reads it in and dirties it" },
		STORY_GATE_OPENS,
		{ "dio", "iomap_dio_complete: the invalidation after the write "
		  "fails, dio_warn_stale_pagecache sets -EIO" },
		{ "dio", "generic_write_sync flushes the disk and returns that "
		  "error, though the data is there" },
		{ "fsync", "of the other descriptor tells EIO; the writer's was "
		  "told already" },
	},
	.run = collide_in_dsync,
};
SCENARIO(n09);
