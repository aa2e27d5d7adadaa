// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * N02 - everybody at once
 *
 * The mix of fstests generic/095, with what generic/299 and 391 add: buffered,
 * mapped, spliced, direct and asynchronous I/O to one small file, and every
 * second round also whatever makes holes in it.
 */
#include "rules/collisions/soak.h"

static void mix_all(struct run *r)
{
	static const struct soak_mix all = { .has_holes = true,
					     .rest_ns = 3000000 };

	soak_run(r, &all);
}

static const struct scenario n02 = {
	.id = "N02",
	.says = "buffered, mapped, spliced and direct readers and writers, fsync, "
		"and every second round truncate and fallocate, all at once "
		"on one file",
	.knows = "invalidations before a direct write that failed are counted by "
		 "their tracepoint, those after one by the EIO that is told",
	.needs = FILES_MAP,
	.is_soak = true,
	.story = {
		{ "file", "16 written pages; a new one each round; in two rounds "
		  "of four the disk writes 60 ms late" },
		{ "write, store", "two threads each, a letter each: sectors and "
		  "pages, a word of a page" },
		{ "dio, aio", "three threads, a letter each; some with RWF_NOWAIT "
		  "or RWF_DSYNC" },
		{ "read, load", "and dread and sendfile: whatever is there" },
		{ "mirror", "writes the last page, which is its alone, and reads "
		  "it directly" },
		{ "fsync", "again and again" },
		{ "truncate", "and punch, zero, allocate: every second round" },
		{ "file", "after 400 ms: written back, and the same in the page "
		  "cache and on the disk; each sector whole, and of one who "
		  "wrote" },
	},
	.run = mix_all,
};
SCENARIO(n02);
