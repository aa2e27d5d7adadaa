/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * patchids.h - which of some mails has the patch of a name, found in a box
 *
 * "prerequisite-patch-id:" names a patch by parsers/patchid.h. It is rare, so
 * nobody keeps an index of it. Callers: bot/needs.c; bot/boxed.c of the task
 */
#ifndef STAGES_PATCHIDS_H
#define STAGES_PATCHIDS_H

#include "bot/base/json.h"
#include "bot/stages/letters.h"

#define PATCHIDS_NONE SIZE_MAX

/*
 * For each of the names in @wanted the letter that has it, or PATCHIDS_NONE;
 * the caller frees *out. @user: whom the box runs as when we are root. -1: as
 * boxed_run.
 */
int patchids_find(size_t **out, const struct letters *letters,
		  const struct strings *wanted, const char *user,
		  struct err *err) MUST_CHECK;
/* The task "patchids". */
int patchids_box(const json_t *request, int out, struct err *err) MUST_CHECK;

#endif
