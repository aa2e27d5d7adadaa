// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * N01 - a clean page that is not released before a direct write
 *
 * filemap_release_folio may refuse though nothing is dirty and nobody stores:
 * try_to_free_buffers does for a buffer that somebody uses. The one that can be
 * had at will is a super block's, in the page cache of the device below it.
 *
 * It is how the matter began, in June 2020: btrfs_release_folio refuses while
 * the range is locked in the inode's io_tree, as btrfs_finish_one_ordered does
 * for a moment after the writeback. That window is not held open here. The
 * worker locks the range and then waits for no write (the transaction it joins
 * is closed to it only while others that join are waited for), and for no read,
 * as the tree blocks that it needs are those the write itself has just read;
 * drop_caches keeps them, for Btrfs has a second reference to their pages.
 * Whoever else locks a range has the inode's i_rwsem as well, which the direct
 * write takes first.
 */
#include "rules/collisions/kit.h"

static void collide(struct run *r)
{
	unsigned cached, dirty;

	file_lay_out(r, FILE_WRITTEN);
	file_pin(r);
	file_drop_cache(r);
	cached = file_cached_pages(r);
	dirty = file_dirty_pages(r);
	if (cached == 0 || dirty > 0)
		run_spoil(r, "%u pages could not be dropped, %u were dirty",
			  cached, dirty);
	actor_settle(actor_direct_write(r));
	run_join(r);
	run_provoked(r, "%u clean pages could not be dropped", cached);
	observe_file(r);
}

static const struct scenario n01 = {
	.id = "N01",
	.says = "a direct write over a clean page that is not released, as "
		"a mounted filesystem uses a buffer of it",
	.knows = "before the direct write pages were left in the page cache that "
		 "fadvise had been asked to drop, and none of them was dirty",
	.needs = FILES_MAP | FILES_DEVICE,
	.story = {
		{ "file", "a device with a small ext2, mounted read-only: it holds "
		  "the buffer of its super block, in page 0" },
		{ "dio", "pwritev2 of 16 pages: blkdev_direct_write finds nothing "
		  "to flush" },
		{ "dio", "invalidate_inode_pages2_range: try_to_free_buffers sees "
		  "a buffer in use and refuses: -EBUSY" },
		{ "dio", "blkdev_direct_write returns 0, and "
		  "direct_write_fallback goes through the page cache" },
		{ "file", "has what was written, in the page cache and on the disk, "
		  "and no error is told" },
	},
	.run = collide,
};
SCENARIO(n01);
