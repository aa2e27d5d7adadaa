// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C03u - a buffered read caches zeros under a direct write in flight
 *
 * The blocks are unwritten: until the direct write's end_io converts them, a
 * buffered read finds zeros and leaves them in the cache. The invalidation
 * after the write is what keeps later reads from seeing them.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	file_lay_out(r, FILE_UNWRITTEN);
	collide_in_flight(r, actor_buffered_read);
}

static const struct scenario c03u = {
	.id = "C03u",
	.says = "a buffered read caches unwritten blocks as zeros while a "
		"direct write over them is in flight",
	.knows = "the direct writer was seen waiting for its bios, and the "
		 "reader came back or was seen held before the gate opened",
	.run = collide,
};
SCENARIO(c03u);
