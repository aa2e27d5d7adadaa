// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: unlocked-truncate
// contract: pages are dropped from the cache with the invalidate_lock held, so that no fault brings one back
// source: mm/truncate.c:truncate_pagecache
// source: mm/filemap.c:filemap_invalidate_lock_two
// files: fs/xfs/*.c fs/ext4/*.c fs/f2fs/*.c fs/ext2/*.c fs/zonefs/*.c fs/iomap/*.c
// asks: pages are dropped from the page cache without the invalidate_lock in this function
//
// A function that is not in the list below takes it itself.
@unlocked_truncate_locks exists@
identifier f;
identifier lock =~ "^(filemap_invalidate_lock|filemap_invalidate_lock_shared|xfs_ilock|xfs_ilock2_io_mmap|xfs_break_layouts|lockdep_assert_held_write|xfs_assert_ilocked)$";
position p;
@@
f(...)
{
<+...
lock(...)
... when any
\(truncate_pagecache@p\|truncate_pagecache_range@p\|xfs_free_file_space@p\)(...)
...+>
}

@unlocked_truncate_bad@
position p != unlocked_truncate_locks.p;
@@
\(truncate_pagecache@p\|truncate_pagecache_range@p\|xfs_free_file_space@p\)(...)

@script:python@
p << unlocked_truncate_bad.p;
@@
# Their callers hold it, or the pages are beyond EOF, where no fault gets one.
held_by_callers = [
    "xfs_free_file_space", "xfs_falloc_zero_range", "xfs_flush_unmap_range",
    "xfs_zero_file_space", "xfs_swap_extent_flush", "xfs_file_fallocate",
    "xfs_collapse_file_space", "xfs_buffered_write_iomap_begin",
    "xfs_buffered_write_iomap_end", "xfs_buffered_write_delalloc_punch",
    "ext4_collapse_range", "ext4_insert_range",
    "ext4_truncate_page_cache_block_range", "ext2_write_failed",
    "iomap_write_failed",
]
if p[0].current_element not in held_by_callers:
    print("hit %s %s %s unlocked-truncate" % (p[0].file, p[0].current_element, p[0].line))
