/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * patchid.h - the name that a diff has in "prerequisite-patch-id:"
 *
 * Pure; the bytes are hostile. It is what `git patch-id --stable` prints: a sum
 * of one hash a file, of its lines without white space and line numbers, so
 * that it is the same wherever the patch applies and in whatever order its
 * files stand. Caller: bot/stages/patchids.c
 */
#ifndef PARSERS_PATCHID_H
#define PARSERS_PATCHID_H

#include <stdbool.h>
#include <stddef.h>

#define PATCHID_LEN 40 /* hex digits */

/* False: there is no "diff " line, so it has no name. */
bool patchid_parse(char hex[PATCHID_LEN + 1], const char *diff, size_t len);

#endif
