/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stock.h - checks of what is collider's own: guest program, state, trees
 *
 * Caller: bot/doctor.c
 */
#ifndef BOT_STOCK_H
#define BOT_STOCK_H

#include "bot/checkup.h"

/* The guest's init as built beside us, and an initramfs with it. */
void stock_check_guest(struct diagnosis *d, const struct checkup *c,
		       const struct check *check);
void stock_check_state(struct diagnosis *d, const struct checkup *c,
		       const struct check *check);
void stock_check_tree(struct diagnosis *d, const struct checkup *c,
		      const struct check *check);

/*
 * A new folder of the user that builds run as: where lanes will be or, when
 * nothing can be made there, in /tmp. The caller frees *out and removes it.
 * -1: ERR_CONFIG.
 */
int stock_make_work(char **out, const struct config *config, struct err *err)
	MUST_CHECK;

#endif
