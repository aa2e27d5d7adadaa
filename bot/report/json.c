/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/json.h"

#include "bot/report/soak_json.h"

static json_t *attempt_to_json(const struct review_attempt *a)
{
	json_t *o = json_object();

	json_set_str(o, "tree", a->tree);
	json_set_str(o, "commit", a->commit);
	json_set_str(o, "how", a->how);
	json_set_int(o, "blobs_matched", a->blobs_matched);
	json_set_int(o, "blobs_total", a->blobs_total);
	json_set_bool(o, "applies", a->applies);
	json_set_str(o, "why", a->why);
	return o;
}

static json_t *prerequisite_to_json(const struct review_prerequisite *p)
{
	json_t *o = json_object();

	json_set_str(o, "kind", p->kind);
	json_set_exact(o, "value", p->value);
	json_set_str(o, "subject", p->subject);
	json_set_int(o, "patches", p->patches);
	json_set_str(o, "commit", p->commit);
	json_set_str(o, "why", p->why);
	return o;
}

static json_t *base_to_json(const struct review_base *base)
{
	json_t *o = json_object();
	json_t *attempts = json_array();
	json_t *prerequisites = json_array();

	json_set_str(o, "commit", base->commit);
	json_set_str(o, "tree", base->tree);
	json_set_str(o, "how", base->how);
	for (size_t i = 0; i < base->n_attempts; i++)
		json_array_append_new(attempts,
				      attempt_to_json(&base->attempts[i]));
	json_object_set_new(o, "attempts", attempts);
	for (size_t i = 0; i < base->n_prerequisites; i++)
		json_array_append_new(
			prerequisites,
			prerequisite_to_json(&base->prerequisites[i]));
	json_set_str(o, "parent", base->parent);
	json_object_set_new(o, "prerequisites", prerequisites);
	return o;
}

static json_t *diagnostics_to_json(const struct review_diagnostics *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++) {
		json_t *o = json_object();

		json_set_str(o, "file", list->v[i].file);
		json_set_int(o, "line", list->v[i].line);
		json_set_int(o, "column", list->v[i].column);
		json_set_str(o, "text", list->v[i].text);
		json_array_append_new(array, o);
	}
	return array;
}

static json_t *build_to_json(const struct review_patch *p)
{
	json_t *o = json_object();

	if (p->build == REVIEW_BUILD_SKIPPED)
		json_object_set_new(o, "ok", json_null());
	else
		json_set_bool(o, "ok", p->build == REVIEW_BUILD_OK);
	json_set_str(o, "outcome", review_build_name(p->build));
	json_set_int(o, "ms", p->build_ms);
	json_object_set_new(o, "errors", diagnostics_to_json(&p->errors));
	json_object_set_new(o, "new_warnings",
			    diagnostics_to_json(&p->new_warnings));
	return o;
}

static json_t *hunks_to_json(const struct review_patch *p)
{
	json_t *array = json_array();

	for (size_t i = 0; i < p->n_hunks; i++) {
		const struct review_hunk *h = &p->hunks[i];
		json_t *o = json_object();

		json_set_str(o, "file", h->file);
		json_set_int(o, "n", h->n);
		json_set_int(o, "start", h->start);
		json_set_int(o, "length", h->length);
		json_set_int(o, "points", h->points);
		json_set_str(o, "text", h->text);
		json_array_append_new(array, o);
	}
	return array;
}

static json_t *patch_to_json(const struct review_patch *p)
{
	json_t *o = json_object();

	json_set_int(o, "n", p->n);
	json_set_exact(o, "message_id", p->is_missing ? NULL : p->message_id);
	json_set_str(o, "subject", p->is_missing ? NULL : p->subject);
	json_set_str(o, "commit", p->commit);
	json_set_str(o, "how", p->how);
	json_object_set_new(o, "build", build_to_json(p));
	json_object_set_new(o, "hunks", hunks_to_json(p));
	return o;
}

static json_t *series_to_json(const struct review *r)
{
	json_t *o = json_object();
	json_t *patches = json_array();

	json_set_str(o, "subject", r->subject);
	json_set_exact(o, "message_id", r->message_id);
	json_set_int(o, "version", r->version);
	json_set_int(o, "total", r->total);
	json_object_set_new(o, "missing", json_from_strings(&r->missing));
	for (size_t i = 0; i < r->n_patches; i++)
		json_array_append_new(patches, patch_to_json(&r->patches[i]));
	json_object_set_new(o, "patches", patches);
	return o;
}

static json_t *conflict_to_json(const struct review_conflict *c)
{
	json_t *o;

	if (c->patch == 0)
		return json_null();
	o = json_object();
	json_set_int(o, "patch", c->patch);
	json_set_str(o, "file", c->file);
	json_set_int(o, "hunk", c->hunk);
	json_set_str(o, "why", c->why);
	json_set_str(o, "quote", c->quote);
	return o;
}

json_t *json_from_fields(const struct outcome_field *v, size_t n)
{
	json_t *o = json_object();

	for (size_t i = 0; i < n; i++)
		json_set_str(o, v[i].name, v[i].value);
	return o;
}

static json_t *finding_side_to_json(const struct finding_side *side)
{
	json_t *o = json_object();

	json_set_int(o, "seen", side->seen);
	json_set_int(o, "runs", side->runs);
	json_set_str(o, "path", side->path);
	json_set_str(o, "loses", side->losers);
	json_object_set_new(o, "fields", json_from_fields(side->v, side->n));
	return o;
}

static json_t *quote_to_json(const struct finding *f)
{
	json_t *o;

	if (!f->quote)
		return json_null();
	o = json_object();
	json_set_str(o, "file", f->quote_file);
	json_set_str(o, "text", f->quote);
	return o;
}

static json_t *finding_to_json(const struct finding *f)
{
	json_t *o = json_object();

	json_set_str(o, "kind", review_finding_name(f->kind));
	json_set_str(o, "guest", f->guest);
	json_set_str(o, "filesystem", f->filesystem);
	json_set_str(o, "scenario", f->scenario);
	json_set_int(o, "patch", f->patch);
	json_set_exact(o, "message_id", f->message_id);
	json_set_str(o, "says", f->says);
	json_set_str(o, "contract", f->contract);
	json_object_set_new(o, "base", finding_side_to_json(&f->base));
	json_object_set_new(o, "patched", finding_side_to_json(&f->patched));
	json_set_int(o, "clean_patch", f->clean);
	json_set_int(o, "next_patch", f->next);
	json_set_int(o, "repaired_by", f->repaired_by);
	json_set_str(o, "promise", f->promise);
	json_object_set_new(o, "sources", json_from_strings(&f->sources));
	json_object_set_new(o, "also", json_from_strings(&f->also));
	json_object_set_new(o, "diagnostics",
			    diagnostics_to_json(&f->diagnostics));
	json_object_set_new(o, "quote", quote_to_json(f));
	json_set_str(o, "answer", f->answer);
	if (f->is_told)
		json_set_bool(o, "is_told", true);
	return o;
}

static json_t *variant_to_json(const struct pair_variant *v)
{
	json_t *o = json_object();

	json_set_int(o, "runs", v->runs);
	json_set_bool(o, "provoked", v->outcome.provoked);
	json_set_str(o, "how", v->outcome.how);
	json_object_set_new(o, "fields",
			    json_from_fields(v->outcome.v, v->outcome.n));
	return o;
}

static json_t *pair_side_to_json(const struct pair_side *side)
{
	AUTO(mem_free) char *losers = review_losers_name(side->losers);
	json_t *o = json_object();
	json_t *variants = json_array();

	json_set_int(o, "runs", side->runs);
	json_set_int(o, "provoked", side->provoked);
	json_set_str(o, "path", review_path_name(side->path));
	json_set_str(o, "loses", side->provoked ? losers : NULL);
	for (size_t i = 0; i < side->n; i++)
		json_array_append_new(variants, variant_to_json(&side->v[i]));
	json_object_set_new(o, "saw", variants);
	return o;
}

static json_t *pair_to_json(const struct review_pair *p)
{
	json_t *o = json_object();

	json_set_str(o, "guest", p->guest);
	json_set_str(o, "filesystem", p->filesystem);
	json_set_str(o, "scenario", p->scenario);
	json_set_str(o, "verdict", review_pair_name(p->verdict));
	json_set_str(o, "why", p->why);
	json_object_set_new(o, "base", pair_side_to_json(&p->base));
	json_object_set_new(o, "patched", pair_side_to_json(&p->patched));
	return o;
}

static json_t *environment_to_json(const struct review_environment *e)
{
	json_t *o = json_object();

	json_set_str(o, "kernel", e->kernel);
	json_set_str(o, "arch", e->arch);
	json_set_str(o, "compiler", e->compiler);
	json_set_str(o, "config", e->config);
	json_set_str(o, "guest", e->guest);
	return o;
}

/* {"apply_ms": 12, ...} */
static json_t *timing_to_json(const struct review *r)
{
	json_t *o = json_object();

	for (size_t i = 0; i < r->n_timing; i++) {
		AUTO(mem_free)
		char *key = xasprintf("%s_ms", r->timing[i].name);

		json_set_int(o, key, r->timing[i].ms);
	}
	return o;
}

static json_t *scenarios_to_json(const struct review *r)
{
	json_t *array = json_array();

	for (size_t i = 0; i < r->n_scenarios; i++) {
		json_t *o = json_object();

		json_set_str(o, "id", r->scenarios[i].id);
		json_set_str(o, "says", r->scenarios[i].says);
		json_array_append_new(array, o);
	}
	return array;
}

static json_t *person_to_json(const struct mail_person *p)
{
	json_t *o = json_object();

	json_set_exact(o, "name", p->name);
	json_set_exact(o, "addr", p->addr);
	return o;
}

static json_t *persons_to_json(const struct mail_persons *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(array, person_to_json(&list->v[i]));
	return array;
}

static json_t *references_to_json(const struct strings *ids)
{
	json_t *array = json_array();

	for (size_t i = 0; i < ids->n; i++)
		json_array_append_new(array, json_string(ids->v[i]));
	return array;
}

static json_t *mail_to_json(const struct review_mail *m)
{
	json_t *o = json_object();

	json_set_int(o, "n", m->n);
	json_set_exact(o, "message_id", m->message_id);
	json_set_exact(o, "subject", m->subject);
	json_object_set_new(o, "author", person_to_json(&m->author));
	json_object_set_new(o, "from", person_to_json(&m->from));
	json_object_set_new(o, "to", persons_to_json(&m->to));
	json_object_set_new(o, "cc", persons_to_json(&m->cc));
	json_set_exact(o, "list_id", m->list_id);
	if (m->wants_no_answer)
		json_set_bool(o, "wants_no_answer", true);
	if (m->is_automatic)
		json_set_bool(o, "is_automatic", true);
	json_set_exact(o, "in_reply_to", m->in_reply_to);
	json_object_set_new(o, "references",
			    references_to_json(&m->references));
	return o;
}

static json_t *mails_to_json(const struct review *r)
{
	json_t *array = json_array();

	for (size_t i = 0; i < r->n_mails; i++)
		json_array_append_new(array, mail_to_json(&r->mails[i]));
	return array;
}

static json_t *first_to_json(const struct review *r)
{
	json_t *o;

	if (r->first_ms == 0)
		return json_null();
	o = json_object();
	json_set_str(o, "verdict", review_verdict_name(r->first_verdict));
	json_set_int(o, "ms", r->first_ms);
	return o;
}

/* Only of a series of which an older version was answered. */
static json_t *delta_to_json(const struct review_delta *d)
{
	json_t *o = json_object();

	json_set_str(o, "since", d->since);
	json_set_str(o, "answer", d->answer);
	json_set_bool(o, "is_itself", d->is_itself);
	json_object_set_new(o, "fixed", json_from_strings(&d->fixed));
	json_object_set_new(o, "still", json_from_strings(&d->still));
	json_object_set_new(o, "new", json_from_strings(&d->fresh));
	json_object_set_new(o, "untried", json_from_strings(&d->untried));
	json_object_set_new(o, "skipped", json_from_strings(&d->skipped));
	return o;
}

json_t *json_from_review(const struct review *r)
{
	json_t *o = json_object();
	json_t *findings = json_array();
	json_t *outcomes = json_array();

	for (size_t i = 0; i < r->n_findings; i++)
		json_array_append_new(findings,
				      finding_to_json(&r->findings[i]));
	for (size_t i = 0; i < r->n_pairs; i++)
		json_array_append_new(outcomes, pair_to_json(&r->pairs[i]));
	json_set_str(o, "verdict", review_verdict_name(r->verdict));
	json_object_set_new(o, "first_verdict", first_to_json(r));
	json_set_bool(o, "base_kernel", r->is_base_kernel);
	json_object_set_new(o, "base", base_to_json(&r->base));
	json_object_set_new(o, "series", series_to_json(r));
	json_object_set_new(o, "findings", findings);
	json_object_set_new(o, "outcomes", outcomes);
	json_object_set_new(o, "timing", timing_to_json(r));
	json_set_str(o, "why", r->why);
	json_set_str(o, "help", r->help);
	json_object_set_new(o, "conflict", conflict_to_json(&r->conflict));
	json_object_set_new(o, "skipped", json_from_strings(&r->skipped));
	json_object_set_new(o, "environment",
			    environment_to_json(&r->environment));
	json_object_set_new(o, "scenarios", scenarios_to_json(r));
	json_object_set_new(o, "mails", mails_to_json(r));
	if (r->delta.since)
		json_object_set_new(o, "delta", delta_to_json(&r->delta));
	if (r->said.n)
		json_object_set_new(o, "said", json_from_strings(&r->said));
	if (r->soak.seconds)
		json_object_set_new(o, "soak", soak_json_from(&r->soak));
	return o;
}

json_t *json_from_soaked(const struct review *r)
{
	json_t *o = json_object();

	json_object_set_new(o, "base", base_to_json(&r->base));
	json_object_set_new(o, "series",
			    r->total ? series_to_json(r) : json_null());
	json_set_str(o, "why", r->why);
	json_object_set_new(o, "skipped", json_from_strings(&r->skipped));
	json_object_set_new(o, "environment",
			    environment_to_json(&r->environment));
	json_object_set_new(o, "timing", timing_to_json(r));
	json_object_set_new(o, "soak",
			    r->soak.seconds ? soak_json_from(&r->soak)
					    : json_null());
	return o;
}
