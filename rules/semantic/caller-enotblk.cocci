// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: caller-enotblk
// contract: each caller that issues a direct write does something about -ENOTBLK, which would reach userspace else
// source: commit 60263d5889e6
// source: fs/iomap/direct-io.c:__iomap_dio_rw
// files: fs/xfs/xfs_file.c fs/ext4/file.c fs/btrfs/direct-io.c fs/btrfs/file.c fs/gfs2/file.c fs/f2fs/file.c fs/zonefs/file.c fs/ext2/file.c
// asks: this takes away the comparison with -ENOTBLK
//
// Function by function: a file that compares elsewhere is no excuse.
@caller_enotblk_maps exists@
identifier f;
position p;
expression r;
@@
f@p(...)
{
<+...
\(r == -ENOTBLK\|r != -ENOTBLK\)
...+>
}

@caller_enotblk_bad@
identifier f =~ "^(xfs_file_write_iter|ext4_dio_write_iter|btrfs_direct_write|gfs2_file_direct_write|f2fs_dio_write_iter|zonefs_file_dio_write|ext2_dio_write_iter)$";
position p != caller_enotblk_maps.p;
@@
f@p(...) { ... }

@script:python@
f << caller_enotblk_bad.f;
p << caller_enotblk_bad.p;
@@
print("hit %s %s %s caller-enotblk" % (p[0].file, f, p[0].line))
