/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * beneath.h - files of a folder whose names and links a stranger chose
 *
 * Every path is relative to an open folder, goes through no symlink and to no
 * place outside; the kernel checks it (openat2), so that nobody can swap a
 * folder for a link in between. A path that is wrong in itself is ERR_INPUT
 * "'path' ...". Caller: bot/lab.c.
 */
#ifndef RUN_BENEATH_H
#define RUN_BENEATH_H

#include <stdbool.h>

#include "bot/base/err.h"

#define BENEATH_MAX_PATH 1024 /* bytes; the longest of Linux 6.12 has 121 */

/* Relative, no empty part, no "." or "..", no control character, no ".git". */
bool beneath_is_path(const char *path);
/* Open a regular file for reading. -1: ERR_INPUT, ERR_SYSTEM. */
int beneath_open(int *out, int root, const char *path, struct err *err)
	MUST_CHECK;
/*
 * Make the file anew from the bytes of @from: its own mtime, nothing left of
 * what was there. Folders above it are made. @mode is a git mode: 0100644,
 * 0100755, or 0120000, a symlink to what the bytes say. -1: ERR_INPUT also
 * for another mode or when a folder stands there; ERR_SYSTEM when the disk is
 * full.
 */
int beneath_put(int root, const char *path, unsigned mode, int from,
		struct err *err) MUST_CHECK;
/*
 * Remove a file or symlink, and folders above it that are then empty. -1:
 * ERR_INPUT also when there is none.
 */
int beneath_delete(int root, const char *path, struct err *err) MUST_CHECK;

#endif
