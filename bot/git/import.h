/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import.h - a source tarball as a git repository of one commit
 *
 * The tarball is read once, straight into a pack; nothing is unpacked on disk.
 * The commit's id depends on the tarball's files and name alone. Runs `git`.
 */
#ifndef GIT_IMPORT_H
#define GIT_IMPORT_H

#include <stdio.h>

#include "bot/base/err.h"

#define IMPORT_MAX_FILES 1000000       /* ten times Linux */
#define IMPORT_MAX_BYTES (16ull << 30) /* unpacked; ten times Linux */
#define IMPORT_MAX_FILE (256ull << 20) /* ten times the largest of Linux */

/*
 * Make the bare repository @repo_path from @tarball (anything libarchive
 * reads); the tarball's one top folder is left off. When @repo_path is there
 * already, nothing is done. It appears whole or not at all: a run that was
 * killed leaves "@repo_path.new", which the next run removes. Two runs at once
 * wait for each other. @progress is where it is shown, NULL nowhere.
 * -1: ERR_CONFIG (no tarball, no git), ERR_INPUT, ERR_LIMIT, ERR_SYSTEM.
 */
int import_run(const char *tarball, const char *repo_path, FILE *progress,
	       struct err *err) MUST_CHECK;

#endif
