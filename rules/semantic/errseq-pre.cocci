// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: errseq-pre
// contract: a collision that is seen before anything was submitted loses nothing, so fsync is not to tell of it
// source: commit 60263d5889e6
// source: fs/iomap/direct-io.c:__iomap_dio_rw
// files: fs/iomap/direct-io.c fs/xfs/xfs_file.c fs/ext4/file.c fs/gfs2/file.c fs/zonefs/file.c fs/ext2/file.c
// asks: an error is recorded in the mapping on the way into a direct write
@errseq_pre_bad exists@
identifier f =~ "^(__iomap_dio_rw|xfs_file_dio_write.*|ext4_dio_write_iter|gfs2_file_direct_write|zonefs_file_dio_write|ext2_dio_write_iter)$";
position p;
@@
f(...)
{
<+...
\(errseq_set@p\|mapping_set_error@p\|filemap_set_wb_err@p\)(...)
...+>
}

@script:python@
f << errseq_pre_bad.f;
p << errseq_pre_bad.p;
@@
print("hit %s %s %s errseq-pre" % (p[0].file, f, p[0].line))
