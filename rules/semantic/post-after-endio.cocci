// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: post-after-endio
// contract: the page cache is invalidated after ->end_io, which converts unwritten extents: a reader in between would cache zeros
// source: commit 5e25c269e17d
// source: fs/iomap/direct-io.c:iomap_dio_complete
// files: fs/iomap/direct-io.c fs/direct-io.c
// asks: the page cache is invalidated before ->end_io is called
@post_after_endio_bad exists@
identifier f;
position p;
expression ops;
@@
f(...)
{
<+...
kiocb_invalidate_post_direct_write@p(...)
... when any
ops->end_io(...)
...+>
}

@script:python@
f << post_after_endio_bad.f;
p << post_after_endio_bad.p;
@@
print("hit %s %s %s post-after-endio" % (p[0].file, f, p[0].line))
