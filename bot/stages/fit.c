/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/fit.h"

#include "bot/git/base.h"
#include "rules/question.h"
#include "rules/quote.h"
#include "rules/tokens.h"

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

static void ready_init(struct ready *p, size_t n)
{
	p->diffs = xcalloc(n, sizeof(struct patch *));
	p->messages = xcalloc(n, sizeof(char *));
	p->v = xcalloc(n, sizeof(*p->v));
}

/* -1: the diff of @mail cannot be read, and @why says so. */
static int ready_add(struct ready *p, const struct mail *mail, struct err *why)
{
	struct apply_patch *to = &p->v[p->n];

	if (patch_parse(&p->diffs[p->n], mail->diff ? mail->diff : "",
			mail->diff_len, why) < 0)
		return -1;
	p->messages[p->n] = xasprintf("%s\n\n%s", mail->title, mail->log);
	to->diff = p->diffs[p->n];
	to->message = p->messages[p->n];
	name_author(to, mail);
	p->n++;
	return 0;
}

static void ask(struct review *r, unsigned n, const struct patch *diff)
{
	AUTO(questions_release) struct questions questions = { 0 };

	tokens_ask(&questions, diff);
	questions_add(r, n, &questions);
}

/* False: a diff cannot be read, and the review is ended. */
static bool read_diffs(struct ready *out, struct review *r,
		       const struct revision *revision)
{
	struct err why = ERR_INIT;

	ready_init(out, revision->total);
	for (unsigned i = 0; i < revision->total; i++) {
		AUTO(mem_free) char *text = NULL;

		if (ready_add(out, revision->patches[i], &why) == 0) {
			quote_add_hunks(r, i + 1, out->diffs[i]);
			ask(r, i + 1, out->diffs[i]);
			continue;
		}
		text = xasprintf("the diff of patch %u/%u: %s", i + 1,
				 revision->total, why.msg);
		end_at(r, i + 1, text,
		       "a mail whose diff was not wrapped or cut");
		return false;
	}
	return true;
}

/* ---- what it needs ---- */

/* The patches of each need. */
struct needs {
	struct ready *ready;
	struct base_group *groups;
	size_t n;
};

static void needs_release(struct needs *needs)
{
	for (size_t i = 0; i < needs->n; i++)
		ready_release(&needs->ready[i]);
	free(needs->ready);
	free(needs->groups);
}
DEFINE_AUTO_VALUE(struct needs, needs_release)

static void end_in_need(struct review *r, const struct fit_need *need,
			const char *why)
{
	AUTO(mem_free)
	char *text = xasprintf("it needs %s '%s', which %s", need->kind,
			       need->value, why);

	review_end(r, VERDICT_COULD_NOT_TELL, text,
		   "--base with a commit that has what it needs");
}

static bool read_need(struct needs *out, struct review *r,
		      const struct fit_need *need)
{
	struct ready *ready = &out->ready[out->n++];
	struct err why = ERR_INIT;

	ready_init(ready, need->n);
	for (size_t i = 0; i < need->n; i++) {
		AUTO(mem_free) char *text = NULL;

		if (ready_add(ready, need->mails[i], &why) == 0)
			continue;
		text = xasprintf("has a diff that cannot be read: %s", why.msg);
		end_in_need(r, need, text);
		return false;
	}
	out->groups[out->n - 1] = (struct base_group){ ready->v, ready->n };
	return true;
}

/* False: something is not there, or cannot be read; the review is ended. */
static bool read_needs(struct needs *out, struct review *r,
		       const struct fit_spec *spec)
{
	out->ready = xcalloc(spec->n_needs, sizeof(*out->ready));
	out->groups = xcalloc(spec->n_needs, sizeof(*out->groups));
	for (size_t i = 0; i < spec->n_needs; i++) {
		const struct fit_need *need = &spec->needs[i];

		if (!need->subject) {
			end_in_need(r, need,
				    need->why ? need->why : "was not found");
			return false;
		}
		if (!read_need(out, r, need))
			return false;
	}
	return true;
}

static bool is_implied(const struct fit_spec *spec)
{
	for (size_t i = 0; i < spec->n_needs; i++)
		if (strcmp(spec->needs[i].kind, FIT_SET) != 0)
			return false;
	return true;
}

/* ---- telling ---- */

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
		to->why = from->before ? xasprintf("prerequisite %zu: %s",
						   from->before, from->why)
				       : dup_or_null(from->why);
	}
}

static void tell_base(struct review *r, const struct base *base)
{
	r->base.tree = xstrdup(base->tree);
	r->base.commit = xstrdup(base->commit);
	r->base.how = xstrdup(base->how);
	r->base.parent = xstrdup(base->parent);
}

static void tell_needs(struct review *r, const struct fit_spec *spec)
{
	for (size_t i = 0; i < spec->n_needs; i++) {
		const struct fit_need *from = &spec->needs[i];
		struct review_prerequisite *to = review_add_prerequisite(r);

		to->kind = xstrdup(from->kind);
		to->value = xstrdup(from->value);
		to->subject = dup_or_null(from->subject);
		to->patches = (unsigned)from->n;
		to->why = dup_or_null(from->why);
	}
}

static void set_why(struct review *r, size_t at, const char *why)
{
	free(r->base.prerequisites[at].why);
	r->base.prerequisites[at].why = xstrdup(why);
}

static void tell_standing(struct review *r, const struct base *base)
{
	for (size_t i = 0; i < base->n_before; i++) {
		if (base->before[i].is_merged)
			set_why(r, i, "the base has it");
		else
			r->base.prerequisites[i].commit =
				xstrdup(base->before[i].commit);
	}
}

/* Nothing fits: what stopped the attempt that comes nearest is quoted. */
static void end_without_base(struct review *r, const struct fit_spec *spec,
			     const struct base *base)
{
	const struct base_attempt *nearest = base_nearest(base);
	AUTO(mem_free) char *help = NULL;

	if (!nearest) {
		review_end(r, VERDICT_DOES_NOT_APPLY,
			   "none of the trees has a commit to try",
			   "--base COMMIT, or a tree that has the base-commit");
		return;
	}
	if (nearest->before) {
		set_why(r, nearest->before - 1, nearest->why);
		end_in_need(r, &spec->needs[nearest->before - 1],
			    "does not apply to what is known here");
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

/* ---- all of it ---- */

/* Every file is as the patches expect it. */
static bool is_exact(const struct base *base)
{
	for (size_t i = 0; i < base->n; i++) {
		const struct base_attempt *a = &base->attempts[i];

		if (a->applies)
			return a->blobs_total > 0 &&
			       a->blobs_matched == a->blobs_total;
	}
	return false;
}

static int find_alone(struct base *out, const struct fit_spec *spec,
		      const struct ready *ready, struct err *err)
{
	struct base_hints hints = { .base = spec->base,
				    .base_commit = spec->base_commit };

	return base_find(out, spec->trees, spec->n_trees, &hints, ready->v,
			 ready->n, err);
}

static int find_with(struct base *out, const struct fit_spec *spec,
		     const struct ready *ready, const struct needs *needs,
		     struct err *err)
{
	struct base_hints hints = { .base = spec->base,
				    .base_commit = spec->base_commit,
				    .before = needs->groups,
				    .n_before = needs->n };

	return base_find(out, spec->trees, spec->n_trees, &hints, ready->v,
			 ready->n, err);
}

/*
 * What only the order of the sets implies is left out where the series fits
 * without it, file by file.
 */
static int find(struct base *out, struct review *r, const struct fit_spec *spec,
		const struct ready *ready, const struct needs *needs,
		struct err *err)
{
	AUTO(base_release) struct base alone = { 0 };

	if (spec->n_needs > 0 && is_implied(spec)) {
		if (find_alone(&alone, spec, ready, err) < 0)
			return -1;
		if (is_exact(&alone)) {
			for (size_t i = 0; i < spec->n_needs; i++)
				set_why(r, i, "the series fits without it");
			*out = alone;
			alone = (struct base){ 0 };
			return 0;
		}
	}
	return find_with(out, spec, ready, needs, err);
}

static int apply(struct review *r, const struct fit_spec *spec,
		 const struct ready *ready, const struct base *base,
		 struct err *err)
{
	AUTO(apply_result_release) struct apply_result result = { 0 };

	if (apply_run(&result, spec->trees[base->tree_at], base->parent,
		      ready->v, ready->n, err) < 0)
		return err_wrap(err, "applying the series");
	if (result.outcome == APPLY_ALREADY_MERGED) {
		end_as_merged(r, base);
		return 0;
	}
	if (result.outcome != APPLY_OK)
		return err_set(err, ERR_SYSTEM,
			       "a base that applied does not any more");
	tell_steps(r, &result);
	return 0;
}

int fit_run(struct review *r, const struct fit_spec *spec, struct err *err)
{
	AUTO(ready_release) struct ready ready = { 0 };
	AUTO(needs_release) struct needs needs = { 0 };
	AUTO(base_release) struct base found = { 0 };

	tell_needs(r, spec);
	if (!read_diffs(&ready, r, spec->revision) ||
	    !read_needs(&needs, r, spec))
		return 0;
	if (find(&found, r, spec, &ready, &needs, err) < 0)
		return err_wrap(err, "looking for the base");
	tell_attempts(r, &found);
	if (!found.commit[0]) {
		end_without_base(r, spec, &found);
		return 0;
	}
	tell_base(r, &found);
	tell_standing(r, &found);
	return apply(r, spec, &ready, &found, err);
}
