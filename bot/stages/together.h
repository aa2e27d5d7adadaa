/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * together.h - series that one person sent together: their order, and which of
 * userspace belongs to which of the kernel
 *
 * Touches nothing. Caller: bot/stages/assemble.c
 */
#ifndef STAGES_TOGETHER_H
#define STAGES_TOGETHER_H

#include "bot/stages/sets.h"

/* One set as the sender meant it. */
struct together {
	const char *project; /* parsers/project.h; never NULL */
	size_t before; /* of [PATCHSET 3/4] 2/4 of that project; or SETS_NONE */
	size_t pair;   /* of userspace: the kernel's nearest; or SETS_NONE */
};

/* One for each set; the caller frees it. */
struct together *together_find(const struct sets *s);

#endif
