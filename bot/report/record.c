/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/record.h"

#include <assert.h>

#include "bot/report/json.h"
#include "bot/report/read.h"
#include "bot/report/soak_json.h"

static int read_ms(int64_t *out, const json_t *o, const char *key,
		   struct err *err)
{
	return json_get_int(out, o, key, 0, RECORD_MAX_MS, err);
}

/* ---- words ---- */

static const char *verdict_name(unsigned v)
{
	return review_verdict_name((enum verdict)v);
}

static const char *pair_name(unsigned v)
{
	return review_pair_name((enum pair_verdict)v);
}

static const char *kind_name(unsigned v)
{
	return review_finding_name((enum finding_kind)v);
}

static const char *build_name(unsigned v)
{
	return review_build_name((enum review_build)v);
}

static const char *path_name(unsigned v)
{
	return review_path_name((enum review_path)v);
}

/* null: nobody was asked */
static int read_losers(unsigned *out, const json_t *o, struct err *err)
{
	const unsigned all =
		LOSES_DIRECT | LOSES_MAPPED | LOSES_BUFFERED | LOSES_READER;
	const char *word;

	if (read_is_null(o, "loses"))
		return 0;
	if (json_get_string(&word, o, "loses", err) < 0)
		return -1;
	for (unsigned v = 0; v <= all; v++) {
		AUTO(mem_free) char *name = review_losers_name(v);

		if (strcmp(name, word) == 0) {
			*out = v;
			return 0;
		}
	}
	return err_set(err, ERR_INPUT, "'loses' may not be '%.40s'", word);
}

/* ---- parts ---- */

static int read_diagnostic(struct review_diagnostic *d, const json_t *o,
			   struct err *err)
{
	if (read_text(&d->file, o, "file", err) < 0 ||
	    read_number(&d->line, o, "line", UINT32_MAX, err) < 0 ||
	    read_number(&d->column, o, "column", UINT32_MAX, err) < 0)
		return -1;
	return read_text(&d->text, o, "text", err);
}

static int read_diagnostics(struct review_diagnostics *out, const json_t *o,
			    const char *key, struct err *err)
{
	json_t *list;

	if (json_get_array(&list, o, key, RECORD_MAX_DIAGNOSTICS, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (read_diagnostic(review_add_diagnostic(out),
				    json_array_get(list, i), err) < 0)
			return err_wrap(err, "%s[%zu]", key, i);
	return 0;
}

static int read_attempt(struct review *r, const json_t *o, struct err *err)
{
	struct review_attempt *a = review_add_attempt(r);

	if (read_text(&a->tree, o, "tree", err) < 0 ||
	    read_commit(&a->commit, o, "commit", err) < 0 ||
	    read_text(&a->how, o, "how", err) < 0 ||
	    read_number(&a->blobs_matched, o, "blobs_matched", UINT32_MAX,
			err) < 0 ||
	    read_number(&a->blobs_total, o, "blobs_total", UINT32_MAX, err) <
		    0 ||
	    json_get_bool(&a->applies, o, "applies", err) < 0)
		return -1;
	return read_maybe(&a->why, o, "why", err);
}

static int read_prerequisite(struct review *r, const json_t *o, struct err *err)
{
	struct review_prerequisite *p = review_add_prerequisite(r);

	if (read_text(&p->kind, o, "kind", err) < 0 ||
	    read_text(&p->value, o, "value", err) < 0 ||
	    read_maybe(&p->subject, o, "subject", err) < 0 ||
	    read_number(&p->patches, o, "patches", RECORD_MAX_PATCHES, err) <
		    0 ||
	    read_commit(&p->commit, o, "commit", err) < 0)
		return -1;
	return read_maybe(&p->why, o, "why", err);
}

static int read_prerequisites(struct review *r, const json_t *o,
			      struct err *err)
{
	json_t *list;

	if (json_get_array(&list, o, "prerequisites", RECORD_MAX_PREREQUISITES,
			   err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (read_prerequisite(r, json_array_get(list, i), err) < 0)
			return err_wrap(err, "prerequisites[%zu]", i);
	return 0;
}

/* There is a tree, a commit and a way there, or none of them. */
static int read_base(struct review *r, const json_t *root, struct err *err)
{
	struct review_base *b = &r->base;
	json_t *o;
	json_t *list;

	if (json_get_object(&o, root, "base", err) < 0 ||
	    read_commit(&b->commit, o, "commit", err) < 0 ||
	    read_maybe(&b->tree, o, "tree", err) < 0 ||
	    read_maybe(&b->how, o, "how", err) < 0 ||
	    read_commit(&b->parent, o, "parent", err) < 0 ||
	    read_prerequisites(r, o, err) < 0 ||
	    json_get_array(&list, o, "attempts", RECORD_MAX_ATTEMPTS, err) < 0)
		return -1;
	if (!b->tree != !b->commit || !b->how != !b->commit ||
	    !b->parent != !b->commit)
		return err_set(err, ERR_INPUT, "half a base");
	for (size_t i = 0; i < json_array_size(list); i++)
		if (read_attempt(r, json_array_get(list, i), err) < 0)
			return err_wrap(err, "attempts[%zu]", i);
	return 0;
}

static int read_hunk(struct review_hunk *h, const json_t *o, struct err *err)
{
	if (read_text(&h->file, o, "file", err) < 0 ||
	    read_number(&h->n, o, "n", RECORD_MAX_HUNKS, err) < 0 ||
	    read_number(&h->start, o, "start", UINT32_MAX, err) < 0 ||
	    read_number(&h->length, o, "length", UINT32_MAX, err) < 0 ||
	    read_number(&h->points, o, "points", 1u << 20, err) < 0)
		return -1;
	return read_maybe(&h->text, o, "text", err);
}

static int read_hunks(struct review_patch *p, const json_t *o, struct err *err)
{
	json_t *list;

	if (json_get_array(&list, o, "hunks", RECORD_MAX_HUNKS, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (read_hunk(review_add_hunk(p), json_array_get(list, i),
			      err) < 0)
			return err_wrap(err, "hunks[%zu]", i);
	return 0;
}

static int read_build(struct review_patch *p, const json_t *patch,
		      struct err *err)
{
	unsigned outcome;
	json_t *o;

	if (json_get_object(&o, patch, "build", err) < 0 ||
	    read_word(&outcome, o, "outcome", build_name,
		      REVIEW_BUILD_TIMED_OUT, err) < 0 ||
	    read_ms(&p->build_ms, o, "ms", err) < 0 ||
	    read_diagnostics(&p->errors, o, "errors", err) < 0)
		return -1;
	p->build = (enum review_build)outcome;
	return read_diagnostics(&p->new_warnings, o, "new_warnings", err);
}

static int read_patch(struct review_patch *p, unsigned n, const json_t *o,
		      struct err *err)
{
	int64_t told;

	p->n = n;
	p->is_missing = read_is_null(o, "message_id");
	if (json_get_int(&told, o, "n", n, n, err) < 0 ||
	    read_or_empty(&p->message_id, o, "message_id", err) < 0 ||
	    read_or_empty(&p->subject, o, "subject", err) < 0 ||
	    read_commit(&p->commit, o, "commit", err) < 0 ||
	    read_maybe(&p->how, o, "how", err) < 0 || read_build(p, o, err) < 0)
		return -1;
	return read_hunks(p, o, err);
}

static int read_patches(struct review *r, const json_t *series, struct err *err)
{
	json_t *list;

	if (json_get_array(&list, series, "patches", RECORD_MAX_PATCHES, err) <
	    0)
		return -1;
	if (json_array_size(list) != r->total)
		return err_set(err, ERR_INPUT, "%zu patches of %u",
			       json_array_size(list), r->total);
	for (unsigned i = 0; i < r->total; i++)
		if (read_patch(review_add_patch(r), i + 1,
			       json_array_get(list, i), err) < 0)
			return err_wrap(err, "patches[%u]", i);
	return 0;
}

static int read_series(struct review *r, const json_t *root, struct err *err)
{
	json_t *o;

	if (json_get_object(&o, root, "series", err) < 0 ||
	    read_maybe(&r->subject, o, "subject", err) < 0 ||
	    read_maybe(&r->message_id, o, "message_id", err) < 0 ||
	    read_number(&r->version, o, "version", UINT32_MAX, err) < 0 ||
	    read_number(&r->total, o, "total", RECORD_MAX_PATCHES, err) < 0 ||
	    json_get_strings(&r->missing, o, "missing", RECORD_MAX_PATCHES,
			     err) < 0)
		return -1;
	return read_patches(r, o, err);
}

static int read_conflict(struct review *r, const json_t *root, struct err *err)
{
	struct review_conflict *c = &r->conflict;
	json_t *o;

	if (read_is_null(root, "conflict"))
		return 0;
	if (json_get_object(&o, root, "conflict", err) < 0 ||
	    read_number(&c->patch, o, "patch", r->total, err) < 0 ||
	    read_maybe(&c->file, o, "file", err) < 0 ||
	    read_number(&c->hunk, o, "hunk", RECORD_MAX_HUNKS, err) < 0 ||
	    read_maybe(&c->why, o, "why", err) < 0)
		return -1;
	return read_maybe(&c->quote, o, "quote", err);
}

static int read_person(struct mail_person *p, const json_t *o, struct err *err)
{
	return read_text(&p->name, o, "name", err) < 0
		       ? -1
		       : read_text(&p->addr, o, "addr", err);
}

static int read_one(struct mail_person *p, const json_t *mail, const char *key,
		    struct err *err)
{
	json_t *o;

	return json_get_object(&o, mail, key, err) < 0 ? -1
						       : read_person(p, o, err);
}

static int read_persons(struct mail_persons *out, const json_t *mail,
			const char *key, struct err *err)
{
	json_t *list;

	if (json_get_array(&list, mail, key, MAIL_MAX_ADDRESSES, err) < 0)
		return -1;
	out->v = xcalloc(json_array_size(list), sizeof(*out->v));
	out->n = json_array_size(list);
	for (size_t i = 0; i < out->n; i++)
		if (read_person(&out->v[i], json_array_get(list, i), err) < 0)
			return err_wrap(err, "%s[%zu]", key, i);
	return 0;
}

static int read_mail(struct review_mail *m, unsigned total, const json_t *o,
		     struct err *err)
{
	if (read_number(&m->n, o, "n", total, err) < 0 ||
	    read_text(&m->message_id, o, "message_id", err) < 0 ||
	    read_text(&m->subject, o, "subject", err) < 0 ||
	    read_one(&m->author, o, "author", err) < 0 ||
	    read_one(&m->from, o, "from", err) < 0 ||
	    read_persons(&m->to, o, "to", err) < 0 ||
	    read_persons(&m->cc, o, "cc", err) < 0 ||
	    read_text(&m->list_id, o, "list_id", err) < 0 ||
	    read_flag(&m->wants_no_answer, o, "wants_no_answer", err) < 0 ||
	    read_flag(&m->is_automatic, o, "is_automatic", err) < 0 ||
	    read_text(&m->in_reply_to, o, "in_reply_to", err) < 0)
		return -1;
	return json_get_strings(&m->references, o, "references",
				REVIEW_MAX_REFERENCES + 1, err);
}

/* The cover, and each patch that there is, once. */
static int read_mails(struct review *r, const json_t *root, struct err *err)
{
	json_t *list;

	if (json_get_array(&list, root, "mails", RECORD_MAX_PATCHES + 1, err) <
	    0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct review_mail *m = review_add_mail(r);

		if (read_mail(m, r->total, json_array_get(list, i), err) < 0)
			return err_wrap(err, "mails[%zu]", i);
		if (i > 0 && m->n <= r->mails[i - 1].n)
			return err_set(err, ERR_INPUT,
				       "mails[%zu] is out of its order", i);
	}
	return 0;
}

/* ---- what was seen ---- */

static int read_variant(struct pair_variant *v, const struct review_pair *p,
			const json_t *o, struct err *err)
{
	v->outcome.filesystem = xstrdup(p->filesystem);
	v->outcome.scenario = xstrdup(p->scenario);
	v->outcome.run = 1;
	if (read_number(&v->runs, o, "runs", RECORD_MAX_RUNS, err) < 0 ||
	    json_get_bool(&v->outcome.provoked, o, "provoked", err) < 0 ||
	    read_maybe(&v->outcome.how, o, "how", err) < 0)
		return -1;
	return read_fields(&v->outcome.v, &v->outcome.n, o, err);
}

static int read_variants(struct pair_side *side, const struct review_pair *p,
			 const json_t *o, struct err *err)
{
	json_t *list;

	if (json_get_array(&list, o, "saw", RECORD_MAX_VARIANTS, err) < 0)
		return -1;
	side->v = xcalloc(json_array_size(list), sizeof(*side->v));
	side->n = json_array_size(list);
	for (size_t i = 0; i < side->n; i++)
		if (read_variant(&side->v[i], p, json_array_get(list, i), err) <
		    0)
			return err_wrap(err, "saw[%zu]", i);
	return 0;
}

static int read_pair_side(struct pair_side *side, const struct review_pair *p,
			  const json_t *pair, const char *key, struct err *err)
{
	unsigned path;
	json_t *o;

	if (json_get_object(&o, pair, key, err) < 0 ||
	    read_number(&side->runs, o, "runs", RECORD_MAX_RUNS, err) < 0 ||
	    read_number(&side->provoked, o, "provoked", side->runs, err) < 0 ||
	    read_word(&path, o, "path", path_name, PATH_HUNG, err) < 0 ||
	    read_losers(&side->losers, o, err) < 0)
		return -1;
	side->path = (enum review_path)path;
	return read_variants(side, p, o, err);
}

static int read_pair(struct review_pair *p, const json_t *o, struct err *err)
{
	unsigned verdict;

	if (read_maybe(&p->guest, o, "guest", err) < 0 ||
	    read_text(&p->filesystem, o, "filesystem", err) < 0 ||
	    read_text(&p->scenario, o, "scenario", err) < 0 ||
	    read_word(&verdict, o, "verdict", pair_name, PAIR_REGRESSION, err) <
		    0 ||
	    read_maybe(&p->why, o, "why", err) < 0 ||
	    read_pair_side(&p->base, p, o, "base", err) < 0)
		return -1;
	p->verdict = (enum pair_verdict)verdict;
	return read_pair_side(&p->patched, p, o, "patched", err);
}

static int read_pairs(struct review *r, const json_t *root, struct err *err)
{
	json_t *list;

	if (json_get_array(&list, root, "outcomes", RECORD_MAX_PAIRS, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (read_pair(review_add_pair(r), json_array_get(list, i),
			      err) < 0)
			return err_wrap(err, "outcomes[%zu]", i);
	return 0;
}

/* ---- findings ---- */

static int read_finding_side(struct finding_side *side, const json_t *finding,
			     const char *key, struct err *err)
{
	json_t *o;

	if (json_get_object(&o, finding, key, err) < 0 ||
	    read_number(&side->seen, o, "seen", RECORD_MAX_RUNS, err) < 0 ||
	    read_number(&side->runs, o, "runs", RECORD_MAX_RUNS, err) < 0 ||
	    read_maybe(&side->path, o, "path", err) < 0 ||
	    read_maybe(&side->losers, o, "loses", err) < 0)
		return -1;
	return read_fields(&side->v, &side->n, o, err);
}

static int read_quote(struct finding *f, const json_t *o, struct err *err)
{
	json_t *quote;

	if (read_is_null(o, "quote"))
		return 0;
	if (json_get_object(&quote, o, "quote", err) < 0 ||
	    read_text(&f->quote_file, quote, "file", err) < 0)
		return -1;
	return read_text(&f->quote, quote, "text", err);
}

static int read_patches_of(struct finding *f, const json_t *o, unsigned total,
			   struct err *err)
{
	if (read_number(&f->patch, o, "patch", total, err) < 0 ||
	    read_number(&f->clean, o, "clean_patch", total, err) < 0 ||
	    read_number(&f->next, o, "next_patch", total, err) < 0)
		return -1;
	return read_number(&f->repaired_by, o, "repaired_by", total, err);
}

static int read_promise(struct finding *f, const json_t *o, struct err *err)
{
	if (read_maybe(&f->contract, o, "contract", err) < 0 ||
	    read_maybe(&f->promise, o, "promise", err) < 0 ||
	    json_get_strings(&f->sources, o, "sources", RECORD_MAX_LINES, err) <
		    0)
		return -1;
	return json_get_strings(&f->also, o, "also", RECORD_MAX_LINES, err);
}

static int read_finding(struct finding *f, unsigned total, const json_t *o,
			struct err *err)
{
	unsigned kind;

	if (read_word(&kind, o, "kind", kind_name, FINDING_FIXED, err) < 0 ||
	    read_maybe(&f->guest, o, "guest", err) < 0 ||
	    read_maybe(&f->filesystem, o, "filesystem", err) < 0 ||
	    read_maybe(&f->scenario, o, "scenario", err) < 0 ||
	    read_patches_of(f, o, total, err) < 0 ||
	    read_text(&f->message_id, o, "message_id", err) < 0 ||
	    read_text(&f->says, o, "says", err) < 0 ||
	    read_promise(f, o, err) < 0 ||
	    read_finding_side(&f->base, o, "base", err) < 0 ||
	    read_finding_side(&f->patched, o, "patched", err) < 0 ||
	    read_diagnostics(&f->diagnostics, o, "diagnostics", err) < 0)
		return -1;
	f->kind = (enum finding_kind)kind;
	if (read_maybe(&f->answer, o, "answer", err) < 0 ||
	    read_flag(&f->is_told, o, "is_told", err) < 0)
		return -1;
	return read_quote(f, o, err);
}

static int read_findings(struct review *r, const json_t *root, struct err *err)
{
	json_t *list;

	if (json_get_array(&list, root, "findings", RECORD_MAX_FINDINGS, err) <
	    0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (read_finding(review_add_finding(r), r->total,
				 json_array_get(list, i), err) < 0)
			return err_wrap(err, "findings[%zu]", i);
	return 0;
}

/* ---- the rest ---- */

static int read_scenarios(struct review *r, const json_t *root, struct err *err)
{
	json_t *list;

	if (json_get_array(&list, root, "scenarios", RECORD_MAX_SCENARIOS,
			   err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		const char *id, *says;

		if (json_get_string(&id, o, "id", err) < 0 ||
		    json_get_string(&says, o, "says", err) < 0)
			return err_wrap(err, "scenarios[%zu]", i);
		review_add_scenario(r, id, says);
	}
	return 0;
}

static int read_timing(struct review *r, const json_t *root, struct err *err)
{
	const char *key;
	json_t *all;
	json_t *value;

	if (json_get_object(&all, root, "timing", err) < 0)
		return -1;
	if (json_object_size(all) > RECORD_MAX_TIMING)
		return err_set(err, ERR_LIMIT, "more than %d timings",
			       RECORD_MAX_TIMING);
	json_object_foreach(all, key, value)
	{
		size_t len = strlen(key);
		AUTO(mem_free) char *name = NULL;
		int64_t ms;

		if (len < 4 || strcmp(key + len - 3, "_ms") != 0)
			return err_set(err, ERR_INPUT, "'%.40s' is no time",
				       key);
		if (read_ms(&ms, all, key, err) < 0)
			return -1;
		name = xstrndup(key, len - 3);
		review_add_timing(r, name, ms);
	}
	return 0;
}

static int read_environment(struct review *r, const json_t *root,
			    struct err *err)
{
	struct review_environment *e = &r->environment;
	json_t *o;

	if (json_get_object(&o, root, "environment", err) < 0 ||
	    read_maybe(&e->kernel, o, "kernel", err) < 0 ||
	    read_maybe(&e->arch, o, "arch", err) < 0 ||
	    read_maybe(&e->compiler, o, "compiler", err) < 0 ||
	    read_maybe(&e->config, o, "config", err) < 0)
		return -1;
	return read_maybe(&e->guest, o, "guest", err);
}

/* Records of before there was a first verdict have none. */
static int read_first(struct review *r, const json_t *root, struct err *err)
{
	unsigned verdict;
	json_t *o;

	if (json_object_get(root, "base_kernel") &&
	    json_get_bool(&r->is_base_kernel, root, "base_kernel", err) < 0)
		return -1;
	if (!json_object_get(root, "first_verdict") ||
	    read_is_null(root, "first_verdict"))
		return 0;
	if (json_get_object(&o, root, "first_verdict", err) < 0 ||
	    read_word(&verdict, o, "verdict", verdict_name,
		      VERDICT_DOES_NOT_BUILD, err) < 0)
		return -1;
	r->first_verdict = (enum verdict)verdict;
	return read_ms(&r->first_ms, o, "ms", err);
}

static int read_end(struct review *r, const json_t *root, struct err *err)
{
	unsigned verdict;

	if (read_word(&verdict, root, "verdict", verdict_name,
		      VERDICT_DOES_NOT_BUILD, err) < 0 ||
	    read_maybe(&r->why, root, "why", err) < 0)
		return -1;
	r->verdict = (enum verdict)verdict;
	if (read_maybe(&r->help, root, "help", err) < 0)
		return -1;
	return read_first(r, root, err);
}

static int read_delta(struct review *r, const json_t *root, struct err *err)
{
	struct review_delta *d = &r->delta;
	const struct {
		const char *key;
		struct strings *list;
	} lists[] = {
		{ "fixed", &d->fixed },	    { "still", &d->still },
		{ "new", &d->fresh },	    { "untried", &d->untried },
		{ "skipped", &d->skipped },
	};
	json_t *o;

	if (!json_object_get(root, "delta"))
		return 0;
	if (json_get_object(&o, root, "delta", err) < 0 ||
	    read_text(&d->since, o, "since", err) < 0 ||
	    read_text(&d->answer, o, "answer", err) < 0 ||
	    json_get_bool(&d->is_itself, o, "is_itself", err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (json_get_strings(lists[i].list, o, lists[i].key,
				     RECORD_MAX_FINDINGS, err) < 0)
			return -1;
	return 0;
}

static int read_said(struct review *r, const json_t *root, struct err *err)
{
	return json_object_get(root, "said")
		       ? json_get_strings(&r->said, root, "said",
					  RECORD_MAX_LINES, err)
		       : 0;
}

static int read_soak(struct review *r, const json_t *root, struct err *err)
{
	json_t *o;

	if (!json_object_get(root, "soak"))
		return 0;
	if (json_get_object(&o, root, "soak", err) < 0)
		return -1;
	return soak_json_read(&r->soak, o, err) < 0 ? err_wrap(err, "soak") : 0;
}

/* The series first: the rest speaks of its patches. */
static int read_all(struct review *r, const json_t *root, struct err *err)
{
	static int (*const parts[])(struct review *, const json_t *,
				    struct err *) = {
		read_series, read_end,	       read_base,     read_conflict,
		read_mails,  read_pairs,       read_findings, read_scenarios,
		read_timing, read_environment, read_delta,    read_said,
		read_soak,
	};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (parts[i](r, root, err) < 0)
			return -1;
	return json_get_strings(&r->skipped, root, "skipped", RECORD_MAX_LINES,
				err);
}

int record_read(struct review *out, const json_t *object, struct err *err)
{
	AUTO(review_release) struct review r = { 0 };

	if (read_all(&r, object, err) < 0)
		return err_wrap(err, "record");
	*out = r;
	memset(&r, 0, sizeof(r));
	return 0;
}

int record_parse(struct review *out, const char *text, size_t len,
		 struct err *err)
{
	AUTO(json_free) json_t *object = NULL;
	json_error_t why;

	if (len > RECORD_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "a record of more than %u bytes",
			       RECORD_MAX_BYTES);
	object = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	if (!object)
		return err_set(err, ERR_INPUT, "record: line %d: %s", why.line,
			       why.text);
	return record_read(out, object, err);
}

char *record_print(const struct review *r)
{
	AUTO(json_free) json_t *object = json_from_review(r);
	char *text = json_dumps(object, JSON_COMPACT);

	assert(text); /* json.c lets nothing in that is not UTF-8 */
	return text;
}
