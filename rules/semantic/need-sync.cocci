// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: need-sync
// contract: an O_SYNC or O_DSYNC direct write is made stable by generic_write_sync when it is complete
// source: fs/iomap/direct-io.c:iomap_dio_complete
// files: fs/iomap/direct-io.c
// asks: a direct write with O_DSYNC is no longer marked or synced
@need_sync_marks@
expression d;
@@
d->flags |= IOMAP_DIO_NEED_SYNC

@need_sync_syncs@
@@
generic_write_sync(...)

@need_sync_no_mark depends on !need_sync_marks@
identifier f =~ "^__iomap_dio_rw$";
position p;
@@
f@p(...) { ... }

@need_sync_no_sync depends on !need_sync_syncs@
identifier f =~ "^iomap_dio_complete$";
position p;
@@
f@p(...) { ... }

@script:python@
f << need_sync_no_mark.f;
p << need_sync_no_mark.p;
@@
print("hit %s %s %s need-sync" % (p[0].file, f, p[0].line))

@script:python@
f << need_sync_no_sync.f;
p << need_sync_no_sync.p;
@@
print("hit %s %s %s need-sync" % (p[0].file, f, p[0].line))
