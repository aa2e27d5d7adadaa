// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * N03 - C27 and C27p, running free
 *
 * Direct writes to the even pages and buffered writes and stores to the odd
 * ones have nothing to do with each other, unless a folio has both: then a
 * store makes all of it dirty, and what was read in beside it comes back over
 * the direct write. Who loses that way is to be told. Nobody calls fsync
 * meanwhile, and there is one direct writer only, as a writeback that is over
 * before the direct write ends leaves nothing in its way (N07).
 */
#include "rules/collisions/soak.h"

static void mix_beside(struct run *r)
{
	static const struct soak_mix beside = { .is_apart = true,
						.rest_ns = 30000 };

	soak_run(r, &beside);
}

static const struct scenario n03 = {
	.id = "N03",
	.says = "a direct writer of the even pages, buffered writes and mapped "
		"stores to the odd ones, all at once: they meet in large "
		"folios alone",
	.knows = "invalidations before a direct write that failed are counted by "
		 "their tracepoint, those after one by the EIO that is told",
	.needs = FILES_MAP,
	.is_soak = true,
	.story = {
		{ "file", "16 written pages; a new one each round; in two rounds "
		  "of four the disk writes 60 ms late" },
		{ "dio", "one even page at a time" },
		{ "write, store", "two threads each: one odd page, a word of one" },
		{ "read, load", "all of it, so that readahead makes large folios" },
		{ "file", "after 400 ms: each even page has the last direct write "
		  "of it, or fsync tells EIO" },
	},
	.run = mix_beside,
};
SCENARIO(n03);
