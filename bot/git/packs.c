/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/git/packs.h"

#include <dirent.h>
#include <errno.h>
#include <git2/sys/odb_backend.h>
#include <string.h>
#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/base/span.h"
#include "bot/git/libgit.h"

#define NAME_LEN 45 /* "pack-" and 40 hex digits */
/* Names of packs, a line each, that a larger one has all objects of. */
#define JOINED "collider-joined"
#define MAX_JOINED (1u << 20)

static inline void dir_close(DIR *d)
{
	if (d)
		closedir(d);
}
DEFINE_AUTO(DIR *, dir_close)

static int remove_file(const char *dir, const char *name, const char *suffix,
		       struct err *err)
{
	AUTO(mem_free) char *path = xasprintf("%s/%s%s", dir, name, suffix);

	if (unlink(path) < 0 && errno != ENOENT && errno != ENOTDIR)
		return err_sys(err, ERR_SYSTEM, "cannot remove '%s'", path);
	return 0;
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t len = strlen(name), end = strlen(suffix);

	return len > end && strcmp(name + len - end, suffix) == 0;
}

/* An index is written before its pack gets its name. */
static bool is_orphan(const char *dir, const char *name)
{
	AUTO(mem_free) char *pack = NULL;

	if (!has_suffix(name, ".idx"))
		return false;
	pack = xasprintf("%s/%.*s.pack", dir, (int)strlen(name) - 4, name);
	return !fs_exists(pack);
}

int packs_clear(const char *path, struct err *err)
{
	static const char *const locks[] = { "HEAD.lock", "config.lock",
					     "packed-refs.lock",
					     "refs/heads/master.lock" };
	AUTO(mem_free) char *packs = xasprintf("%s/objects/pack", path);
	AUTO(dir_close) DIR *dir = opendir(packs);
	struct dirent *entry;

	for (size_t i = 0; i < ARRAY_LEN(locks); i++)
		if (remove_file(path, locks[i], "", err) < 0)
			return -1;
	while (dir && (entry = readdir(dir)))
		if ((strncmp(entry->d_name, "pack_", 5) == 0 ||
		     is_orphan(packs, entry->d_name)) &&
		    remove_file(packs, entry->d_name, "", err) < 0)
			return -1;
	return 0;
}

/* ---- joining ---- */

static bool is_name(struct span word)
{
	return span_len(word) == NAME_LEN && span_starts(word, "pack-") &&
	       !memchr(word.p, '/', NAME_LEN);
}

/* Those that were joined the last time; they may still be read. */
static int read_joined(struct strings *out, const char *path, struct err *err)
{
	AUTO(mem_free) char *file = xasprintf("%s/" JOINED, path);
	AUTO(buf_release) struct buf text = { 0 };
	struct span rest, line;

	if (!fs_exists(file))
		return 0;
	if (fs_read(&text, file, MAX_JOINED, err) < 0)
		return -1;
	rest = span_of(text.data, text.len);
	while (span_line(&rest, &line))
		if (is_name(line))
			strings_push_take(out, span_dup(line));
	return 0;
}

/* "pack-<hex>" of each pack that is small and was not joined yet. */
static int find_small(struct strings *out, const char *packs,
		      const struct strings *joined, struct err *err)
{
	AUTO(dir_close) DIR *dir = opendir(packs);
	struct dirent *entry;
	struct stat st;

	if (!dir)
		return err_sys(err, ERR_SYSTEM, "cannot list '%s'", packs);
	while ((entry = readdir(dir))) {
		AUTO(mem_free) char *name = NULL;

		if (!has_suffix(entry->d_name, ".pack") ||
		    fstatat(dirfd(dir), entry->d_name, &st, 0) < 0 ||
		    st.st_size > PACKS_SMALL_BYTES)
			continue;
		name = xstrndup(entry->d_name, strlen(entry->d_name) - 5);
		if (is_name(span_cstr(name)) && !strings_has(joined, name))
			strings_push_take(out, TAKE(name));
	}
	return 0;
}

/* Without its index a pack is nothing to a reader. */
static int remove_packs(const char *packs, const struct strings *names,
			struct err *err)
{
	for (size_t i = 0; i < names->n; i++)
		if (remove_file(packs, names->v[i], ".idx", err) < 0 ||
		    remove_file(packs, names->v[i], ".pack", err) < 0)
			return -1;
	return 0;
}

static int write_joined(const char *path, const struct strings *small,
			const char *into, struct err *err)
{
	AUTO(mem_free) char *file = xasprintf("%s/" JOINED, path);
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, MAX_JOINED);
	for (size_t i = 0; i < small->n; i++)
		/* A pack is named for what is in it: this may be all of it. */
		if (strcmp(small->v[i] + strlen("pack-"), into) != 0)
			buf_addf(&text, "%s\n", small->v[i]);
	if (buf_check(&text, file, err) < 0)
		return -1;
	return fs_write(file, buf_text(&text), text.len, err);
}

static int add_object(const git_oid *id, void *arg)
{
	return git_packbuilder_insert(arg, id, NULL);
}

static int add_objects(git_packbuilder *all, const char *packs,
		       const char *name, struct err *err)
{
	AUTO(mem_free) char *index = xasprintf("%s/%s.idx", packs, name);
	AUTO(git_odb_free) git_odb *odb = NULL;
	git_odb_backend *backend = NULL;

	if (git_odb_new(&odb) < 0 ||
	    git_odb_backend_one_pack(&backend, index) < 0)
		return err_git(err, ERR_SYSTEM, "cannot open '%s'", index);
	if (git_odb_add_backend(odb, backend, 1) < 0) {
		backend->free(backend);
		return err_git(err, ERR_SYSTEM, "cannot read '%s'", index);
	}
	if (git_odb_foreach(odb, add_object, all) < 0)
		return err_git(err, ERR_SYSTEM, "cannot read '%s'", index);
	return 0;
}

static int join(const char *path, const char *packs,
		const struct strings *small, struct err *err)
{
	AUTO(git_repository_free) git_repository *repo = NULL;
	AUTO(git_packbuilder_free) git_packbuilder *all = NULL;

	if (git_repository_open_bare(&repo, path) < 0 ||
	    git_packbuilder_new(&all, repo) < 0)
		return err_git(err, ERR_SYSTEM, "cannot open '%s'", path);
	for (size_t i = 0; i < small->n; i++)
		if (add_objects(all, packs, small->v[i], err) < 0)
			return -1;
	if (git_packbuilder_write(all, NULL, 0, NULL, NULL) < 0)
		return err_git(err, ERR_SYSTEM, "cannot write a pack in '%s'",
			       packs);
	return write_joined(path, small, git_packbuilder_name(all), err);
}

int packs_join(const char *path, struct err *err)
{
	AUTO(mem_free) char *packs = xasprintf("%s/objects/pack", path);
	AUTO(strings_release) struct strings joined = { 0 };
	AUTO(strings_release) struct strings small = { 0 };

	if (read_joined(&joined, path, err) < 0 ||
	    find_small(&small, packs, &joined, err) < 0)
		return -1;
	if (small.n <= PACKS_MAX_SMALL)
		return 0;
	if (remove_packs(packs, &joined, err) < 0)
		return -1;
	return join(path, packs, &small, err);
}
