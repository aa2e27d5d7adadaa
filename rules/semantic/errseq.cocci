// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: errseq
// contract: a collision after a direct write is recorded with errseq_set, so that fsync tells of it once; AS_EIO stays clear, or the next flush trips over it
// source: commit 5a9d929d6e13
// source: mm/filemap.c:dio_warn_stale_pagecache
// files: mm/filemap.c
// asks: a collision after the write is no longer recorded with errseq_set alone
@errseq_has exists@
identifier f =~ "^(dio_warn_stale_pagecache|kiocb_invalidate_post_direct_write)$";
@@
f(...)
{
<+...
errseq_set(...)
...+>
}

@errseq_bad depends on !errseq_has@
identifier f =~ "^dio_warn_stale_pagecache$";
position p;
@@
f@p(...) { ... }

@errseq_wrong exists@
identifier f =~ "^(dio_warn_stale_pagecache|kiocb_invalidate_post_direct_write)$";
position p;
@@
f(...)
{
<+...
\(mapping_set_error@p\|filemap_set_wb_err@p\)(...)
...+>
}

@script:python@
f << errseq_bad.f;
p << errseq_bad.p;
@@
print("hit %s %s %s errseq" % (p[0].file, f, p[0].line))

@script:python@
f << errseq_wrong.f;
p << errseq_wrong.p;
@@
print("hit %s %s %s errseq" % (p[0].file, f, p[0].line))
