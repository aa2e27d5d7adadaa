// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * N14 - C03w by a direct write with RWF_DSYNC, on a disk whose cache is lost
 *
 * Whoever reads sees what is in the disk's cache, so whether the write is safe
 * from a power cut shows only in what the disk was told: without FUA that is a
 * flush, by generic_write_sync. N09 cannot tell, as there the page that could
 * not be dropped ends the sync before the flush.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	struct actor *reader;
	unsigned long flushes;

	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	flushes = disk_flushes(r);
	reader = collide_and_join(r, actor_direct_write_dsync,
				  actor_buffered_read);
	observe_flushed(r, flushes);
	run_provoked(r, "dio in flight, %s", actor_deed(reader));
	observe_file(r);
}

static const struct scenario n14 = {
	.id = "N14",
	.says = "a buffered read caches written blocks while a direct write "
		"with RWF_DSYNC is in flight to a disk with a volatile cache",
	.knows = KNOWS_IN_FLIGHT("reader"),
	.needs = FILES_MAP | FILES_READ,
	.wants_cache = true,
	.story = {
		STORY_VOLATILE_DISK,
		STORY_COLD,
		STORY_GATE_HOLDS,
		STORY_DSYNC_WITHOUT_FUA,
		{ "read", "pread of all pages, through the page cache: it reads "
		  "the old data in from the disk" },
		STORY_GATE_OPENS,
		{ "dio", "end_io first, then the invalidation drops what the "
		  "reader has cached" },
		{ "dio", "generic_write_sync flushes the disk: so says its stat "
		  "file" },
	},
	.run = collide,
};
SCENARIO(n14);
