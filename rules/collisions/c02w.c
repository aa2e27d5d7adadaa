// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C02w - a page is dirtied under a direct write that is on its way to the disk
 *
 * Nothing is cached, so the invalidation before the write finds nothing. The
 * store reads its page in from written blocks and dirties it while the bios
 * are held; the invalidation after the write cannot drop it.
 */
#include "rules/collisions/kit.h"

static struct actor *store(struct run *r)
{
	return actor_store(r, 5);
}

static void collide(struct run *r)
{
	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	collide_in_flight(r, store);
}

static const struct scenario c02w = {
	.id = "C02w",
	.says = "a mapped store dirties a page of written blocks while a "
		"direct "
		"write over it is in flight",
	.knows = "the direct writer was seen waiting for its bios, and the "
		 "store came back or was seen held before the gate opened",
	.run = collide,
};
SCENARIO(c02w);
