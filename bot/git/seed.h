/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seed.h - a new repository begins with the packs of one on the same disk
 *
 * libgit2's transport for a folder makes one new pack of every object, which
 * takes minutes where to index the packs there are takes seconds. They are
 * indexed as if they came from a server, for the folder is no less hostile.
 * Caller: git/mirror.c, which fetches the rest, and looks for holes.
 */
#ifndef GIT_SEED_H
#define GIT_SEED_H

#include <git2/indexer.h>
#include <git2/types.h>

#include "bot/base/err.h"

/*
 * Each pack of the repository at @path that can be read, into @repo. @base is
 * the newest commit of @tip's line that came with them; zero when none did.
 * 0 also when nothing came. -1: what @progress says, who has filled @err.
 */
int seed_run(git_oid *base, git_repository *repo, const char *path,
	     const git_oid *tip, git_indexer_progress_cb progress, void *arg,
	     struct err *err) MUST_CHECK;

#endif
