// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: calls
// contract: who starts direct I/O on a file, and who finishes a write that fell back, is known
// source: fs/iomap/direct-io.c:iomap_dio_rw
// source: fs/libfs.c:direct_write_fallback
// files: fs/*.c mm/filemap.c block/fops.c
// asks: a caller of the direct I/O core comes or goes
//
// No question of its own: the calls go to rules/callers.c, which knows those
// of callers.conf.
@calls_call@
identifier callee =~ "^(iomap_dio_rw|__iomap_dio_rw|direct_write_fallback|generic_file_direct_write|(__)?blockdev_direct_IO)$";
position p;
@@
callee@p(...)

@script:python@
callee << calls_call.callee;
p << calls_call.p;
@@
print("call %s %s %s %s" % (p[0].file, p[0].current_element, p[0].line, callee))
