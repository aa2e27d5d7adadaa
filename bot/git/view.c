/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/git/view.h"

#include "bot/base/mem.h"
#include "bot/base/span.h"
#include "bot/git/libgit.h"

struct view {
	git_repository *repo;
	git_tree *root;		 /* what was written last */
	struct view_file *files; /* by path */
	size_t n;
	uint64_t bytes;
};

int view_new(struct view **out, struct git_repository *repo, const char *commit,
	     struct err *err)
{
	AUTO(git_commit_free) git_commit *c = NULL;
	git_tree *root;
	git_oid id;

	if (git_oid_fromstr(&id, commit) < 0)
		return err_set(err, ERR_INPUT, "'%s' is no commit id", commit);
	if (git_commit_lookup(&c, repo, &id) < 0 ||
	    git_commit_tree(&root, c) < 0)
		return err_git(err, ERR_SYSTEM, "cannot read commit %s",
			       commit);
	*out = xcalloc(1, sizeof(**out));
	(*out)->repo = repo;
	(*out)->root = root;
	return 0;
}

void view_free(struct view *v)
{
	if (!v)
		return;
	for (size_t i = 0; i < v->n; i++) {
		free(v->files[i].path);
		free(v->files[i].data);
	}
	free(v->files);
	git_tree_free(v->root);
	free(v);
}

/* Where @path is among the files, or would be. */
static size_t position(const struct view *v, const char *path, bool *found)
{
	size_t low = 0, high = v->n;

	*found = false;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(path, v->files[mid].path);

		if (order == 0) {
			*found = true;
			return mid;
		}
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static struct view_file *insert(struct view *v, const char *path, size_t at)
{
	v->files = xreallocarray(v->files, v->n + 1, sizeof(*v->files));
	memmove(v->files + at + 1, v->files + at,
		(v->n - at) * sizeof(*v->files));
	v->n++;
	v->files[at] = (struct view_file){ .path = xstrdup(path) };
	return &v->files[at];
}

static struct view_file *get_slot(struct view *v, const char *path)
{
	bool found;
	size_t at = position(v, path, &found);

	return found ? &v->files[at] : insert(v, path, at);
}

static int charge(struct view *v, const char *path, uint64_t bytes,
		  struct err *err)
{
	if (bytes > VIEW_MAX_FILE)
		return err_set(err, ERR_LIMIT, "'%s' is larger than %u bytes",
			       path, VIEW_MAX_FILE);
	v->bytes += bytes;
	if (v->bytes > VIEW_MAX_BYTES)
		return err_set(err, ERR_LIMIT,
			       "the files touched are larger than %llu bytes",
			       VIEW_MAX_BYTES);
	return 0;
}

/* The entry of the tree, NULL when there is none. */
static git_tree_entry *find_entry(const struct view *v, const char *path)
{
	git_tree_entry *entry = NULL;

	return git_tree_entry_bypath(&entry, v->root, path) < 0 ? NULL : entry;
}

static int load(struct view *v, struct view_file *f, struct err *err)
{
	AUTO(git_tree_entry_free)
	git_tree_entry *entry = find_entry(v, f->path);
	AUTO(git_blob_free) git_blob *blob = NULL;

	if (!entry || git_tree_entry_type(entry) == GIT_OBJECT_TREE)
		return 0;
	f->mode = git_tree_entry_filemode(entry);
	if (f->mode == GIT_FILEMODE_COMMIT) {
		f->data = xstrdup("");
		return 0;
	}
	if (git_blob_lookup(&blob, v->repo, git_tree_entry_id(entry)) < 0)
		return err_git(err, ERR_SYSTEM, "cannot read '%s'", f->path);
	f->len = (size_t)git_blob_rawsize(blob);
	if (charge(v, f->path, f->len, err) < 0)
		return -1;
	f->data = xmalloc(f->len + 1);
	memcpy(f->data, git_blob_rawcontent(blob), f->len);
	f->data[f->len] = '\0';
	return 0;
}

int view_get(const struct view_file **out, struct view *v, const char *path,
	     struct err *err)
{
	bool found;
	size_t at = position(v, path, &found);

	if (!found && load(v, insert(v, path, at), err) < 0)
		return -1;
	*out = &v->files[at];
	return 0;
}

static void set_file(struct view *v, const char *path, char *data, size_t len,
		     unsigned mode)
{
	struct view_file *f = get_slot(v, path);

	free(f->data);
	f->data = data;
	f->len = len;
	f->mode = mode;
	f->is_changed = true;
}

void view_put_take(struct view *v, const char *path, char *data, size_t len,
		   unsigned mode)
{
	set_file(v, path, data, len, mode);
}

void view_remove(struct view *v, const char *path)
{
	set_file(v, path, NULL, 0, 0);
}

/* ---- files and folders in each other's way ---- */

/* What is at @path: 't' a folder, 'f' a file, 'l' a link, '-' nothing. */
static char kind_at(const struct view *v, const char *path)
{
	AUTO(git_tree_entry_free) git_tree_entry *entry = NULL;
	git_filemode_t mode;
	bool found;
	size_t at = position(v, path, &found);

	if (found && v->files[at].mode)
		return v->files[at].mode == GIT_FILEMODE_LINK ? 'l' : 'f';
	entry = find_entry(v, path);
	if (!entry)
		return '-';
	mode = git_tree_entry_filemode(entry);
	if (mode == GIT_FILEMODE_TREE)
		return 't';
	if (found) /* it was there, and is removed */
		return '-';
	return mode == GIT_FILEMODE_LINK ? 'l' : 'f';
}

struct search {
	const struct view *v;
	const char *dir;
	bool found;
};

static int find_kept(const char *root, const git_tree_entry *entry,
		     void *context)
{
	struct search *s = context;
	AUTO(mem_free) char *path = NULL;
	bool changed;
	size_t at;

	if (git_tree_entry_type(entry) == GIT_OBJECT_TREE)
		return 0;
	path = xasprintf("%s/%s%s", s->dir, root, git_tree_entry_name(entry));
	at = position(s->v, path, &changed);
	if (changed && !s->v->files[at].mode)
		return 0;
	s->found = true;
	return -1; /* enough */
}

/* A file that is not removed lies below the folder @path. */
static bool has_files_below(const struct view *v, const char *path)
{
	AUTO(git_tree_entry_free) git_tree_entry *entry = find_entry(v, path);
	AUTO(git_tree_free) git_tree *tree = NULL;
	struct search s = { .v = v, .dir = path };
	size_t len = strlen(path);

	for (size_t i = 0; i < v->n; i++)
		if (v->files[i].mode &&
		    strncmp(v->files[i].path, path, len) == 0 &&
		    v->files[i].path[len] == '/')
			return true;
	if (!entry || git_tree_entry_type(entry) != GIT_OBJECT_TREE ||
	    git_tree_lookup(&tree, v->repo, git_tree_entry_id(entry)) < 0)
		return false;
	git_tree_walk(tree, GIT_TREEWALK_PRE, find_kept, &s);
	return s.found;
}

const char *view_fault(struct view *v, const char *path, char *text,
		       size_t size)
{
	for (const char *p = strchr(path, '/'); p; p = strchr(p + 1, '/')) {
		AUTO(mem_free)
		char *above = xstrndup(path, (size_t)(p - path));
		char kind = kind_at(v, above);

		if (kind != 'f' && kind != 'l')
			continue;
		snprintf(text, size, "'%s' is a %s, not a folder", above,
			 kind == 'l' ? "symbolic link" : "file");
		return text;
	}
	if (!has_files_below(v, path))
		return NULL;
	snprintf(text, size, "it is a folder");
	return text;
}

bool view_has_blob(struct view *v, const char *path, const char *prefix)
{
	AUTO(git_tree_entry_free) git_tree_entry *entry = find_entry(v, path);
	char hex[GIT_OID_HEXSZ + 1];

	if (!entry)
		return false;
	git_oid_tostr(hex, sizeof(hex), git_tree_entry_id(entry));
	return strncmp(hex, prefix, strlen(prefix)) == 0;
}

/* ---- writing ---- */

/* Removals first: what was a file may be a folder afterwards. */
static int update(struct view *v, bool removals, struct err *err)
{
	AUTO(mem_free) git_tree_update *todo = NULL;
	git_tree *root = NULL;
	size_t n = 0;
	git_oid id;

	todo = xcalloc(v->n, sizeof(*todo));
	for (size_t i = 0; i < v->n; i++) {
		struct view_file *f = &v->files[i];
		AUTO(git_tree_entry_free) git_tree_entry *there = NULL;

		if (!f->is_changed || (f->mode == 0) != removals)
			continue;
		todo[n].path = f->path;
		todo[n].filemode = f->mode;
		todo[n].action = removals ? GIT_TREE_UPDATE_REMOVE
					  : GIT_TREE_UPDATE_UPSERT;
		if (removals && !(there = find_entry(v, f->path)))
			continue;
		if (!removals &&
		    git_blob_create_from_buffer(&todo[n].id, v->repo, f->data,
						f->len) < 0)
			return err_git(err, ERR_SYSTEM, "cannot store '%s'",
				       f->path);
		n++;
	}
	if (!n)
		return 0;
	if (git_tree_create_updated(&id, v->repo, v->root, n, todo) < 0 ||
	    git_tree_lookup(&root, v->repo, &id) < 0)
		return err_git(err, ERR_SYSTEM, "cannot store a tree");
	git_tree_free(v->root);
	v->root = root;
	return 0;
}

int view_write(char hex[VIEW_HEX_LEN + 1], struct view *v, struct err *err)
{
	if (update(v, true, err) < 0 || update(v, false, err) < 0)
		return -1;
	for (size_t i = 0; i < v->n; i++)
		v->files[i].is_changed = false;
	git_oid_tostr(hex, VIEW_HEX_LEN + 1, git_tree_id(v->root));
	return 0;
}
