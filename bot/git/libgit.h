/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libgit.h - libgit2 with owning locals; included by bot/git/ alone
 *
 * Whoever opens a repository calls libgit_start before, and libgit_end when it
 * is closed. What is set holds for the process: we read, and trust no owner.
 */
#ifndef GIT_LIBGIT_H
#define GIT_LIBGIT_H

#include <git2.h>

#include "bot/base/auto.h"
#include "bot/git/err_git.h"

DEFINE_AUTO(git_blob *, git_blob_free)
DEFINE_AUTO(git_commit *, git_commit_free)
DEFINE_AUTO(git_config *, git_config_free)
DEFINE_AUTO(git_diff *, git_diff_free)
DEFINE_AUTO(git_object *, git_object_free)
DEFINE_AUTO(git_odb *, git_odb_free)
DEFINE_AUTO(git_odb_object *, git_odb_object_free)
DEFINE_AUTO(git_packbuilder *, git_packbuilder_free)
DEFINE_AUTO(git_reference *, git_reference_free)
DEFINE_AUTO(git_remote *, git_remote_free)
DEFINE_AUTO(git_repository *, git_repository_free)
DEFINE_AUTO(git_revwalk *, git_revwalk_free)
DEFINE_AUTO(git_signature *, git_signature_free)
DEFINE_AUTO(git_tree *, git_tree_free)
DEFINE_AUTO(git_tree_entry *, git_tree_entry_free)
DEFINE_AUTO_VALUE(git_buf, git_buf_dispose)
DEFINE_AUTO_VALUE(git_merge_file_result, git_merge_file_result_free)

void libgit_start(void);
void libgit_end(void);

#endif
