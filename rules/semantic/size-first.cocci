// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: size-first
// contract: i_size grows only after the data of a direct write is there
// source: fs/ext4/file.c:ext4_handle_inode_extension
// source: fs/xfs/xfs_file.c:xfs_dio_write_end_io
// files: fs/iomap/direct-io.c fs/xfs/xfs_file.c fs/ext4/file.c fs/f2fs/file.c fs/ext2/file.c fs/gfs2/file.c fs/zonefs/file.c
// asks: i_size is written before the direct write is issued
@size_first_bad exists@
identifier f;
identifier size =~ "^(i_size_write|f2fs_i_size_write|ext4_update_inode_size)$";
identifier dio =~ "^(__)?iomap_dio_rw$";
position p;
@@
f(...)
{
<+...
size@p(...)
... when any
dio(...)
...+>
}

@script:python@
f << size_first_bad.f;
p << size_first_bad.p;
@@
print("hit %s %s %s size-first" % (p[0].file, f, p[0].line))
