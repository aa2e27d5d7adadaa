/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/git/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/base/progress.h"
#include "bot/base/span.h"
#include "bot/git/libgit.h"

struct tree {
	char *name;
	char *branch;
	git_repository *theirs;	 /* names are looked up here */
	git_repository *scratch; /* objects are read and written here */
};

const char *tree_name(const struct tree *t)
{
	return t->name;
}

const char *tree_branch(const struct tree *t)
{
	return t->branch;
}

void tree_set_branch(struct tree *t, const char *branch)
{
	char *copy = xstrdup(branch);

	free(t->branch);
	t->branch = copy;
}

const char *tree_path(const struct tree *t)
{
	return git_repository_path(t->theirs);
}

const char *tree_scratch(const struct tree *t)
{
	return git_repository_path(t->scratch);
}

bool tree_has(const struct tree *t, const char *commit)
{
	AUTO(git_commit_free) git_commit *c = NULL;
	git_oid id;

	return git_oid_fromstr(&id, commit) == 0 &&
	       git_commit_lookup(&c, t->theirs, &id) == 0;
}

struct git_repository *tree_repository(const struct tree *t)
{
	return t->scratch;
}

void tree_free(struct tree *t)
{
	if (!t)
		return;
	git_repository_free(t->scratch);
	git_repository_free(t->theirs);
	free(t->name);
	free(t->branch);
	free(t);
	libgit_end();
}

void trees_release(struct trees *t)
{
	for (size_t i = 0; i < t->n; i++)
		tree_free(t->v[i]);
	free(t->v);
	*t = (struct trees){ 0 };
}

/* ---- opening ---- */

/* The scratch repository reads what @theirs has; mended when that has moved. */
static int write_alternates(const char *scratch, git_repository *theirs,
			    struct err *err)
{
	AUTO(mem_free) char *want = NULL;
	AUTO(mem_free) char *path = NULL;
	AUTO(buf_release) struct buf have = { 0 };
	struct err none = ERR_INIT;

	want = xasprintf("%sobjects\n", git_repository_commondir(theirs));
	path = xasprintf("%s/objects/info/alternates", scratch);
	if (fs_read(&have, path, 1u << 16, &none) == 0 &&
	    strcmp(buf_text(&have), want) == 0)
		return 0;
	return fs_write(path, want, strlen(want), err);
}

static int open_scratch(git_repository **out, const char *scratch,
			git_repository *theirs, struct err *err)
{
	git_repository_init_options how;
	AUTO(git_repository_free) git_repository *made = NULL;
	AUTO(mem_free) char *objects = xasprintf("%s/objects/info", scratch);

	git_repository_init_options_init(&how,
					 GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	how.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKDIR |
		    GIT_REPOSITORY_INIT_MKPATH;
	if (!fs_is_dir(objects) &&
	    git_repository_init_ext(&made, scratch, &how) < 0)
		return err_git(err, ERR_SYSTEM, "cannot make scratch '%s'",
			       scratch);
	if (write_alternates(scratch, theirs, err) < 0)
		return -1;
	if (git_repository_open_bare(out, scratch) < 0)
		return err_git(err, ERR_SYSTEM, "cannot open scratch '%s'",
			       scratch);
	return 0;
}

int tree_open(struct tree **out, const char *name, const char *path,
	      const char *scratch, struct err *err)
{
	AUTO(tree_free) struct tree *t = NULL;

	libgit_start();
	t = xcalloc(1, sizeof(*t));
	t->name = xstrdup(name);
	t->branch = xstrdup("HEAD");
	if (git_repository_open_ext(&t->theirs, path,
				    GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) < 0)
		return err_git(err, ERR_CONFIG, "tree '%s': cannot open '%s'",
			       name, path);
	if (open_scratch(&t->scratch, scratch, t->theirs, err) < 0)
		return -1;
	*out = TAKE(t);
	return 0;
}

/* ---- what is read of it ---- */

/* A line of objects/info/alternates of the folder @objects; NULL: none. */
static char *read_alternate(struct span line, const char *objects)
{
	if (span_len(line) == 0 || span_starts(line, "#"))
		return NULL;
	if (span_starts(line, "/"))
		return span_dup(line);
	return xasprintf("%s/%.*s", objects, (int)span_len(line), line.p);
}

/* Those of @objects go to the end of the list, to be asked in their turn. */
static int push_alternates(struct strings *out, const char *objects,
			   struct err *err)
{
	AUTO(mem_free) char *path = xasprintf("%s/info/alternates", objects);
	AUTO(buf_release) struct buf text = { 0 };
	struct span rest, line;

	if (!fs_exists(path))
		return 0;
	if (fs_read(&text, path, 1u << 16, err) < 0)
		return -1;
	rest = span_of(buf_text(&text), text.len);
	while (span_line(&rest, &line)) {
		AUTO(mem_free) char *other = read_alternate(line, objects);

		if (!other || !fs_is_dir(other) || strings_has(out, other))
			continue;
		if (out->n == TREE_MAX_FOLDERS)
			return err_set(err, ERR_LIMIT,
				       "'%s' has more than %d alternates",
				       objects, TREE_MAX_FOLDERS);
		strings_push(out, other);
	}
	return 0;
}

int tree_folders(struct strings *out, const struct tree *t, struct err *err)
{
	const char *common = git_repository_commondir(t->theirs);
	AUTO(mem_free) char *objects = xasprintf("%sobjects", common);
	size_t first;

	strings_push(out, tree_path(t));
	if (!strings_has(out, common))
		strings_push(out, common);
	first = out->n;
	if (push_alternates(out, objects, err) < 0)
		return -1;
	for (size_t i = first; i < out->n; i++)
		if (push_alternates(out, out->v[i], err) < 0)
			return -1;
	return 0;
}

/* ---- looking up ---- */

static int find_rev(git_object **out, git_repository *repo, const char *rev,
		    struct err *err)
{
	switch (git_revparse_single(out, repo, rev)) {
	case 0:
	case GIT_ENOTFOUND:
	case GIT_EINVALIDSPEC:
		return 0;
	case GIT_EAMBIGUOUS:
		return err_set(err, ERR_INPUT, "'%s' names several commits",
			       rev);
	}
	return err_git(err, ERR_SYSTEM, "cannot look up '%s'", rev);
}

int tree_resolve(char hex[TREE_HEX_LEN + 1], const struct tree *t,
		 const char *rev, struct err *err)
{
	AUTO(git_object_free) git_object *found = NULL;
	AUTO(git_object_free) git_object *commit = NULL;

	hex[0] = '\0';
	if (find_rev(&found, t->theirs, rev, err) < 0)
		return -1;
	if (!found && find_rev(&found, t->scratch, rev, err) < 0)
		return -1;
	if (!found || git_object_peel(&commit, found, GIT_OBJECT_COMMIT) < 0)
		return 0;
	git_oid_tostr(hex, TREE_HEX_LEN + 1, git_object_id(commit));
	return 0;
}

static int find_root(git_tree **out, const struct tree *t, const char *commit,
		     struct err *err)
{
	AUTO(git_commit_free) git_commit *c = NULL;
	git_oid id;

	if (git_oid_fromstr(&id, commit) < 0)
		return err_set(err, ERR_INPUT, "'%s' is no commit id", commit);
	if (git_commit_lookup(&c, t->scratch, &id) < 0)
		return err_git(err, ERR_SYSTEM, "tree '%s': no commit %s",
			       t->name, commit);
	if (git_commit_tree(out, c) < 0)
		return err_git(err, ERR_SYSTEM, "tree '%s': commit %s", t->name,
			       commit);
	return 0;
}

int tree_hash(char hex[TREE_HEX_LEN + 1], const struct tree *t,
	      const char *commit, struct err *err)
{
	AUTO(git_tree_free) git_tree *root = NULL;

	if (find_root(&root, t, commit, err) < 0)
		return -1;
	git_oid_tostr(hex, TREE_HEX_LEN + 1, git_tree_id(root));
	return 0;
}

int tree_read_file(struct buf *out, const struct tree *t, const char *commit,
		   const char *path, size_t max, bool *found, struct err *err)
{
	AUTO(git_tree_free) git_tree *root = NULL;
	AUTO(git_tree_entry_free) git_tree_entry *entry = NULL;
	AUTO(git_blob_free) git_blob *blob = NULL;

	*found = false;
	if (find_root(&root, t, commit, err) < 0)
		return -1;
	if (git_tree_entry_bypath(&entry, root, path) < 0 ||
	    git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
		return 0;
	if (git_blob_lookup(&blob, t->scratch, git_tree_entry_id(entry)) < 0)
		return err_git(err, ERR_SYSTEM, "cannot read '%s'", path);
	buf_init(out, max);
	buf_add(out, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
	if (buf_check(out, path, err) < 0) {
		buf_release(out);
		return -1;
	}
	*found = true;
	return 0;
}

/* ---- differing files ---- */

static void add_change(struct tree_changes *out, const char *path,
		       unsigned mode)
{
	out->v = xreallocarray(out->v, out->n + 1, sizeof(*out->v));
	out->v[out->n++] = (struct tree_change){
		.path = xstrdup(path),
		.mode = mode,
		.is_deleted = mode == 0,
	};
}

int tree_diff(struct tree_changes *out, const struct tree *t, const char *from,
	      const char *to, struct err *err)
{
	git_diff_options how;
	AUTO(git_tree_free) git_tree *old_root = NULL;
	AUTO(git_tree_free) git_tree *new_root = NULL;
	AUTO(git_diff_free) git_diff *diff = NULL;
	AUTO(tree_changes_release) struct tree_changes changes = { 0 };

	if (find_root(&old_root, t, from, err) < 0 ||
	    find_root(&new_root, t, to, err) < 0)
		return -1;
	git_diff_options_init(&how, GIT_DIFF_OPTIONS_VERSION);
	how.flags = GIT_DIFF_INCLUDE_TYPECHANGE;
	if (git_diff_tree_to_tree(&diff, t->scratch, old_root, new_root, &how) <
	    0)
		return err_git(err, ERR_SYSTEM, "cannot compare %s and %s",
			       from, to);
	if (git_diff_num_deltas(diff) > TREE_MAX_CHANGES)
		return err_set(err, ERR_LIMIT, "more than %d files differ",
			       TREE_MAX_CHANGES);
	for (size_t i = 0; i < git_diff_num_deltas(diff); i++) {
		const git_diff_delta *d = git_diff_get_delta(diff, i);

		if (d->status == GIT_DELTA_DELETED)
			add_change(&changes, d->old_file.path, 0);
		else
			add_change(&changes, d->new_file.path,
				   d->new_file.mode);
	}
	*out = changes;
	changes = (struct tree_changes){ 0 };
	return 0;
}

void tree_changes_release(struct tree_changes *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->v[i].path);
	free(c->v);
	*c = (struct tree_changes){ 0 };
}

/* ---- export ---- */

/* State of a walk over all files of a commit. */
struct export
{
	git_repository *repo;
	git_odb *odb;
	int dir_fd;
	struct progress progress;
	uint64_t n;
	struct err *err;
};

static int count_entry(const char *root, const git_tree_entry *entry,
		       void *context)
{
	struct export *x = context;

	(void)root;
	x->n += git_tree_entry_type(entry) == GIT_OBJECT_BLOB;
	return x->n > TREE_MAX_FILES ? -1 : 0;
}

static int write_content(struct export *x, const char *path, mode_t mode,
			 git_odb_object *content)
{
	AUTO(fd_close)
	int fd = openat(x->dir_fd, path,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			mode);

	if (fd < 0)
		return err_sys(x->err, ERR_SYSTEM, "cannot create '%s'", path);
	return fs_write_fd(fd, git_odb_object_data(content),
			   git_odb_object_size(content), path, x->err);
}

static int write_link(struct export *x, const char *path,
		      git_odb_object *content)
{
	AUTO(mem_free)
	char *target = xstrndup(git_odb_object_data(content),
				git_odb_object_size(content));

	if (symlinkat(target, x->dir_fd, path) < 0)
		return err_sys(x->err, ERR_SYSTEM, "cannot create '%s'", path);
	return 0;
}

static int write_entry(struct export *x, const char *path,
		       const git_tree_entry *entry)
{
	AUTO(git_odb_object_free) git_odb_object *content = NULL;
	git_filemode_t mode = git_tree_entry_filemode(entry);

	if (mode == GIT_FILEMODE_TREE || mode == GIT_FILEMODE_COMMIT) {
		if (mkdirat(x->dir_fd, path, 0777) < 0)
			return err_sys(x->err, ERR_SYSTEM,
				       "cannot make folder '%s'", path);
		return 0;
	}
	if (git_odb_read(&content, x->odb, git_tree_entry_id(entry)) < 0)
		return err_git(x->err, ERR_SYSTEM, "cannot read '%s'", path);
	progress_update(&x->progress, ++x->n);
	if (mode == GIT_FILEMODE_LINK)
		return write_link(x, path, content);
	return write_content(x, path,
			     mode == GIT_FILEMODE_BLOB_EXECUTABLE ? 0777 : 0666,
			     content);
}

static int export_entry(const char *root, const git_tree_entry *entry,
			void *context)
{
	AUTO(mem_free)
	char *path = xasprintf("%s%s", root, git_tree_entry_name(entry));

	return write_entry(context, path, entry) < 0 ? -1 : 0;
}

static int make_empty_dir(const char *dir, struct err *err)
{
	if (fs_mkdirs(dir, 0755, err) < 0)
		return -1;
	/* rmdir refuses a folder with something in it, and so do we. */
	if (rmdir(dir) < 0 && errno != EBUSY)
		return err_sys(err, ERR_SYSTEM, "folder '%s'", dir);
	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return err_sys(err, ERR_SYSTEM, "cannot make folder '%s'", dir);
	return 0;
}

int tree_export(const struct tree *t, const char *commit, const char *dir,
		FILE *progress, struct err *err)
{
	AUTO(git_tree_free) git_tree *root = NULL;
	AUTO(git_odb_free) git_odb *odb = NULL;
	AUTO(fd_close) int dir_fd = -1;
	struct export x = { .repo = t->scratch, .err = err };

	if (find_root(&root, t, commit, err) < 0 ||
	    make_empty_dir(dir, err) < 0)
		return -1;
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0)
		return err_sys(err, ERR_SYSTEM, "cannot open '%s'", dir);
	if (git_repository_odb(&odb, t->scratch) < 0)
		return err_git(err, ERR_SYSTEM, "cannot read '%s'", t->name);
	x.odb = odb;
	x.dir_fd = dir_fd;
	if (git_tree_walk(root, GIT_TREEWALK_PRE, count_entry, &x) < 0)
		return err_git(err, ERR_LIMIT, "cannot count the files of %s",
			       commit);
	progress_start(&x.progress, progress, "checking out the source", x.n);
	x.n = 0;
	if (git_tree_walk(root, GIT_TREEWALK_PRE, export_entry, &x) < 0) {
		progress_end(&x.progress, "failed");
		return err->kind
			       ? -1
			       : err_git(err, ERR_SYSTEM,
					 "cannot walk the files of %s", commit);
	}
	progress_end(&x.progress, "done");
	return 0;
}
