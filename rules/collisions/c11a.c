// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C11a - C11 by asynchronous I/O, which may have to be synchronous
 *
 * A filesystem that sets i_size after the write must not return from io_submit
 * before it: ext4 asks for IOMAP_DIO_FORCE_WAIT. XFS and Btrfs do it in end_io
 * and may return.
 */
#include "rules/collisions/kit.h"

static struct actor *extend(struct run *r)
{
	return actor_direct_aio_at(r, SHORT_LEN, FILE_LEN / 2);
}

static void collide(struct run *r)
{
	file_lay_out(r, FILE_SHORT);
	file_drop_cache(r);
	collide_in_flight(r, extend, NULL);
}

static const struct scenario c11a = {
	.id = "C11a",
	.says = "fstat while an asynchronous direct write of eight pages "
		"behind the end of the file is in flight",
	.knows = "the write had been submitted and was not complete, or "
		 "io_submit was seen waiting for its bios, when fstat was "
		 "called",
	.needs = FILES_RESIZE | FILES_EXTEND,
	.story = {
		{ "file", "5 written pages, none of them cached; its end is there" },
		STORY_GATE_HOLDS,
		{ "dio", "io_submit of 8 pages at the end: XFS and Btrfs return "
		  "at once, ext4 waits with IOMAP_DIO_FORCE_WAIT" },
		{ "stat", "fstat: i_size must still be 5 pages (Btrfs: 13 "
		  "already)" },
		STORY_GATE_OPENS,
		{ "dio", "end_io sets i_size, or ext4_dio_write_iter after the "
		  "wait" },
		{ "file", "has 13 pages, of which none is lost" },
	},
	.run = collide,
};
SCENARIO(c11a);
