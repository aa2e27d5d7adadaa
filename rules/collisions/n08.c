// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * N08 - drop_caches after C02w's store
 *
 * What is dirty stays, and must be told of; what is clean goes, in the middle
 * of the window, and is no collision.
 */
#include "rules/collisions/kit.h"

static struct actor *store_and_drop(struct run *r)
{
	actor_settle(actor_buffered_read(r));
	actor_settle(actor_store(r));
	return actor_drop_caches(r);
}

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	collide_in_flight(r, actor_direct_write, store_and_drop);
}

static const struct scenario n08 = {
	.id = "N08",
	.says = "a buffered read, a mapped store and drop_caches while a "
		"direct write of sixteen pages is in flight",
	.knows = KNOWS_IN_FLIGHT("drop_caches"),
	.needs = FILES_MAP | FILES_READ,
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 16 pages: submits its bios and waits for "
		  "them" },
		{ "read", "pread of all pages: all are cached, with old data" },
		{ "store", "dirties page 5" },
		{ "drop", "drop_pagecache_sb: invalidate_mapping_pages drops the "
		  "clean ones, page 5 stays" },
		STORY_GATE_OPENS,
		{ "dio", "the invalidation after the write cannot drop page 5: "
		  "-EIO is set in the mapping's wb_err" },
		{ "fsync", "tells EIO, once to each open file" },
	},
	.run = collide,
};
SCENARIO(n08);
