// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C22 - a direct write of one sector into an unwritten block
 *
 * The rest of the block is what the disk held before, of some other file. It
 * must be zeroed on the way (iomap_dio_zero), or be in no reader's sight.
 */
#include "rules/collisions/kit.h"

static struct actor *write_sector(struct run *r)
{
	return actor_direct_write_at(r, (off_t)2 * PAGE + SECTOR, SECTOR, 0);
}

static void collide(struct run *r)
{
	file_lay_out(r, FILE_UNWRITTEN);
	file_soil(r);
	actor_settle(write_sector(r));
	run_join(r);
	run_provoked(r, "the disk held 'G' under the unwritten blocks");
	observe_file(r);
	observe_sectors(r, 2);
}

static const struct scenario c22 = {
	.id = "C22",
	.says = "a direct write of one sector into an unwritten block, "
		"over a disk that holds other data there",
	.knows = "FIEMAP told where the unwritten blocks are, and 'G' was "
		 "written there below the filesystem",
	.needs = FILES_UNWRITTEN,
	.story = {
		{ "file", "16 pages of unwritten blocks; the disk is given 'G' in "
		  "their place, below the filesystem" },
		{ "dio", "pwritev2 of 512 bytes at page 2, sector 1: "
		  "iomap_dio_bio_iter, IOMAP_UNWRITTEN, so need_zeroout" },
		{ "dio", "iomap_dio_zero puts zeros before and behind it, in the "
		  "same block" },
		{ "dio", "end_io converts the block to a written one" },
		{ "read", "finds zeros, the sector, and zeros: never 'G'" },
	},
	.run = collide,
};
SCENARIO(c22);
