/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/git/apply.h"

#include "bot/git/change.h"
#include "bot/git/libgit.h"
#include "bot/git/view.h"

#define COMMITTER_NAME "collider"
#define COMMITTER_EMAIL "collider@localhost"

void apply_result_release(struct apply_result *r)
{
	for (size_t i = 0; i < r->n; i++)
		strings_release(&r->steps[i].notes);
	free(r->steps);
	free(r->file);
	free(r->why);
	*r = (struct apply_result){ 0 };
}

/* ---- what is in the base already ---- */

/* An earlier diff of the series has made the path what it is by then. */
static bool was_touched(const struct apply_patch *patches, size_t patch,
			size_t file, const char *path)
{
	for (size_t i = 0; i <= patch; i++) {
		const struct patch *p = patches[i].diff;
		size_t n = i == patch ? file : p->n_files;

		for (size_t j = 0; j < n; j++)
			if (p->files[j].new_path &&
			    strcmp(p->files[j].new_path, path) == 0)
				return true;
	}
	return false;
}

/* One blob of the index lines that the base should have. */
static void count_blob(struct apply_blobs *out, struct view *v,
		       const struct apply_patch *patches, size_t patch,
		       size_t file)
{
	const struct patch_file *f = &patches[patch].diff->files[file];

	if (!f->old_path || !*f->old_id ||
	    was_touched(patches, patch, file, f->old_path))
		return;
	out->total++;
	out->matched += view_has_blob(v, f->old_path, f->old_id);
}

int apply_count_blobs(struct apply_blobs *out, const struct tree *t,
		      const char *base, const struct apply_patch *patches,
		      size_t n, struct err *err)
{
	AUTO(view_free) struct view *v = NULL;

	*out = (struct apply_blobs){ 0 };
	if (view_new(&v, tree_repository(t), base, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < patches[i].diff->n_files; j++)
			count_blob(out, v, patches, i, j);
	return 0;
}

/* The last patch can be undone, then the one before it, and so on. */
static int undo_all(bool *undone, const struct tree *t, const char *base,
		    const struct apply_patch *patches, size_t n,
		    struct err *err)
{
	AUTO(view_free) struct view *v = NULL;

	*undone = false;
	if (view_new(&v, tree_repository(t), base, err) < 0)
		return -1;
	for (size_t i = n; i-- > 0;) {
		AUTO(patch_free)
		struct patch *undo = patch_reversed(patches[i].diff);
		AUTO(change_release) struct change change = { 0 };

		if (change_run(&change, v, undo, NULL, err) < 0)
			return -1;
		if (!change.applies || !change.has_effect)
			return 0;
	}
	*undone = true;
	return 0;
}

/*
 * A patch that only adds lines can often be undone and applied again; so it is
 * asked first whether it is in. Files that are just what the author had before
 * settle that it is not.
 */
static int is_merged(bool *merged, const struct tree *t, const char *base,
		     const struct apply_patch *patches, size_t n,
		     struct err *err)
{
	struct apply_blobs blobs;

	*merged = false;
	if (apply_count_blobs(&blobs, t, base, patches, n, err) < 0)
		return -1;
	if (blobs.total && blobs.matched == blobs.total)
		return 0;
	return undo_all(merged, t, base, patches, n, err);
}

/* ---- commits ---- */

/* libgit2 refuses names that git's commit format has no room for. */
static char *clean_name(const char *name, const char *otherwise)
{
	char *clean = xcalloc(strlen(name) + strlen(otherwise) + 1, 1);
	size_t n = 0;

	for (; *name; name++)
		if (*name != '<' && *name != '>' && (unsigned char)*name >= ' ')
			clean[n++] = *name;
	while (n && clean[n - 1] == ' ')
		n--;
	clean[n] = '\0';
	if (strspn(clean, " .,:;\"\\'") == n)
		memcpy(clean, otherwise, strlen(otherwise) + 1);
	return clean;
}

static int sign(git_signature **out, const struct apply_patch *patch,
		const char *name, const char *email, struct err *err)
{
	AUTO(mem_free) char *clean = clean_name(name, "unknown");
	AUTO(mem_free) char *address = clean_name(email, "unknown");

	if (git_signature_new(out, clean, address, patch->author_time,
			      patch->author_tz) < 0)
		return err_git(err, ERR_SYSTEM, "cannot name the author");
	return 0;
}

static int commit(char hex[TREE_HEX_LEN + 1], git_repository *repo,
		  const char *tree, const char *parent,
		  const struct apply_patch *patch, struct err *err)
{
	AUTO(git_signature_free) git_signature *author = NULL;
	AUTO(git_signature_free) git_signature *committer = NULL;
	AUTO(git_tree_free) git_tree *root = NULL;
	AUTO(git_commit_free) git_commit *above = NULL;
	const git_commit *parents[1];
	git_oid id;

	if (sign(&author, patch, patch->author_name, patch->author_email, err) <
		    0 ||
	    sign(&committer, patch, COMMITTER_NAME, COMMITTER_EMAIL, err) < 0)
		return -1;
	if (git_oid_fromstr(&id, tree) < 0 ||
	    git_tree_lookup(&root, repo, &id) < 0 ||
	    git_oid_fromstr(&id, parent) < 0 ||
	    git_commit_lookup(&above, repo, &id) < 0)
		return err_git(err, ERR_SYSTEM, "cannot read what was stored");
	parents[0] = above;
	if (git_commit_create(&id, repo, NULL, author, committer, NULL,
			      patch->message, root, 1, parents) < 0)
		return err_git(err, ERR_SYSTEM, "cannot store a commit");
	git_oid_tostr(hex, TREE_HEX_LEN + 1, &id);
	return 0;
}

/* ---- the series ---- */

static void take_conflict(struct apply_result *out, struct change *c,
			  size_t patch)
{
	out->outcome = APPLY_CONFLICT;
	out->patch = (unsigned)patch + 1;
	out->file = TAKE(c->file);
	out->hunk = c->hunk;
	out->line = c->line;
	out->why = TAKE(c->why);
}

static struct apply_step *add_step(struct apply_result *out, struct change *c)
{
	struct apply_step *step = &out->steps[out->n++];

	step->how = c->is_merged  ? APPLY_THREE_WAY
		    : c->is_moved ? APPLY_OFFSET
				  : APPLY_STRICT;
	step->notes = c->notes;
	c->notes = (struct strings){ 0 };
	if (!c->has_effect)
		strings_push(&step->notes,
			     "changes nothing: what it does is done already");
	return step;
}

/* One patch on top of @parent. *applied is false on a conflict. */
static int apply_next(struct apply_result *out, bool *applied, struct view *v,
		      git_repository *repo, const char *parent,
		      const struct apply_patch *patch, struct err *err)
{
	AUTO(change_release) struct change c = { 0 };
	char tree[TREE_HEX_LEN + 1];

	if (change_run(&c, v, patch->diff, repo, err) < 0)
		return -1;
	*applied = c.applies;
	if (!c.applies) {
		take_conflict(out, &c, out->n);
		return 0;
	}
	if (view_write(tree, v, err) < 0)
		return -1;
	return commit(add_step(out, &c)->commit, repo, tree, parent, patch,
		      err);
}

static int apply_all(struct apply_result *out, const struct tree *t,
		     const char *base, const struct apply_patch *patches,
		     size_t n, struct err *err)
{
	git_repository *repo = tree_repository(t);
	AUTO(view_free) struct view *v = NULL;
	bool applied = true;

	if (view_new(&v, repo, base, err) < 0)
		return -1;
	out->steps = xcalloc(n, sizeof(*out->steps));
	for (size_t i = 0; i < n && applied; i++) {
		const char *parent = i ? out->steps[i - 1].commit : base;

		if (apply_next(out, &applied, v, repo, parent, &patches[i],
			       err) < 0)
			return err_wrap(err, "patch %zu", i + 1);
	}
	return 0;
}

int apply_run(struct apply_result *out, const struct tree *t, const char *base,
	      const struct apply_patch *patches, size_t n, struct err *err)
{
	AUTO(apply_result_release) struct apply_result r = { 0 };
	bool merged;

	if (n > APPLY_MAX_PATCHES)
		return err_set(err, ERR_LIMIT, "more than %d patches",
			       APPLY_MAX_PATCHES);
	if (is_merged(&merged, t, base, patches, n, err) < 0)
		return -1;
	r.outcome = merged ? APPLY_ALREADY_MERGED : APPLY_OK;
	if (!merged && apply_all(&r, t, base, patches, n, err) < 0)
		return -1;
	*out = r;
	r = (struct apply_result){ 0 };
	return 0;
}
