// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: warn-caller
// contract: the warning about possible data corruption, and the -EIO of fsync with it, come from the step after a direct write only
// source: commit 60263d5889e6
// source: mm/filemap.c:kiocb_invalidate_post_direct_write
// files: fs/*.c mm/*.c block/*.c
// asks: dio_warn_stale_pagecache is called from a new place
@warn_caller_bad@
position p;
@@
dio_warn_stale_pagecache@p(...)

@script:python@
p << warn_caller_bad.p;
@@
if p[0].current_element != "kiocb_invalidate_post_direct_write":
    print("hit %s %s %s warn-caller" % (p[0].file, p[0].current_element, p[0].line))
