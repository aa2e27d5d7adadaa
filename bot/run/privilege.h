/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * privilege.h - collider as root becomes somebody else before it meets a patch
 *
 * Changes the whole process, for good. Callers: `collider lab` and what builds
 * a lane, before they read a byte that a stranger wrote.
 */
#ifndef RUN_PRIVILEGE_H
#define RUN_PRIVILEGE_H

#include <stdbool.h>
#include <sys/types.h>

#include "bot/base/err.h"

/* The ids of @user. -1: ERR_CONFIG when there is none, or it is root. */
int privilege_find(uid_t *uid_out, gid_t *gid_out, const char *user,
		   struct err *err) MUST_CHECK;
/*
 * As root: no groups, @user's group, @user; afterwards there is no way back.
 * As anybody else: nothing. A wish to die with the parent is kept. -1:
 * ERR_CONFIG as above, ERR_SYSTEM when the kernel refuses.
 */
int privilege_drop(const char *user, struct err *err) MUST_CHECK;

#endif
