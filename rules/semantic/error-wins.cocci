// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: error-wins
// contract: a direct write that failed, if only in part, returns the error and never a positive count
// source: fs/iomap/direct-io.c:iomap_dio_complete
// source: fs/iomap/direct-io.c:iomap_dio_set_error
// files: fs/iomap/direct-io.c
// asks: after an error was recorded a positive count may be returned
//
// Bytes may replace the result only where that was tested to be 0, and the
// result has to begin as the error.
@error_wins_begins exists@
identifier f, ret;
expression d;
position p;
@@
f@p(...)
{
<+...
\(ret = d->error;\|ssize_t ret = d->error;\|int ret = d->error;\)
...+>
}

@error_wins_tested@
identifier ret;
expression d;
position p;
@@
if (\(likely(!ret)\|!ret\|ret == 0\)) {
	<+...
	ret =@p d->size
	...+>
}

@error_wins_alone@
identifier ret;
expression d;
position p;
@@
if (\(likely(!ret)\|!ret\|ret == 0\))
	ret =@p d->size;

@error_wins_bad@
identifier f =~ "^iomap_dio_complete$";
identifier ret;
expression d;
position p != {error_wins_tested.p, error_wins_alone.p};
@@
f(...)
{
<+...
ret =@p d->size
...+>
}

@error_wins_unread@
identifier f =~ "^iomap_dio_complete$";
position p != error_wins_begins.p;
@@
f@p(...) { ... }

@script:python@
f << error_wins_bad.f;
p << error_wins_bad.p;
@@
print("hit %s %s %s error-wins" % (p[0].file, f, p[0].line))

@script:python@
f << error_wins_unread.f;
p << error_wins_unread.p;
@@
print("hit %s %s %s error-wins" % (p[0].file, f, p[0].line))
