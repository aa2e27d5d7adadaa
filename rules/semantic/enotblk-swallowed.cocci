// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: enotblk-swallowed
// contract: -ENOTBLK of ->iomap_begin or ->iomap_end ends a direct write early and without an error, for the caller to write the rest
// source: fs/iomap/direct-io.c:__iomap_dio_rw
// files: fs/iomap/direct-io.c
// asks: -ENOTBLK in the middle of a direct write is no longer told apart
@enotblk_swallowed_has exists@
identifier f, ret;
position p;
@@
f@p(...)
{
<+...
\(ret == -ENOTBLK\|ret != -ENOTBLK\)
...+>
}

@enotblk_swallowed_bad@
identifier f =~ "^__iomap_dio_rw$";
position p != enotblk_swallowed_has.p;
@@
f@p(...) { ... }

@script:python@
f << enotblk_swallowed_bad.f;
p << enotblk_swallowed_bad.p;
@@
print("hit %s %s %s enotblk-swallowed" % (p[0].file, f, p[0].line))
