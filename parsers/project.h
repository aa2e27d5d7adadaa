/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * project.h - whose source a patch changes: the kernel's, or that of a program
 * that is talked about on the same lists
 *
 * Pure. The bytes are hostile. A third of all patches on the filesystem lists
 * is for xfsprogs, fstests, e2fsprogs and their like; what they say about it is
 * a word in brackets ("[PATCH fstests]"), one at the front of the title
 * ("xfsprogs: ..."), or nothing but the paths of the diff. Paths count most.
 *
 * Caller: bot/stages/assemble.c
 */
#ifndef PARSERS_PROJECT_H
#define PARSERS_PROJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "parsers/subject.h"

#define PROJECT_KERNEL "linux"
#define PROJECT_OTHER "other" /* not the kernel; of what, nobody said */

/*
 * Each of these gives a name that lives for ever ("linux", "xfsprogs", ...,
 * "other"), or NULL when nothing tells.
 */

/* By the words in brackets, else by what the title begins with. */
const char *project_of_subject(const struct subject *s);
/*
 * The kernel's when @diff has a path that only the kernel has; else by the
 * subject; else by a path that only one program has. lib/, include/ and tools/
 * are the kernel's when nothing else is said.
 */
const char *project_of_patch(const struct subject *s, const char *diff,
			     size_t len);
bool project_is_kernel(const char *project); /* NULL is no other */

#endif
