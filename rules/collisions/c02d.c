// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C02d - C02w with RWF_DSYNC: whether a sync follows depends on the device
 *
 * Since v6.6 an overwrite on a device without a volatile cache needs no
 * generic_write_sync, so the collision is left for fsync to tell; before, the
 * writer itself was told.
 */
#include "rules/collisions/kit.h"

static const struct scenario c02d = {
	.id = "C02d",
	.says = "a mapped store dirties a written page while a direct "
		"write with RWF_DSYNC is in flight",
	.knows = KNOWS_IN_FLIGHT("store"),
	.needs = FILES_MAP | FILES_READ,
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 with RWF_DSYNC: iomap may use FUA for a pure "
		  "overwrite, and sets IOMAP_DIO_WRITE_THROUGH" },
		{ "store", "faults on page 5, reads it in and dirties it" },
		STORY_GATE_OPENS,
		{ "dio", "iomap_dio_complete: the invalidation after the write "
		  "fails, dio_warn_stale_pagecache sets -EIO" },
		{ "dio", "with IOMAP_DIO_NEED_SYNC still set, generic_write_sync "
		  "finds that error and the write fails with it" },
		{ "fsync", "else tells EIO, once to each open file" },
	},
	.run = collide_in_dsync,
};
SCENARIO(c02d);
