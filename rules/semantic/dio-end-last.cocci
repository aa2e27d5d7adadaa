// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: dio-end-last
// contract: direct I/O counts as in flight until its completion has converted extents and dropped stale pages: a truncate that waits in inode_dio_wait must not meet it there
// source: fs/iomap/direct-io.c:iomap_dio_complete
// source: fs/inode.c:inode_dio_wait
// files: fs/iomap/direct-io.c fs/direct-io.c
// asks: direct I/O is no longer counted while it is completed
@dio_end_last_bad exists@
identifier f;
position p;
expression ops;
@@
f(...)
{
<+...
inode_dio_end@p(...)
... when any
\( ops->end_io(...) \| kiocb_invalidate_post_direct_write(...) \)
...+>
}

@script:python@
f << dio_end_last_bad.f;
p << dio_end_last_bad.p;
@@
print("hit %s %s %s dio-end-last" % (p[0].file, f, p[0].line))
