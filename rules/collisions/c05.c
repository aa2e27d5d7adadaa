// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C05 - buffered and direct writes in turn, each followed by fsync
 *
 * Nothing runs at the same time: no error is right, in any round. It is what
 * fstests generic/547 did to Btrfs when it used iomap's direct I/O with the
 * error reporting of v5.8.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	struct actor *mix;

	file_lay_out(r, FILE_EMPTY);
	mix = actor_mix(r);
	run_join(r);
	if (mix && mix->met == 0)
		run_spoil(r, "no direct write found a dirty page");
	run_provoked(r, "%u direct writes found dirty pages to flush",
		     mix ? mix->met : 0);
	observe_file(r);
}

static const struct scenario c05 = {
	.id = "C05",
	.says = "twenty rounds of a buffered write, a direct write over "
		"half of it, and fsync",
	.knows = "the dirty pages were counted before each direct write",
	.needs = FILES_RESIZE,
	.story = {
		{ "file", "empty" },
		{ "mix", "pwrite of 16 pages through the page cache: all are "
		  "dirty" },
		{ "mix", "direct pwrite of 8 pages over them: "
		  "kiocb_invalidate_pages flushes and drops them" },
		{ "mix", "fsync of the buffered descriptor, then of the direct "
		  "one: no error was, none is told" },
		{ "mix", "twenty times" },
	},
	.run = collide,
};
SCENARIO(c05);
