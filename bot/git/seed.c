/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/git/seed.h"

#include <dirent.h>
#include <fcntl.h>
#include <git2/odb_backend.h>
#include <string.h>

#include "bot/base/mem.h"
#include "bot/git/libgit.h"

#define BLOCK (1 << 20)

static inline void writer_free(git_odb_writepack *w)
{
	if (w)
		w->free(w);
}
DEFINE_AUTO(git_odb_writepack *, writer_free)

/* False: it is no pack, or not a whole one; nothing of it is kept then. */
static bool add_pack(git_odb *odb, int fd, git_indexer_progress_cb progress,
		     void *arg)
{
	AUTO(writer_free) git_odb_writepack *into = NULL;
	AUTO(mem_free) char *block = xmalloc(BLOCK);
	git_indexer_progress p = { 0 };
	ssize_t n;

	if (git_odb_write_pack(&into, odb, progress, arg) < 0)
		return false;
	while ((n = read(fd, block, BLOCK)) > 0)
		if (into->append(into, block, (size_t)n, &p) < 0)
			return false;
	return n == 0 && into->commit(into, &p) == 0;
}

static bool is_pack(const char *name)
{
	size_t len = strlen(name);

	return len > 5 && strcmp(name + len - 5, ".pack") == 0;
}

static int add_packs(git_odb *odb, const char *path,
		     git_indexer_progress_cb progress, void *arg,
		     struct err *err)
{
	AUTO(mem_free) char *packs = xasprintf("%s/objects/pack", path);
	DIR *dir = opendir(packs);
	struct dirent *entry;

	while (dir && err->kind == ERR_NONE && (entry = readdir(dir))) {
		AUTO(fd_close) int fd = -1;

		if (!is_pack(entry->d_name))
			continue;
		fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			(void)add_pack(odb, fd, progress, arg);
	}
	if (dir)
		closedir(dir);
	return err->kind == ERR_NONE ? 0 : -1;
}

/* Down from @tip in their repository until a commit is in ours, too. */
static void find_base(git_oid *base, git_odb *ours, const char *path,
		      const git_oid *tip)
{
	AUTO(git_repository_free) git_repository *theirs = NULL;
	git_oid id = *tip;

	if (git_repository_open_bare(&theirs, path) < 0)
		return;
	while (!git_odb_exists_ext(ours, &id, GIT_ODB_LOOKUP_NO_REFRESH)) {
		AUTO(git_commit_free) git_commit *commit = NULL;
		const git_oid *parent;

		if (git_commit_lookup(&commit, theirs, &id) < 0)
			return;
		parent = git_commit_parent_id(commit, 0);
		if (!parent)
			return;
		git_oid_cpy(&id, parent);
	}
	git_oid_cpy(base, &id);
}

int seed_run(git_oid *base, git_repository *repo, const char *path,
	     const git_oid *tip, git_indexer_progress_cb progress, void *arg,
	     struct err *err)
{
	AUTO(git_odb_free) git_odb *odb = NULL;

	memset(base, 0, sizeof(*base));
	if (git_repository_odb(&odb, repo) < 0)
		return err_git(err, ERR_SYSTEM, "cannot read '%s'",
			       git_repository_path(repo));
	if (add_packs(odb, path, progress, arg, err) < 0)
		return -1;
	git_odb_refresh(odb);
	find_base(base, odb, path, tip);
	return 0;
}
