// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: inval-enotblk
// contract: a page cache that cannot be invalidated before a direct write makes it -ENOTBLK, and nothing is submitted
// source: commit 60263d5889e6
// source: fs/iomap/direct-io.c:__iomap_dio_rw
// files: fs/iomap/direct-io.c
// asks: a failed invalidation no longer ends as -ENOTBLK
//
// mm/filemap.c and block/fops.c have another convention, 0, and are not meant.
@inval_enotblk_good exists@
identifier f, ret;
position p;
@@
f@p(...)
{
<+...
\(ret = kiocb_invalidate_pages(...);\|int ret = kiocb_invalidate_pages(...);\)
... when any
\(ret = -ENOTBLK;\|return -ENOTBLK;\|return ERR_PTR(-ENOTBLK);\)
...+>
}

@inval_enotblk_bad exists@
identifier f;
position p != inval_enotblk_good.p;
@@
f@p(...)
{
<+...
kiocb_invalidate_pages(...)
...+>
}

@script:python@
f << inval_enotblk_bad.f;
p << inval_enotblk_bad.p;
@@
print("hit %s %s %s inval-enotblk" % (p[0].file, f, p[0].line))
