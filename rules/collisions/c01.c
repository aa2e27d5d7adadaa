// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C01 - the cache is dirtied again behind the back of a direct write's flush
 *
 * __iomap_dio_rw writes dirty pages back, waits, and invalidates the range.
 * The wait for page 0 is the window: a store dirties page 5, which the flush
 * has already passed by, so the invalidation must fail.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	collide_in_flush(r, 0);
}

static const struct scenario c01 = {
	.id = "C01",
	.says = "a mapped store dirties a page while a direct write over it "
		"waits for the writeback of another",
	.knows = "the direct writer was seen in folio_wait_writeback, and the "
		 "store came back or was seen held before the gate opened",
	.run = collide,
};
SCENARIO(c01);
