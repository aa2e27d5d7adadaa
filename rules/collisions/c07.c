// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C07 - RWF_NOWAIT finds nothing, a clean page and a dirty page in its way
 *
 * A direct write that may not wait must not flush or drop pages: -EAGAIN, and
 * no byte written. io_uring tries that first, and then lets a worker wait.
 */
#include "rules/collisions/kit.h"

#include <sys/uio.h>

static void try_nowait(struct run *r, const char *name)
{
	actor_settle(actor_call(actor_direct_write_flags(r, RWF_NOWAIT), name));
}

static void collide(struct run *r)
{
	unsigned before, clean, dirty;

	file_lay_out(r, FILE_WRITTEN);
	file_drop_cache(r);
	before = file_cached_pages(r);
	try_nowait(r, "none");
	file_read_in(r, 3);
	clean = file_cached_pages(r);
	try_nowait(r, "clean");
	file_dirty(r, 3);
	dirty = file_dirty_pages(r);
	try_nowait(r, "dirty");
	actor_settle(actor_direct_read(r, RWF_NOWAIT));
	actor_direct_ring(r);
	run_join(r);
	if (before > 0 || clean == 0 || dirty == 0)
		run_spoil(r, "%u, %u and %u pages were in the way", before,
			  clean, dirty);
	run_provoked(r, "none, %u clean and %u dirty pages were in the way",
		     clean, dirty);
	observe_file(r);
}

static const struct scenario c07 = {
	.id = "C07",
	.says = "direct I/O with RWF_NOWAIT over nothing cached, over a "
		"clean page and over a dirty one, then by io_uring",
	.knows = "how many pages were cached, and dirty, was counted "
		 "before each call",
	.story = {
		STORY_COLD,
		{ "none", "pwritev2 with RWF_NOWAIT: nothing is in its way" },
		{ "clean", "again, with page 3 cached: filemap_invalidate_pages "
		  "may not wait for its lock, so it is -EAGAIN" },
		{ "dirty", "again, with page 3 dirty: a flush would wait, so it is "
		  "-EAGAIN" },
		{ "dread", "preadv2 with RWF_NOWAIT: "
		  "filemap_range_needs_writeback, so it is -EAGAIN" },
		{ "dio", "the same write by io_uring: refused with IOCB_NOWAIT, "
		  "it is done by an io-wq worker, which flushes" },
		{ "file", "where FMODE_NOWAIT is not set, the first four are "
		  "-EOPNOTSUPP" },
	},
	.run = collide,
};
SCENARIO(c07);
