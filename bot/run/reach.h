/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reach.h - show a sandbox what lies below a folder that its user may not enter
 *
 * collider as root reviews on a tree below /root, say, and the box that reads
 * it belongs to nobody. Before root is dropped, a mount namespace of this
 * process alone gets those files and folders at another place. Who may read
 * them does not change: a file that is its owner's alone stays so.
 * Caller: run/boxed.c
 */
#ifndef RUN_REACH_H
#define RUN_REACH_H

#include "bot/base/err.h"
#include "bot/run/sandbox.h"

#define REACH_MAX_BINDS 1000

/*
 * As root: binds->from of what is closed becomes where it is reached; the text
 * lives as long as the process. As anybody else, and when nothing is closed:
 * nothing. -1: ERR_CONFIG when one is not there, ERR_SYSTEM.
 */
int reach_run(struct sandbox_bind *binds, size_t n, struct err *err) MUST_CHECK;

#endif
