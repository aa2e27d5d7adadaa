/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diffpath.h - the file names that stand in a diff, and which are refused
 *
 * Pure: the bytes are hostile. A name that passes diffpath_fault stays inside
 * the folder it is taken from, as far as text can tell: symlinks on the way are
 * for whoever opens it.
 *
 * Caller: parsers/patch.c, bot/git/import.c
 */
#ifndef PARSERS_DIFFPATH_H
#define PARSERS_DIFFPATH_H

#include <stdbool.h>

#include "bot/base/span.h"

#define DIFFPATH_MAX_LEN 4095 /* PATH_MAX of Linux, without the NUL */

/*
 * Eat a name in double quotes, with git's C escapes (\t, \", \303). True:
 * *out is the caller's. False: nothing was eaten; no quote at the front, none
 * at the end, an unknown escape, or a NUL inside.
 */
bool diffpath_unquote(char **out, struct span *text);
/*
 * @name without its first folder ("a/fs/x.c": "fs/x.c"), within @name. NULL
 * when there is no slash, or one in front.
 */
const char *diffpath_strip(const char *name);
/*
 * The one name that "diff --git " @names stands for, when both names are the
 * same after their first folder; else NULL. The caller frees it.
 */
char *diffpath_of_header(struct span names);
/*
 * Why no diff may name @path: "is empty", "is absolute", ...; NULL when it may.
 */
const char *diffpath_fault(const char *path);

#endif
