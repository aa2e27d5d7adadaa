/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buildlog.h - what a kernel build printed: its diagnostics and its objects
 *
 * Pure: bytes in, struct out. The bytes are hostile: a patch may change every
 * Makefile and script that prints them. Reads gcc, clang, as, ld, modpost,
 * Kconfig and make, under LC_ALL=C; terminal escapes are dropped; whatever else
 * is printed is passed over. Total: every text is a log of something.
 * Caller: bot/stages/build.c
 */
#ifndef PARSERS_BUILDLOG_H
#define PARSERS_BUILDLOG_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/buf.h"
#include "bot/base/mem.h"

#define BUILDLOG_MAX_LINE 4096 /* bytes looked at; gcc's are below 1000 */
#define BUILDLOG_MAX_DIAGNOSTICS 1000 /* kept; one bad header makes thousands */
#define BUILDLOG_MAX_BUILT 50000      /* objects kept; allyesconfig: 30000 */

enum diagnostic_severity { DIAGNOSTIC_WARNING, DIAGNOSTIC_ERROR };

struct diagnostic {
	/* Relative to the tree; "vmlinux" or "make" when no file is named. */
	char *file;
	unsigned line;	 /* 0: not told */
	unsigned column; /* 0: not told */
	enum diagnostic_severity severity;
	char *text;	/* one line, no controls */
	char *function; /* the one it is in, or NULL */
	char *via;	/* "fs/a.c:12", which includes or inlines it, or NULL */
};

struct buildlog {
	struct diagnostic *v; /* in the order printed */
	size_t n;
	struct strings built; /* what was compiled: "fs/iomap/direct-io.o" */
	size_t left_out;      /* diagnostics and objects past the ceilings */
};

/* @root is where the build saw its tree, "/linux"; it is taken off paths. */
void buildlog_parse(struct buildlog *out, const char *text, size_t len,
		    const char *root);
void buildlog_release(struct buildlog *log);
DEFINE_AUTO_VALUE(struct buildlog, buildlog_release)

/*
 * Is the @i-th diagnostic of @log one more of its kind (file, severity, text;
 * the line does not count) than @known has?
 */
bool buildlog_is_new(const struct buildlog *log, size_t i,
		     const struct buildlog *known);
/* A copy of @d at the end; past the ceiling it is left out. */
void buildlog_push(struct buildlog *log, const struct diagnostic *d);
/* "warning" or "error". */
const char *diagnostic_severity_name(enum diagnostic_severity severity);

#endif
