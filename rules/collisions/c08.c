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
	file_lay_out(r, FILE_WRITTEN);
	file_dirty(r, 0);
	if (file_dirty_pages(r) == 0)
		run_spoil(r, "the page was not dirty");
	collide_with_error(r, actor_direct_write, "a page was dirty");
}

static const struct scenario c08 = {
	.id = "C08",
	.says = "a direct write over a dirty page whose writeback fails",
	.knows = "the page was dirty in the page cache, and a probe of "
		 "the device was refused with EIO before the direct write "
		 "began",
	.story = {
		{ "file", "16 pages, page 0 dirty" },
		{ "gate", "refuses every write to the disk with EIO" },
		{ "dio", "pwritev2 of 16 pages: filemap_write_and_wait_range "
		  "fails, the mapping has -EIO in its wb_err" },
		{ "dio", "kiocb_invalidate_pages fails with that; since v6.5 "
		  "iomap says -ENOTBLK for any failure but -EAGAIN" },
		{ "dio", "so the filesystem falls back, and what it writes "
		  "through the cache fails later, or at once" },
		STORY_GATE_OPENS,
		{ "fsync", "tells EIO, once to each open file" },
	},
	.run = collide,
};
SCENARIO(c08);
