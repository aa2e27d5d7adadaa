/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/place.h"

#include "rules/quote.h"

/* The patches of a revision as apply wants them, and what they borrow from. */
struct ready {
	struct patch **diffs;
	char **messages;
	struct apply_patch *v;
	size_t n;
};

static void ready_release(struct ready *p)
{
	for (size_t i = 0; i < p->n; i++) {
		patch_free(p->diffs[i]);
		free(p->messages[i]);
	}
	free(p->diffs);
	free(p->messages);
	free(p->v);
}
DEFINE_AUTO_VALUE(struct ready, ready_release)

static void name_author(struct apply_patch *to, const struct mail *mail)
{
	to->author_name = mail->author.name;
	to->author_email = mail->author.addr;
	to->author_time = mail->author_time;
	to->author_tz = mail->author_tz_min;
}

static void end_at(struct review *r, unsigned patch, const char *why,
		   const char *help)
{
	r->conflict.patch = patch;
	r->conflict.why = xstrdup(why);
	review_end(r, VERDICT_DOES_NOT_APPLY, why, help);
}

/* False: a diff cannot be read, and the review is ended. */
static bool read_diffs(struct ready *out, struct review *r,
		       const struct revision *revision)
{
	struct err why = ERR_INIT;

	out->n = revision->total;
	out->diffs = xcalloc(out->n, sizeof(struct patch *));
	out->messages = xcalloc(out->n, sizeof(char *));
	out->v = xcalloc(out->n, sizeof(*out->v));
	for (unsigned i = 0; i < revision->total; i++) {
		const struct mail *mail = revision->patches[i];

		if (patch_parse(&out->diffs[i], mail->diff, mail->diff_len,
				&why) < 0) {
			AUTO(mem_free)
			char *text = xasprintf("the diff of patch %u/%u: %s",
					       i + 1, revision->total, why.msg);

			end_at(r, i + 1, text,
			       "a mail whose diff was not wrapped or cut");
			return false;
		}
		quote_add_hunks(r, i + 1, out->diffs[i]);
		out->messages[i] =
			xasprintf("%s\n\n%s", mail->title, mail->log);
		out->v[i].diff = out->diffs[i];
		out->v[i].message = out->messages[i];
		name_author(&out->v[i], mail);
	}
	return true;
}

static char *dup_or_null(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static void tell_attempts(struct review *r, const struct base *base)
{
	for (size_t i = 0; i < base->n; i++) {
		const struct base_attempt *from = &base->attempts[i];
		struct review_attempt *to = review_add_attempt(r);

		to->tree = xstrdup(from->tree);
		to->commit = from->commit[0] ? xstrdup(from->commit) : NULL;
		to->how = xstrdup(from->how);
		to->blobs_matched = from->blobs_matched;
		to->blobs_total = from->blobs_total;
		to->applies = from->applies;
		to->why = dup_or_null(from->why);
	}
}

static void tell_base(struct review *r, const struct base *base)
{
	r->base.tree = xstrdup(base->tree);
	r->base.commit = xstrdup(base->commit);
	r->base.how = xstrdup(base->how);
	r->base.parent = xstrdup(base->commit);
}

/* Nothing fits: what stopped the attempt that comes nearest is quoted. */
static void end_without_base(struct review *r, const struct base *base)
{
	const struct base_attempt *nearest = base_nearest(base);
	AUTO(mem_free) char *help = NULL;

	if (!nearest) {
		review_end(r, VERDICT_DOES_NOT_APPLY,
			   "none of the trees has a commit to try",
			   "--base COMMIT, or a tree that has the base-commit");
		return;
	}
	r->conflict.patch = nearest->patch;
	r->conflict.file = dup_or_null(nearest->file);
	r->conflict.hunk = nearest->hunk;
	r->conflict.why = dup_or_null(nearest->why);
	help = xasprintf(
		"--base COMMIT, or --tree with a tree that has it; the "
		"nearest here is %.12s of %s, where %u of %u files "
		"are as the patches expect them",
		nearest->commit, nearest->tree, nearest->blobs_matched,
		nearest->blobs_total);
	review_end(r, VERDICT_DOES_NOT_APPLY,
		   nearest->why ? nearest->why : "it does not apply", help);
}

static const char *how_name(enum apply_how how)
{
	switch (how) {
	case APPLY_STRICT:
		return "strict";
	case APPLY_OFFSET:
		return "offset";
	case APPLY_THREE_WAY:
		return "three-way";
	}
	return "";
}

static void tell_steps(struct review *r, const struct apply_result *result)
{
	for (size_t i = 0; i < result->n && i < r->n_patches; i++) {
		r->patches[i].commit = xstrdup(result->steps[i].commit);
		r->patches[i].how = xstrdup(how_name(result->steps[i].how));
	}
}

static void end_as_merged(struct review *r, const struct base *base)
{
	AUTO(mem_free)
	char *why = xasprintf("the series is in %s already, at %.12s",
			      base->tree, base->commit);

	review_end(r, VERDICT_COULD_NOT_TELL, why,
		   "--base with a commit from before it");
}

int place_run(struct review *r, const struct revision *revision,
	      struct tree *const *trees, size_t n_trees, const char *base,
	      struct err *err)
{
	AUTO(ready_release) struct ready ready = { 0 };
	AUTO(base_release) struct base found = { 0 };
	AUTO(apply_result_release) struct apply_result result = { 0 };
	struct base_hints hints = { base, revision->base_commit };

	if (!read_diffs(&ready, r, revision))
		return 0;
	if (base_find(&found, trees, n_trees, &hints, ready.v, ready.n, err) <
	    0)
		return err_wrap(err, "looking for the base");
	tell_attempts(r, &found);
	if (!found.commit[0]) {
		end_without_base(r, &found);
		return 0;
	}
	tell_base(r, &found);
	if (apply_run(&result, trees[found.tree_at], found.commit, ready.v,
		      ready.n, err) < 0)
		return err_wrap(err, "applying the series");
	if (result.outcome == APPLY_ALREADY_MERGED) {
		end_as_merged(r, &found);
		return 0;
	}
	if (result.outcome != APPLY_OK)
		return err_set(err, ERR_SYSTEM,
			       "a base that applied does not any more");
	tell_steps(r, &result);
	return 0;
}
