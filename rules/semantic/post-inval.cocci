// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: post-inval
// contract: what was read into the page cache while a direct write was in flight is invalidated after it
// source: commit 332391a9935d
// source: fs/iomap/direct-io.c:iomap_dio_complete
// files: fs/iomap/direct-io.c
// asks: the page cache is no longer invalidated after the write
@post_inval_has@
@@
kiocb_invalidate_post_direct_write(...)

@post_inval_bad depends on !post_inval_has@
identifier f =~ "^iomap_dio_complete$";
position p;
@@
f@p(...) { ... }

@script:python@
f << post_inval_bad.f;
p << post_inval_bad.p;
@@
print("hit %s %s %s post-inval" % (p[0].file, f, p[0].line))
