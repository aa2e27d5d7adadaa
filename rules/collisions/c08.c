// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C08 - the flush before a direct write fails
 *
 * Page 0 is dirty and the device refuses every write. What the direct writer
 * is told, and who hears of the lost page, differs between filesystems; since
 * v6.5 the failed flush is one more reason to fall back to buffered I/O.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	unsigned dirty;

	file_lay_out(r, FILE_WRITTEN);
	file_dirty(r, 0);
	dirty = file_dirty_pages(r);
	if (dirty == 0)
		run_spoil(r, "the page was not dirty");
	gate_fail_writes(r);
	actor_settle(actor_direct_write(r, 0));
	gate_pass_all(r);
	run_join(r);
	run_provoked(r, "%u dirty page, the device failed a write", dirty);
	observe_file(r);
}

static const struct scenario c08 = {
	.id = "C08",
	.says = "a direct write over a dirty page whose writeback fails",
	.knows = "the page was dirty in the cache, and a probe of the device "
		 "was refused with EIO before the direct write began",
	.run = collide,
};
SCENARIO(c08);
