/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/git/base.h"

#include "bot/git/libgit.h"

struct finder {
	struct base *out;
	struct tree *const *trees;
	size_t n_trees;
	const struct base_hints *hints;
	const struct apply_patch *patches;
	size_t n;
	/* Those of the groups, and then those of the series. */
	struct apply_patch *all;
	size_t n_all;
};

static void finder_release(struct finder *f)
{
	free(f->all);
}
DEFINE_AUTO_VALUE(struct finder, finder_release)

void base_release(struct base *b)
{
	for (size_t i = 0; i < b->n; i++) {
		free(b->attempts[i].tree);
		free(b->attempts[i].how);
		free(b->attempts[i].why);
		free(b->attempts[i].file);
	}
	free(b->attempts);
	free(b->before);
	free(b->tree);
	free(b->how);
	*b = (struct base){ 0 };
}

static struct base_attempt *add_attempt(struct finder *f, size_t tree,
					const char *how, const char *commit)
{
	struct base *b = f->out;
	struct base_attempt *a;

	b->attempts =
		xreallocarray(b->attempts, b->n + 1, sizeof(*b->attempts));
	a = &b->attempts[b->n++];
	*a = (struct base_attempt){
		.tree = xstrdup(tree_name(f->trees[tree])),
		.how = xstrdup(how),
	};
	memcpy(a->commit, commit, strlen(commit) + 1);
	return a;
}

static bool was_tried(const struct finder *f, size_t tree, const char *commit)
{
	const struct base *b = f->out;

	for (size_t i = 0; i < b->n; i++)
		if (strcmp(b->attempts[i].commit, commit) == 0 &&
		    strcmp(b->attempts[i].tree, tree_name(f->trees[tree])) == 0)
			return true;
	return false;
}

/* What stands at a commit, with what the series needs and the series. */
struct standing {
	char parent[TREE_HEX_LEN + 1];
	struct base_step *before;
	size_t failed; /* group, from 1; 0: all of them are in */
	struct apply_result last;
};

static void standing_release(struct standing *s)
{
	free(s->before);
	apply_result_release(&s->last);
}
DEFINE_AUTO_VALUE(struct standing, standing_release)

/* A group on top of what stands; s->failed says that it does not apply. */
static int add_group(struct standing *s, size_t at, const struct tree *t,
		     const struct base_group *g, struct err *err)
{
	AUTO(apply_result_release) struct apply_result r = { 0 };
	struct base_step *step = &s->before[at];

	if (apply_run(&r, t, s->parent, g->v, g->n, err) < 0)
		return -1;
	if (r.outcome == APPLY_CONFLICT) {
		s->failed = at + 1;
		s->last = r;
		r = (struct apply_result){ 0 };
		return 0;
	}
	step->is_merged = r.outcome == APPLY_ALREADY_MERGED || r.n == 0;
	if (step->is_merged)
		return 0;
	memcpy(step->commit, r.steps[r.n - 1].commit, sizeof(step->commit));
	memcpy(s->parent, step->commit, sizeof(s->parent));
	return 0;
}

static int stand(struct standing *s, const struct finder *f,
		 const struct tree *t, const char *commit, struct err *err)
{
	const struct base_hints *hints = f->hints;

	memcpy(s->parent, commit, sizeof(s->parent));
	s->before = xcalloc(hints->n_before, sizeof(*s->before));
	for (size_t i = 0; i < hints->n_before && !s->failed; i++)
		if (add_group(s, i, t, &hints->before[i], err) < 0)
			return -1;
	return s->failed ? 0
			 : apply_run(&s->last, t, s->parent, f->patches, f->n,
				     err);
}

static void choose(struct finder *f, size_t tree, const struct base_attempt *a,
		   struct standing *s)
{
	struct base *b = f->out;

	memcpy(b->commit, a->commit, sizeof(b->commit));
	memcpy(b->parent, s->parent, sizeof(b->parent));
	b->before = TAKE(s->before);
	b->n_before = f->hints->n_before;
	b->tree = xstrdup(a->tree);
	b->how = xstrdup(a->how);
	b->tree_at = tree;
}

/* Try to apply at @commit, unless that was tried; f->out->how set: it did. */
static int try(struct finder *f, size_t tree, const char *how,
	       const char *commit, struct err *err)
{
	AUTO(standing_release) struct standing s = { 0 };
	struct apply_blobs blobs;
	struct base_attempt *a;

	if (was_tried(f, tree, commit))
		return 0;
	if (apply_count_blobs(&blobs, f->trees[tree], commit, f->all, f->n_all,
			      err) < 0 ||
	    stand(&s, f, f->trees[tree], commit, err) < 0)
		return err_wrap(err, "tree '%s'", tree_name(f->trees[tree]));
	a = add_attempt(f, tree, how, commit);
	a->blobs_matched = blobs.matched;
	a->blobs_total = blobs.total;
	a->applies = s.last.outcome != APPLY_CONFLICT;
	a->before = s.failed;
	a->why = TAKE(s.last.why);
	a->file = TAKE(s.last.file);
	a->hunk = s.last.hunk;
	a->patch = s.last.patch;
	if (a->applies)
		choose(f, tree, a, &s);
	return 0;
}

/* @rev in every tree; in how many it is known is in *known. */
static int try_rev(struct finder *f, const char *how, const char *rev,
		   size_t *known, struct err *err)
{
	*known = 0;
	for (size_t i = 0; i < f->n_trees && !f->out->how; i++) {
		char commit[TREE_HEX_LEN + 1];

		if (tree_resolve(commit, f->trees[i], rev, err) < 0)
			return -1;
		if (!*commit)
			continue;
		(*known)++;
		if (try(f, i, how, commit, err) < 0)
			return -1;
	}
	return 0;
}

/* What the user or the author said, which may be known nowhere. */
static int try_said(struct finder *f, const char *how, const char *rev,
		    struct err *err)
{
	size_t known;
	struct base_attempt *a;

	if (try_rev(f, how, rev, &known, err) < 0)
		return -1;
	if (known || !f->n_trees)
		return 0;
	a = add_attempt(f, 0, how, "");
	a->why = xasprintf("no tree has a commit '%.80s'", rev);
	return 0;
}

/* ---- by blobs ---- */

static int start_walk(git_revwalk **out, const struct tree *t, const char *tip,
		      struct err *err)
{
	AUTO(git_revwalk_free) git_revwalk *walk = NULL;
	git_oid id;

	if (git_oid_fromstr(&id, tip) < 0 ||
	    git_revwalk_new(&walk, tree_repository(t)) < 0 ||
	    git_revwalk_sorting(walk, GIT_SORT_TIME) < 0 ||
	    git_revwalk_push(walk, &id) < 0)
		return err_git(err, ERR_SYSTEM, "cannot walk the history of %s",
			       tip);
	*out = TAKE(walk);
	return 0;
}

/*
 * The newest commit at or below @tip that has the most of the blobs; a shallow
 * history just ends early. "" when none has a single one.
 */
static int find_by_blobs(char best[TREE_HEX_LEN + 1], const struct finder *f,
			 const struct tree *t, const char *tip, struct err *err)
{
	AUTO(git_revwalk_free) git_revwalk *walk = NULL;
	struct apply_blobs most = { 0 };
	git_oid id;

	best[0] = '\0';
	if (start_walk(&walk, t, tip, err) < 0)
		return -1;
	for (int i = 0; i < BASE_MAX_WALK && git_revwalk_next(&id, walk) == 0;
	     i++) {
		char commit[TREE_HEX_LEN + 1];
		struct apply_blobs here;

		git_oid_tostr(commit, sizeof(commit), &id);
		if (apply_count_blobs(&here, t, commit, f->all, f->n_all, err) <
		    0)
			return -1;
		if (here.matched > most.matched) {
			most = here;
			memcpy(best, commit, sizeof(commit));
		}
		if (here.matched == here.total)
			break;
	}
	return 0;
}

static int try_blobs(struct finder *f, struct err *err)
{
	for (size_t i = 0; i < f->n_trees && !f->out->how; i++) {
		char tip[TREE_HEX_LEN + 1];
		char commit[TREE_HEX_LEN + 1];

		if (tree_resolve(tip, f->trees[i], tree_branch(f->trees[i]),
				 err) < 0)
			return -1;
		if (!*tip)
			continue;
		if (find_by_blobs(commit, f, f->trees[i], tip, err) < 0)
			return -1;
		if (*commit && try(f, i, "blobs", commit, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- the tips ---- */

static int try_tip(struct finder *f, size_t tree, struct err *err)
{
	const struct tree *t = f->trees[tree];
	char commit[TREE_HEX_LEN + 1];
	struct base_attempt *a;

	if (tree_resolve(commit, t, tree_branch(t), err) < 0)
		return -1;
	if (*commit)
		return try(f, tree, "tip", commit, err);
	a = add_attempt(f, tree, "tip", "");
	a->why = xasprintf("no branch '%.80s'", tree_branch(t));
	return 0;
}

static int try_tips(struct finder *f, struct err *err)
{
	for (size_t i = 0; i < f->n_trees && !f->out->how; i++)
		if (try_tip(f, i, err) < 0)
			return -1;
	return 0;
}

/* ---- all of it ---- */

static int try_all(struct finder *f, const struct base_hints *hints,
		   struct err *err)
{
	if (hints->base)
		return try_said(f, "--base", hints->base, err);
	if (hints->base_commit &&
	    try_said(f, "base-commit", hints->base_commit, err) < 0)
		return -1;
	if (!f->out->how && try_blobs(f, err) < 0)
		return -1;
	return f->out->how ? 0 : try_tips(f, err);
}

static void push_all(struct finder *f, const struct apply_patch *v, size_t n)
{
	f->all = xreallocarray(f->all, f->n_all + n + 1, sizeof(*f->all));
	for (size_t i = 0; i < n; i++)
		f->all[f->n_all++] = v[i];
}

int base_find(struct base *out, struct tree *const *trees, size_t n_trees,
	      const struct base_hints *hints, const struct apply_patch *patches,
	      size_t n, struct err *err)
{
	AUTO(base_release) struct base b = { 0 };
	AUTO(finder_release)
	struct finder f = { .out = &b,
			    .trees = trees,
			    .n_trees = n_trees,
			    .hints = hints,
			    .patches = patches,
			    .n = n };

	for (size_t i = 0; i < hints->n_before; i++)
		push_all(&f, hints->before[i].v, hints->before[i].n);
	push_all(&f, patches, n);
	if (try_all(&f, hints, err) < 0)
		return -1;
	*out = b;
	b = (struct base){ 0 };
	return 0;
}

const struct base_attempt *base_nearest(const struct base *b)
{
	const struct base_attempt *nearest = NULL;

	for (size_t i = 0; i < b->n; i++)
		if (*b->attempts[i].commit &&
		    (!nearest ||
		     b->attempts[i].blobs_matched > nearest->blobs_matched))
			nearest = &b->attempts[i];
	return nearest;
}
