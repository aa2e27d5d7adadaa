/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loaded.h - what a kernel puts into memory, as a hash
 *
 * Two kernels with one hash run alike: the same sections at the same addresses
 * with the same bytes. Left out are notes, where the build id is, and what is
 * not loaded. The banner is the same in all of our builds: KBUILD_BUILD_* are
 * fixed in config/sandbox/build.conf. Caller: bot/lab.c
 */
#ifndef GUEST_LOADED_H
#define GUEST_LOADED_H

#include "bot/base/err.h"
#include "bot/base/hash.h"

#define LOADED_MAX_FILE (512u << 20) /* bytes; a lane's kernel has 12 MiB */

/*
 * Of the ELF program at @path. -1: ERR_INPUT, ERR_LIMIT, and nobody knows;
 * ERR_SYSTEM when it cannot be read.
 */
int loaded_hash(struct hash *out, const char *path, struct err *err) MUST_CHECK;

#endif
