// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C09 - C01 with RWF_DSYNC: a fallback that promised to be on the medium
 */
#include "rules/collisions/kit.h"

#include <sys/uio.h>

static void collide(struct run *r)
{
	collide_in_flush(r, RWF_DSYNC);
}

static const struct scenario c09 = {
	.id = "C09",
	.says = "C01 by a direct write with RWF_DSYNC, which must be on the "
		"medium when it returns even if it fell back",
	.knows = "the direct writer was seen in folio_wait_writeback, and the "
		 "store came back or was seen held before the gate opened",
	.run = collide,
};
SCENARIO(c09);
