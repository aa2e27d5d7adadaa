// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: read-flush
// contract: a direct read writes back dirty pages of its range first
// source: commit 54752de928c4
// source: fs/iomap/direct-io.c:__iomap_dio_rw
// files: fs/iomap/direct-io.c
// asks: a direct read no longer writes back dirty pages first
//
// The flush of the write side is inside kiocb_invalidate_pages.
@read_flush_has exists@
identifier f;
@@
f(...)
{
<+...
if (iov_iter_rw(...) == READ) {
	<+...
	\(kiocb_write_and_wait\|filemap_write_and_wait_range\)(...)
	...+>
} else {
	...
}
...+>
}

@read_flush_bad depends on !read_flush_has@
identifier f =~ "^__iomap_dio_rw$";
position p;
@@
f@p(...) { ... }

@script:python@
f << read_flush_bad.f;
p << read_flush_bad.p;
@@
print("hit %s %s %s read-flush" % (p[0].file, f, p[0].line))
