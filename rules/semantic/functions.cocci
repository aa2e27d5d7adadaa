// SPDX-License-Identifier: GPL-2.0-or-later
//
// id: functions
// contract: what spatch could not parse is told, for no rule sees into it
// source: fs/iomap/direct-io.c:__iomap_dio_rw
// files: *.c
// asks: no question of its own
@functions_of@
identifier f;
position p;
@@
f@p(...) { ... }

@script:python@
f << functions_of.f;
p << functions_of.p;
@@
print("function %s %s %s" % (p[0].file, f, p[0].line))
