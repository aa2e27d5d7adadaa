/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * share.h - a plan is shared by guests that run side by side
 *
 * Pure. A filesystem is one guest's alone. Caller: bot/stages/collide.c
 */
#ifndef STAGES_SHARE_H
#define STAGES_SHARE_H

#include "rules/suites.h"

/* What a boot, and making a filesystem, cost in runs of a scenario. */
#define SHARE_BOOT_RUNS 60
#define SHARE_FILESYSTEM_RUNS 20

/*
 * Fill @out, of @max plans, with about the same work each; how many it took: no
 * more than are faster than one, at least 1.
 */
size_t share_run(struct suites *out, size_t max, const struct suites *plan,
		 unsigned repeat);

#endif
