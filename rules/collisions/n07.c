// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * N07 - msync of a page that was stored to under a direct write in flight
 *
 * The page is written back while the direct write is still on its way:
 * whichever comes last on the disk stays. Where the writeback is done first,
 * nothing is dirty any more and no error is told.
 */
#include "rules/collisions/kit.h"

static struct actor *store_and_sync(struct run *r)
{
	actor_settle(actor_store(r));
	return actor_msync(r);
}

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	collide_in_flight(r, actor_direct_write, store_and_sync);
}

static const struct scenario n07 = {
	.id = "N07",
	.says = "a mapped store and msync of it while a direct write over "
		"the page is in flight",
	.knows = KNOWS_IN_FLIGHT("msync"),
	.needs = FILES_MAP | FILES_READ,
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 16 pages: submits its bios and waits for "
		  "them" },
		{ "store", "faults on page 5, reads it in and dirties it" },
		{ "msync", "vfs_fsync_range: page 5 is under writeback, behind the "
		  "direct write; waits in folio_wait_writeback" },
		STORY_GATE_OPENS,
		{ "dio", "the invalidation after the write drops page 5, or "
		  "cannot, as its writeback comes first, or not" },
		{ "msync", "returns: page 5 is on the disk" },
		{ "file", "cache and disk are the same" },
	},
	.run = collide,
};
SCENARIO(n07);
