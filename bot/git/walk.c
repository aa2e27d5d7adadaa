/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/git/walk.h"

#include "bot/git/libgit.h"

struct ids {
	git_oid *v;
	size_t n, room;
};

struct walk {
	git_repository *repo;
	git_odb *odb;
	git_odb_object *held; /* the bytes of the last mail */
	struct ids commits;   /* tip has them and seen has not; oldest first */
	struct ids old;	      /* the other way round, when rewritten */
	size_t at;
	bool is_rewritten;
	char base[WALK_HEX_LEN + 1];
};

static void ids_release(struct ids *ids)
{
	free(ids->v);
	*ids = (struct ids){ 0 };
}
DEFINE_AUTO_VALUE(struct ids, ids_release)

static void ids_add(struct ids *ids, const git_oid *id)
{
	if (ids->n == ids->room) {
		ids->room = ids->room * 2 + 1;
		ids->v = xreallocarray(ids->v, ids->room, sizeof(*id));
	}
	ids->v[ids->n++] = *id;
}

/* ---- opening ---- */

int walk_open(struct walk **out, const char *path, struct err *err)
{
	AUTO(walk_free) struct walk *w = NULL;

	libgit_start();
	git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0); /* all is seen once */
	w = xcalloc(1, sizeof(*w));
	if (git_repository_open_bare(&w->repo, path) < 0 ||
	    git_repository_odb(&w->odb, w->repo) < 0)
		return err_git(err, ERR_SYSTEM, "cannot open mirror '%s'",
			       path);
	*out = TAKE(w);
	return 0;
}

void walk_free(struct walk *w)
{
	if (!w)
		return;
	git_odb_object_free(w->held);
	git_odb_free(w->odb);
	git_repository_free(w->repo);
	ids_release(&w->commits);
	ids_release(&w->old);
	free(w);
	libgit_end();
}

/* ---- which commits ---- */

/* Commits of @tip that @hidden, unless NULL, has not; parents first. */
static int list_commits(struct ids *out, const struct walk *w,
			const git_oid *tip, const git_oid *hidden,
			struct err *err)
{
	AUTO(git_revwalk_free) git_revwalk *walk = NULL;
	git_oid id;
	int rc;

	if (git_revwalk_new(&walk, w->repo) < 0 ||
	    git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE) <
		    0 ||
	    git_revwalk_push(walk, tip) < 0 ||
	    (hidden && git_revwalk_hide(walk, hidden) < 0))
		return err_git(err, ERR_INPUT, "cannot walk the mirror");
	while ((rc = git_revwalk_next(&id, walk)) == 0) {
		if (out->n == WALK_MAX_COMMITS)
			return err_set(err, ERR_LIMIT,
				       "more than %u mails in one epoch",
				       WALK_MAX_COMMITS);
		ids_add(out, &id);
	}
	if (rc != GIT_ITEROVER)
		return err_git(err, ERR_INPUT, "cannot walk the mirror");
	return 0;
}

static int read_id(git_oid *out, const char *hex, struct err *err)
{
	if (strlen(hex) != WALK_HEX_LEN || git_oid_fromstr(out, hex) < 0)
		return err_set(err, ERR_INPUT, "'%s' is no object id", hex);
	return 0;
}

static bool is_commit(const struct walk *w, const git_oid *id)
{
	AUTO(git_commit_free) git_commit *commit = NULL;

	return git_commit_lookup(&commit, w->repo, id) == 0;
}

/* @seen is here and @tip does not descend from it. */
static int compare(struct walk *w, const git_oid *seen, const git_oid *tip,
		   struct err *err)
{
	git_oid base;
	int rc = git_merge_base(&base, w->repo, seen, tip);

	if (rc < 0 && rc != GIT_ENOTFOUND)
		return err_git(err, ERR_INPUT, "cannot compare histories");
	if (rc == 0 && git_oid_equal(&base, seen))
		return 0;
	if (rc == 0)
		git_oid_tostr(w->base, sizeof(w->base), &base);
	w->is_rewritten = true;
	return list_commits(&w->old, w, seen, tip, err);
}

int walk_start(struct walk *w, const char *seen, const char *tip,
	       struct err *err)
{
	git_oid from;
	git_oid to;
	bool has_seen = *seen != '\0';

	ids_release(&w->commits);
	ids_release(&w->old);
	w->at = 0;
	w->is_rewritten = false;
	w->base[0] = '\0';
	if (read_id(&to, tip, err) < 0 ||
	    (has_seen && read_id(&from, seen, err) < 0))
		return -1;
	if (!is_commit(w, &to))
		return err_set(err, ERR_INPUT, "the mirror has no commit %s",
			       tip);
	if (has_seen && !is_commit(w, &from)) {
		w->is_rewritten = true;
		has_seen = false;
	}
	if (has_seen && compare(w, &from, &to, err) < 0)
		return -1;
	return list_commits(&w->commits, w, &to, has_seen ? &from : NULL, err);
}

bool walk_is_rewritten(const struct walk *w, char base_out[WALK_HEX_LEN + 1])
{
	if (base_out)
		memcpy(base_out, w->base, sizeof(w->base));
	return w->is_rewritten;
}

/* ---- what is in them ---- */

static void forget(struct walk *w)
{
	git_odb_object_free(w->held);
	w->held = NULL;
}

/* The file of a commit. */
struct file {
	git_oid id;
	bool is_deleted; /* it is 'd', not 'm' */
	int64_t time;	 /* of the commit */
};

static int find_file(struct file *out, const struct walk *w, const git_oid *id,
		     struct err *err)
{
	AUTO(git_commit_free) git_commit *commit = NULL;
	AUTO(git_tree_free) git_tree *tree = NULL;
	const git_tree_entry *entry;

	if (git_commit_lookup(&commit, w->repo, id) < 0 ||
	    git_commit_tree(&tree, commit) < 0)
		return err_git(err, ERR_INPUT, "cannot read the commit");
	out->time = git_commit_time(commit);
	entry = git_tree_entry_byname(tree, "m");
	out->is_deleted = !entry;
	if (!entry)
		entry = git_tree_entry_byname(tree, "d");
	if (!entry || git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
		return err_set(err, ERR_INPUT,
			       "the commit has no file 'm' and no file 'd'");
	out->id = *git_tree_entry_id(entry);
	return 0;
}

static int read_blob(struct walk *w, const git_oid *id, struct err *err)
{
	git_object_t type;
	size_t len;

	/* Before it is unpacked: there are bombs. */
	if (git_odb_read_header(&len, &type, w->odb, id) < 0)
		return err_git(err, ERR_INPUT, "cannot read the mail");
	if (type != GIT_OBJECT_BLOB)
		return err_set(err, ERR_INPUT, "it is no blob");
	if (len > WALK_MAX_MAIL)
		return err_set(err, ERR_LIMIT, "mail is larger than %u bytes",
			       WALK_MAX_MAIL);
	if (git_odb_read(&w->held, w->odb, id) < 0)
		return err_git(err, ERR_INPUT, "cannot read the mail");
	return 0;
}

/* Its bytes into @out, whose other fields are set. */
static void fill(struct walk_mail *out, struct walk *w, const git_oid *id)
{
	git_oid_tostr(out->blob, sizeof(out->blob), id);
	if (read_blob(w, id, &out->why) < 0) {
		out->what = WALK_UNREADABLE;
		return;
	}
	out->bytes = git_odb_object_data(w->held);
	out->len = git_odb_object_size(w->held);
	if (out->len == 0)
		out->what = WALK_PURGED;
}

bool walk_next(struct walk *w, struct walk_mail *out)
{
	struct file file = { 0 };
	const git_oid *commit;

	forget(w);
	*out = (struct walk_mail){ .what = WALK_MAIL, .bytes = "" };
	if (w->at == w->commits.n)
		return false;
	commit = &w->commits.v[w->at++];
	git_oid_tostr(out->commit, sizeof(out->commit), commit);
	if (find_file(&file, w, commit, &out->why) < 0) {
		out->what = WALK_UNREADABLE;
		return true;
	}
	out->what = file.is_deleted ? WALK_DELETED : WALK_MAIL;
	out->time = file.time;
	fill(out, w, &file.id);
	return true;
}

void walk_read(struct walk *w, const char *blob, struct walk_mail *out)
{
	git_oid id;

	forget(w);
	*out = (struct walk_mail){ .what = WALK_MAIL, .bytes = "" };
	if (read_id(&id, blob, &out->why) < 0) {
		out->what = WALK_UNREADABLE;
		return;
	}
	fill(out, w, &id);
}

/* ---- what is gone ---- */

static int by_id(const void *a, const void *b)
{
	return git_oid_cmp(a, b);
}

/* The mails of @commits, sorted. One that cannot be read names none. */
static void list_mails(struct ids *out, const struct walk *w,
		       const struct ids *commits)
{
	for (size_t i = 0; i < commits->n; i++) {
		struct err why = ERR_INIT;
		struct file file = { 0 };

		if (find_file(&file, w, &commits->v[i], &why) == 0 &&
		    !file.is_deleted)
			ids_add(out, &file.id);
	}
	if (out->n > 0)
		qsort(out->v, out->n, sizeof(*out->v), by_id);
}

static bool has(const struct ids *sorted, const git_oid *id)
{
	return sorted->n > 0 &&
	       bsearch(id, sorted->v, sorted->n, sizeof(*sorted->v), by_id);
}

void walk_gone(struct strings *out, struct walk *w)
{
	AUTO(ids_release) struct ids old = { 0 };
	AUTO(ids_release) struct ids now = { 0 };

	if (w->old.n == 0)
		return;
	list_mails(&old, w, &w->old);
	list_mails(&now, w, &w->commits);
	for (size_t i = 0; i < old.n; i++) {
		char hex[WALK_HEX_LEN + 1];

		if (has(&now, &old.v[i]) ||
		    (i > 0 && git_oid_equal(&old.v[i], &old.v[i - 1])))
			continue;
		git_oid_tostr(hex, sizeof(hex), &old.v[i]);
		strings_push(out, hex);
	}
}
