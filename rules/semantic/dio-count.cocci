// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: dio-count
// contract: direct I/O in flight is counted from submission to completion, for truncate waits for it in inode_dio_wait
// source: fs/iomap/direct-io.c:iomap_dio_complete
// source: fs/inode.c:inode_dio_wait
// files: fs/iomap/direct-io.c
// asks: direct I/O in flight is no longer counted
@dio_count_begin@
@@
inode_dio_begin(...)

@dio_count_end@
@@
inode_dio_end(...)

@dio_count_no_begin depends on !dio_count_begin@
identifier f =~ "^__iomap_dio_rw$";
position p;
@@
f@p(...) { ... }

@dio_count_no_end depends on !dio_count_end@
identifier f =~ "^iomap_dio_complete$";
position p;
@@
f@p(...) { ... }

@script:python@
f << dio_count_no_begin.f;
p << dio_count_no_begin.p;
@@
print("hit %s %s %s dio-count" % (p[0].file, f, p[0].line))

@script:python@
f << dio_count_no_end.f;
p << dio_count_no_end.p;
@@
print("hit %s %s %s dio-count" % (p[0].file, f, p[0].line))
