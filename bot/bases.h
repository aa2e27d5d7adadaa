/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bases.h - the trees and lanes of the configuration, ready for use
 *
 * Makes what is missing: the state folder, a tree out of its tarball, a lane
 * out of a commit. Callers: `collider base`, `contracts` and
 * `review`.
 */
#ifndef BOT_BASES_H
#define BOT_BASES_H

#include <stdio.h>

#include "bot/base/err.h"
#include "bot/config.h"
#include "bot/git/lane.h"
#include "bot/git/tree.h"
#include "bot/guest/guest.h"
#include "bot/store/store.h"

/*
 * Make the state folder and open the store in it. -1: ERR_SYSTEM, ERR_CONFIG.
 */
int bases_open_store(struct store **out, const struct config *config,
		     struct err *err) MUST_CHECK;
/*
 * Open a configured tree; import it first when it is not there and has a
 * source. @progress is where that is shown, NULL nowhere.
 */
int bases_open_tree(struct tree **out, const struct config *config,
		    const struct config_tree *which, FILE *progress,
		    struct err *err) MUST_CHECK;
/*
 * Open what --tree names: a configured tree, else the repository at that path.
 * -1: ERR_CONFIG when it is neither.
 */
int bases_open_named(struct tree **out, const struct config *config,
		     const char *name, FILE *progress, struct err *err)
	MUST_CHECK;
/*
 * The commit that --base names in @tree; @rev NULL: the tree's branch. -1:
 * ERR_CONFIG when there is none, ERR_INPUT, ERR_SYSTEM.
 */
int bases_commit(char hex[TREE_HEX_LEN + 1], const struct config *config,
		 const struct tree *tree, const char *rev, struct err *err)
	MUST_CHECK;
/*
 * The lane of @commit for guests of @kind: found, or built, which takes
 * minutes. It is used now, and stays until *hold_out is closed; the least
 * recently used others, if nobody holds them, go when all together are over
 * the ceiling.
 */
int bases_lane(struct lane *out, int *hold_out, const struct config *config,
	       const struct guest_kind *kind, struct store *st,
	       const struct tree *tree, const char *commit, FILE *progress,
	       struct err *err) MUST_CHECK;

#endif
