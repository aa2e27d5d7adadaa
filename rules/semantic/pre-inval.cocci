// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: pre-inval
// contract: the page cache of the range is invalidated before a direct write is submitted
// source: commit 54752de928c4
// source: fs/iomap/direct-io.c:__iomap_dio_rw
// files: fs/iomap/direct-io.c
// asks: the page cache is no longer invalidated before the write
//
// A helper in the same file may do it.
@pre_inval_has@
@@
kiocb_invalidate_pages(...)

@pre_inval_bad depends on !pre_inval_has@
identifier f =~ "^__iomap_dio_rw$";
position p;
@@
f@p(...) { ... }

@script:python@
f << pre_inval_bad.f;
p << pre_inval_bad.p;
@@
print("hit %s %s %s pre-inval" % (p[0].file, f, p[0].line))
