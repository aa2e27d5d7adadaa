/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * amalgam.h - one scenario and as much of its kit as it needs, as one C file
 *
 * Pure. The files are those of rules/collisions/, which are ours; nothing of a
 * mail or a guest comes here. What a piece uses is found by name, from the
 * scenario and the main of alone.c on; a static name that two files have is
 * prefixed with its file's. Caller: rules/reproducer.c
 */
#ifndef RULES_AMALGAM_H
#define RULES_AMALGAM_H

#include "bot/base/buf.h"
#include "bot/base/err.h"

#define AMALGAM_MAX_FILE (256u << 10) /* bytes; the largest has 8 KiB */
#define AMALGAM_MAX_FILES 200
#define AMALGAM_MAIN "alone.c" /* whose main it is */

struct amalgam_file {
	char *name; /* "gate.c" */
	char *text;
};

/* rules/collisions/, by name. */
struct amalgam_files {
	struct amalgam_file *v;
	size_t n;
};

void amalgam_files_release(struct amalgam_files *f);
DEFINE_AUTO_VALUE(struct amalgam_files, amalgam_files_release)

/*
 * Add includes, headers, @table (C text that uses the headers), the scenario
 * and the kit to @out. -1: ERR_CONFIG; no scenario @id is in the files.
 */
int amalgam_add(struct buf *out, const struct amalgam_files *files,
		const char *id, const char *table, struct err *err) MUST_CHECK;

#endif
