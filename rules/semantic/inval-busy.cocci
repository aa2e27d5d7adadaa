// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: inval-busy
// contract: a page that could not be dropped from the cache makes invalidate_inode_pages2_range fail, or no collision is ever noticed
// source: mm/truncate.c:invalidate_inode_pages2_range
// files: mm/truncate.c
// asks: a page that stays in the cache may no longer be told of
//
// What was set to -EBUSY has to reach the result, and the result the caller.
@inval_busy_kept exists@
identifier f, busy, ret;
position p;
@@
f@p(...)
{
<+...
if (!invalidate_complete_folio2(...)) busy = -EBUSY;
... when any
\(ret = busy;\|return busy;\)
...+>
}

@inval_busy_bad@
identifier f =~ "^invalidate_inode_pages2_range$";
position p != inval_busy_kept.p;
@@
f@p(...) { ... }

@script:python@
f << inval_busy_bad.f;
p << inval_busy_bad.p;
@@
print("hit %s %s %s inval-busy" % (p[0].file, f, p[0].line))
