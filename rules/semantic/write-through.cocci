// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: write-through
// contract: a direct write is made stable by FUA alone only where no metadata has to be: not with O_SYNC, nor in an extent that is dirty itself
// source: fs/iomap/direct-io.c:__iomap_dio_rw
// source: fs/iomap/direct-io.c:iomap_dio_bio_iter
// source: commit 3460cac1ca76 ("iomap: Use FUA for pure data O_DSYNC DIO writes")
// files: fs/iomap/direct-io.c
// asks: a direct write with O_SYNC, or into a dirty extent, is not followed by a sync
@write_through_guarded@
expression k, d;
identifier flag =~ "^IOMAP_DIO_WRITE_(THROUGH|FUA)$";
@@
if (!(k->ki_flags & IOCB_SYNC)) d->flags |= flag;

@write_through_clean@
@@
IOMAP_F_DIRTY

@write_through_no_guard depends on !write_through_guarded@
identifier f =~ "^__iomap_dio_rw$";
position p;
@@
f@p(...) { ... }

@write_through_dirty depends on !write_through_clean@
identifier f =~ "^iomap_dio_bio_iter$";
position p;
@@
f@p(...) { ... }

@script:python@
f << write_through_no_guard.f;
p << write_through_no_guard.p;
@@
print("hit %s %s %s write-through" % (p[0].file, f, p[0].line))

@script:python@
f << write_through_dirty.f;
p << write_through_dirty.p;
@@
print("hit %s %s %s write-through" % (p[0].file, f, p[0].line))
