// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C21 - a collision is told once, and a later direct write is clean
 *
 * The error is a mark in the mapping's wb_err. fsync takes it, once a
 * descriptor; nothing that comes later may find it again.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	collide_and_write_again(r, true);
}

static const struct scenario c21 = {
	.id = "C21",
	.says = "C02w, then fsync of both descriptors, then a direct "
		"write that meets nobody",
	.knows = KNOWS_IN_FLIGHT("store"),
	.needs = FILES_MAP | FILES_READ,
	.story = {
		STORY_COLD,
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 of 16 pages: submits its bios and waits for "
		  "them" },
		{ "store", "faults on page 5, reads it in and dirties it" },
		STORY_GATE_OPENS,
		{ "dio", "the invalidation after the write fails: "
		  "dio_warn_stale_pagecache sets -EIO in the mapping's "
		  "wb_err" },
		{ "fsync", "tells EIO, once to each of the two descriptors, and "
		  "writes page 5 out" },
		{ "again", "pwritev2 of 16 pages: page 5 is clean and can be "
		  "dropped; no fallback, no error" },
		{ "fsync", "tells 0" },
	},
	.run = collide,
};
SCENARIO(c21);
