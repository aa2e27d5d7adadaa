/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core.h - which functions and files direct I/O collides in
 *
 * Pure. What the contract between direct, buffered and mapped I/O runs through:
 * a patch that touches none of it is hardly about it. Callers: rules/quote.c,
 * rules/tokens.c
 */
#ifndef RULES_CORE_H
#define RULES_CORE_H

#include <stdbool.h>

/* "ext4_dio_write_iter" */
bool core_has_function(const char *name);
/* A file that every filesystem's direct I/O goes through. */
bool core_has_shared_file(const char *path);
/* One of those, or of a filesystem that goes through them. */
bool core_has_file(const char *path);
/*
 * The name that a heading of a hunk, or a line of source, defines: "f" of
 * "static int f(struct x *y,"; NULL when it defines none, else the caller's.
 */
char *core_read_function(const char *line);

#endif
