/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * callers.h - who starts direct I/O, and who finishes it through the page cache
 *
 * Pure. The table is rules/semantic/callers.conf: lines of
 *
 *	FILE FUNCTION CALLEE
 *
 * and '#' to the end of a line is a comment. A patch after which somebody else
 * calls, or one of these no longer does, makes one ask. Caller:
 * bot/stages/semantic.c
 */
#ifndef RULES_CALLERS_H
#define RULES_CALLERS_H

#include "rules/cocci.h"

#define CALLERS_MAX_BYTES 65536 /* it is written by hand */

struct caller {
	char *file;
	char *function;
	char *callee;
};

struct callers {
	struct caller *v;
	size_t n;
};

/* 0: *out is the caller's. -1: ERR_CONFIG with @name and line. */
int callers_parse(struct callers *out, const char *name, const char *text,
		  size_t len, struct err *err) MUST_CHECK;
bool callers_has(const struct callers *list, const char *file,
		 const char *function, const char *callee);
void callers_release(struct callers *list);
DEFINE_AUTO_VALUE(struct callers, callers_release)

/* Calls in file @path that came or went with the patch. */
void callers_ask(struct questions *out, const struct callers *list,
		 const char *path, const struct cocci_facts *before,
		 const struct cocci_facts *after);

#endif
