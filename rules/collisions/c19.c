// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C19 - a store meets a punched hole that waits for its flush
 *
 * The fallocate flushes the range and then drops it. invalidate_lock keeps
 * page faults out between the two; without it the store would be lost, or live
 * on in a page without a block. A filesystem that does not flush first has no
 * such window.
 */
#include "rules/collisions/kit.h"

static struct actor *punch_all(struct run *r)
{
	return actor_punch(r, 0, FILE_LEN);
}

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	collide_in_flush(r, punch_all, MET_PAGE);
}

static const struct scenario c19 = {
	.id = "C19",
	.says = "a mapped store while a hole punched over its page waits "
		"for the writeback of another",
	.knows = "the fallocate was seen in folio_wait_writeback, and the "
		 "store came back or was seen held before the gate opened",
	.needs = FILES_MAP | FILES_PUNCH,
	.story = {
		STORY_FLUSH,
		STORY_GATE_HOLDS,
		{ "punch", "fallocate(PUNCH_HOLE): takes i_rwsem and "
		  "invalidate_lock (XFS: MMAPLOCK), flushes and waits for "
		  "page 0" },
		{ "store", "faults on page 5: waits for invalidate_lock in "
		  "rwsem_down_read_slowpath" },
		STORY_GATE_OPENS,
		{ "punch", "truncate_pagecache_range drops the pages, the blocks "
		  "are freed, the locks let go" },
		{ "store", "faults a page of zeros in and dirties it: it is the "
		  "later one and stays" },
	},
	.run = collide,
};
SCENARIO(c19);
