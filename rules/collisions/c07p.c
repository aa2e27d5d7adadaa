// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C07p - C01 by a direct write that may not wait
 *
 * No window opens: the write must be back at once, with -EAGAIN and nothing
 * written, neither directly nor through the page cache.
 */
#include "rules/collisions/kit.h"

#include <sys/uio.h>

static void collide(struct run *r)
{
	unsigned dirty;

	file_lay_out(r, FILE_WRITTEN);
	file_map_in(r);
	file_dirty(r, 0);
	dirty = file_dirty_pages(r);
	if (dirty == 0)
		run_spoil(r, "the page was not dirty");
	gate_hold_writes(r);
	actor_settle(actor_direct_write_flags(r, RWF_NOWAIT));
	actor_settle(actor_store(r));
	gate_pass_all(r);
	run_join(r);
	run_provoked(r, "%u dirty page was in the way", dirty);
	observe_file(r);
}

static const struct scenario c07p = {
	.id = "C07p",
	.says = "a direct write with RWF_NOWAIT over a dirty page, then a "
		"mapped store to another",
	.knows = "the page was dirty in the page cache when the write "
		 "began",
	.needs = FILES_MAP,
	.story = {
		STORY_FLUSH,
		STORY_GATE_HOLDS,
		{ "dio", "pwritev2 with RWF_NOWAIT: pages are in its way, "
		  "kiocb_invalidate_pages says -EAGAIN" },
		{ "dio", "is back at once; a filesystem must not take -EAGAIN "
		  "for a reason to fall back" },
		{ "store", "dirties page 5" },
		STORY_GATE_OPENS,
		{ "file", "has page 0 of the buffered write and page 5 of the "
		  "store: nothing of the direct write" },
	},
	.run = collide,
};
SCENARIO(c07p);
