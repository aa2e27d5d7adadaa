/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/git/libgit.h"

#define WINDOW_BYTES (8 << 20)

void libgit_start(void)
{
	git_libgit2_init();
	/* A pack of 325 MB would else be mapped, and count, as a whole. */
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)WINDOW_BYTES);
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT,
			 (size_t)WINDOW_BYTES * 2);
	git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)WINDOW_BYTES);
	git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 1);
	/*
	 * Whose repository it is does not matter to a reader that runs nothing
	 * of it: no hook, no filter, no configured program.
	 */
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	/* zlib's checksum stands; hashing all again is half of an export. */
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
}

void libgit_end(void)
{
	git_libgit2_shutdown();
}
