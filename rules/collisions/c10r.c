// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C10r - C02w by io_uring
 *
 * Nobody of the caller's is there any more: a kworker finds the page that
 * cannot be dropped, and fsync is the only one left to tell.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	collide_in_flight(r, actor_direct_ring, actor_store);
}

static const struct scenario c10r = {
	.id = "C10r",
	.says = "a mapped store dirties a written page while a direct "
		"write by io_uring is in flight",
	.knows = KNOWS_IN_FLIGHT("store"),
	.needs = FILES_MAP | FILES_READ,
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "io_uring_enter: tried with IOCB_NOWAIT, handed to an "
		  "io-wq worker if that is refused; submitted" },
		{ "store", "faults on page 5, reads it in and dirties it" },
		STORY_GATE_OPENS,
		{ "dio", "io_complete_rw posts the completion when "
		  "iomap_dio_complete has run, in a worker or a workqueue" },
		{ "dio", "kiocb_invalidate_post_direct_write cannot drop page 5: "
		  "dio_warn_stale_pagecache sets -EIO; the write itself "
		  "is whole" },
		{ "fsync", "tells EIO, once to each open file" },
	},
	.run = collide,
};
SCENARIO(c10r);
