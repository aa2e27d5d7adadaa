// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: inval-eagain
// contract: -EAGAIN of the invalidation, which is what IOCB_NOWAIT gets, stays -EAGAIN, and every other error becomes -ENOTBLK
// source: commit 60263d5889e6
// source: mm/filemap.c:kiocb_invalidate_pages
// files: fs/iomap/direct-io.c
// asks: the result of the invalidation is no longer compared with -EAGAIN
@inval_eagain_good exists@
identifier f, ret;
position p;
@@
f@p(...)
{
<+...
kiocb_invalidate_pages(...)
... when any
\(ret != -EAGAIN\|ret == -EAGAIN\)
...+>
}

@inval_eagain_bad exists@
identifier f;
position p != inval_eagain_good.p;
@@
f@p(...)
{
<+...
kiocb_invalidate_pages(...)
...+>
}

@script:python@
f << inval_eagain_bad.f;
p << inval_eagain_bad.p;
@@
print("hit %s %s %s inval-eagain" % (p[0].file, f, p[0].line))
