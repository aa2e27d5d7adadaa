// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * N12 - sixty operations of every kind, one after the other, and what they read
 *
 * What fstests generic/091 does with fsx for longer: no two run at a time, so
 * every read has one right answer, however the page cache and the disk share
 * the work.
 */
#include "rules/collisions/kit.h"

#define MET_MIN 5 /* of some 17 direct writes */

static void collide(struct run *r)
{
	struct actor *walk;

	file_lay_out(r, FILE_EMPTY);
	walk = actor_walk(r);
	run_join(r);
	if (walk && walk->met < MET_MIN && walk->returned == WALK_STEPS)
		run_spoil(r, "%u direct writes found cached pages", walk->met);
	run_provoked(r, "%u direct writes found cached pages",
		     walk ? walk->met : 0);
	run_field(r, "mismatch", "%s", actor_fault(walk));
	observe_file(r);
}

static const struct scenario n12 = {
	.id = "N12",
	.says = "sixty reads, writes, direct reads, direct writes, stores "
		"and truncates in turn, by a fixed seed",
	.knows = "the cached pages of the range were counted before each direct "
		 "write, and some were there before five of them or more, unless "
		 "something had been wrong already",
	.needs = FILES_MAP | FILES_RESIZE | FILES_READ,
	.story = {
		{ "file", "empty" },
		{ "walk", "an operation of up to 6 pages, somewhere in the first 16; "
		  "the same in an array" },
		{ "walk", "what a read returns is compared with the array: its "
		  "length and each byte" },
		{ "walk", "a direct write flushes and drops what is cached of its "
		  "range; the next read must not find that again" },
		{ "walk", "a truncate leaves zeros behind the end, though a longer "
		  "page was cached or stored to" },
		{ "walk", "sixty of them, the last two a read and a direct read of "
		  "all" },
	},
	.run = collide,
};
SCENARIO(n12);
