// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: force-wait
// contract: a direct write that extends the file, or is not aligned to blocks, is waited for before its locks are dropped
// source: fs/ext4/file.c:ext4_dio_write_checks
// source: fs/xfs/xfs_file.c:xfs_file_dio_write_unaligned
// files: fs/ext4/file.c fs/xfs/xfs_file.c fs/f2fs/file.c fs/ext2/file.c
// asks: IOMAP_DIO_FORCE_WAIT is gone while extending or unaligned writes are still told apart
@force_wait_has exists@
identifier f;
position p;
@@
f@p(...)
{
<+...
IOMAP_DIO_FORCE_WAIT
...+>
}

@force_wait_bad@
identifier f =~ "^(ext4_dio_write_checks|xfs_file_dio_write_unaligned|f2fs_dio_write_iter|ext2_dio_write_iter)$";
position p != force_wait_has.p;
@@
f@p(...) { ... }

@script:python@
f << force_wait_bad.f;
p << force_wait_bad.p;
@@
print("hit %s %s %s force-wait" % (p[0].file, f, p[0].line))
