// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: fallback-flush
// contract: what a direct write had to write through the page cache is written back and invalidated before it returns
// source: fs/libfs.c:direct_write_fallback
// source: fs/ext4/file.c:ext4_dio_write_iter
// files: fs/ext4/file.c fs/btrfs/direct-io.c fs/btrfs/file.c fs/f2fs/file.c fs/ext2/file.c fs/libfs.c
// asks: the buffered part of a direct write is no longer both written back and invalidated
//
// XFS does neither, on purpose; gfs2 syncs in gfs2_file_buffered_write's caller.
@fallback_flush_helper exists@
identifier f =~ "dio_write|direct_write|f2fs_file_write_iter|btrfs_direct_write";
position p;
@@
f@p(...)
{
<+...
\(f2fs_flush_buffered_write\|direct_write_fallback\)(...)
...+>
}

@fallback_flush_writes exists@
identifier f;
identifier flush =~ "^(filemap_write_and_wait_range|btrfs_fdatawrite_range|generic_write_sync)$";
position p;
@@
f@p(...)
{
<+...
flush(...)
...+>
}

@fallback_flush_drops exists@
identifier f;
position p;
@@
f@p(...)
{
<+...
\(invalidate_mapping_pages\|invalidate_inode_pages2_range\)(...)
...+>
}

@fallback_flush_no_write exists@
identifier f =~ "dio_write|direct_write|^f2fs_flush_buffered_write$|^f2fs_file_write_iter$";
identifier buffered =~ "^(generic_perform_write|ext4_buffered_write_iter|f2fs_buffered_write_iter|btrfs_buffered_write|filemap_write_and_wait_range|invalidate_mapping_pages)$";
position p != {fallback_flush_writes.p, fallback_flush_helper.p};
@@
f@p(...)
{
<+...
buffered(...)
...+>
}

@fallback_flush_no_drop exists@
identifier f =~ "dio_write|direct_write|^f2fs_flush_buffered_write$|^f2fs_file_write_iter$";
identifier buffered =~ "^(generic_perform_write|ext4_buffered_write_iter|f2fs_buffered_write_iter|btrfs_buffered_write|filemap_write_and_wait_range|invalidate_mapping_pages)$";
position p != {fallback_flush_drops.p, fallback_flush_helper.p};
@@
f@p(...)
{
<+...
buffered(...)
...+>
}

@script:python@
f << fallback_flush_no_write.f;
p << fallback_flush_no_write.p;
@@
print("hit %s %s %s fallback-flush" % (p[0].file, f, p[0].line))

@script:python@
f << fallback_flush_no_drop.f;
p << fallback_flush_no_drop.p;
@@
print("hit %s %s %s fallback-flush" % (p[0].file, f, p[0].line))
