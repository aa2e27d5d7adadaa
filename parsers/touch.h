/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * touch.h - does a diff touch what is watched?
 *
 * Pure: the bytes are hostile. Only the names of files are read, in every way
 * that a diff writes them, and nothing is allocated but for quoted names: this
 * is asked of each mail of a list, long before its diff is taken apart
 * (patch.h). In doubt, as with a blank in a name, it says yes.
 *
 * Caller: bot/stages/intake.c
 */
#ifndef PARSERS_TOUCH_H
#define PARSERS_TOUCH_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/mem.h"

/*
 * A file that the diff in @text names is, or is below, one of @watch:
 * "fs/xfs" is touched by fs/xfs/xfs_file.c, not by fs/xfsprogs.c. A name counts
 * with its first folder ("a/") and without. When nothing is in @watch, any file
 * will do.
 */
bool touch_find(const char *text, size_t len, const struct strings *watch);

#endif
