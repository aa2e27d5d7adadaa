/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * packs.h - the packs of a repository that is fetched into every two minutes
 *
 * libgit2 keeps each fetch as a pack of its own and opens all of them: after
 * some weeks there are more than a process may have files open. Small packs are
 * joined, with every object of theirs: what history once had is kept.
 * Caller: git/mirror.c, which holds the lock of the repository.
 */
#ifndef GIT_PACKS_H
#define GIT_PACKS_H

#include "bot/base/err.h"

/* So many small ones are joined; what is larger than small stays as it is. */
#define PACKS_MAX_SMALL 64
#define PACKS_SMALL_BYTES (16u << 20)

/*
 * Remove what a killed fetch left in the repository at @path: half a pack, a
 * lock. 0 also when it is not there, or is no repository. -1: ERR_SYSTEM.
 */
int packs_clear(const char *path, struct err *err) MUST_CHECK;
/*
 * Past PACKS_MAX_SMALL, make one pack of the small ones in the repository at
 * @path, which nobody of this process has open. They themselves go the next
 * time this is done, for somebody may be reading them: by then that was
 * PACKS_MAX_SMALL fetches ago. -1: ERR_SYSTEM; what there was is still there.
 */
int packs_join(const char *path, struct err *err) MUST_CHECK;

#endif
