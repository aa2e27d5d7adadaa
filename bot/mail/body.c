/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * body.c - what a reply says
 *
 * The words and their order are those of config/replies/ (bot/mail/replies.h);
 * here is what stands in their fields. One screen for one finding: what got
 * worse in one sentence, the hunk, what the base did and what the patched
 * kernel does, the promise, how to see it.
 */
#include "bot/mail/body.h"

#include "bot/base/sink.h"
#include "bot/base/wrap.h"
#include "bot/mail/choice.h"
#include "bot/mail/fill.h"
#include "bot/mail/recipe.h"
#include "rules/counts.h"
#include "rules/delta.h"
#include "rules/fields.h"
#include "rules/question.h"
#include "rules/table.h"
#include "rules/tell.h"

#define WIDTH 72
#define MAX_DIAGNOSTICS 8
#define MAX_FURTHER_DIAGNOSTICS 2
#define MAX_ATTEMPTS 10
#define MAX_MISSING 20

static const struct wrap prose = { .width = WIDTH };
static const struct wrap item = { .width = WIDTH, .indent = 2, .hang = 2 };

/* The values of a template's fields, by their number; each may be NULL. */
struct values {
	char *v[TEMPLATE_MAX_FIELDS];
	bool overflow; /* one of them was cut */
};

static void values_release(struct values *values)
{
	for (size_t i = 0; i < TEMPLATE_MAX_FIELDS; i++)
		free(values->v[i]);
}
DEFINE_AUTO_VALUE(struct values, values_release)

/* Moves @text in, and leaves it ready for more. */
static void take(struct values *values, int field, struct buf *text)
{
	values->overflow |= text->overflow;
	if (text->len > 0)
		values->v[field] = buf_take(text);
	buf_release(text);
	buf_init(text, BODY_MAX_BYTES);
}

static void fill(struct buf *out, const struct body_spec *s, enum reply which,
		 const struct values *values)
{
	fill_write(out, s->replies->v[which], (const char *const *)values->v,
		   WIDTH);
	out->overflow |= values->overflow;
}

/* ---- of findings ---- */

/* "This patch" to who reads it under the patch, else "Patch 2/3". */
static char *who(const struct body_spec *s, const struct finding *f)
{
	AUTO(mem_free) char *patch = NULL;

	if (s->patch && f->patch == s->patch && f->patch == f->clean + 1)
		return xstrdup("this patch");
	patch = tell_patch(s->review, f);
	return xstrdup(patch);
}

static enum reply find_saying(enum finding_kind kind)
{
	switch (kind) {
	case FINDING_REGRESSION:
	case FINDING_FIXED:
		return REPLY_REGRESSION;
	case FINDING_BUILD:
		return REPLY_BUILD;
	case FINDING_UNCOVERED:
		return REPLY_UNCOVERED;
	case FINDING_CHANGED:
		return REPLY_CHANGED;
	case FINDING_WARNING:
		return REPLY_WARNING;
	case FINDING_QUESTION:
		return REPLY_QUESTION;
	case FINDING_REPAIRED:
		break;
	}
	return REPLY_REPAIRED;
}

static void add_sentence(struct buf *out, const struct body_spec *s,
			 const struct finding *f)
{
	AUTO(values_release) struct values values = { 0 };

	values.v[SAYING_PATCH] = who(s, f);
	values.v[SAYING_SAYS] = f->kind == FINDING_QUESTION
					? xstrdup(f->says)
					: tell_sentence(s->review, f);
	if (f->repaired_by)
		values.v[SAYING_MENDER] =
			xasprintf("%u/%u", f->repaired_by, s->review->total);
	fill(out, s, find_saying(f->kind), &values);
}

static void add_quoted(struct buf *out, const char *quote)
{
	for (const char *p = quote; *p;) {
		size_t len = strcspn(p, "\n");
		size_t shown = len > BODY_MAX_LINE ? BODY_MAX_LINE : len;

		buf_adds(out, "> ");
		sink_text(out, p, shown);
		buf_adds(out, shown < len ? "[...]\n" : "\n");
		p += len + (p[len] == '\n');
	}
}

static void add_hunk(struct buf *out, const char *file, const char *quote)
{
	if (!quote)
		return;
	buf_adds(out, "> +++ b/");
	sink_line(out, file, strlen(file));
	buf_addc(out, '\n');
	add_quoted(out, quote);
}

/*
 * What reading the very hunk makes one ask. A fault that a guest has shown is
 * the answer, and nothing is left to ask.
 */
static void add_questions(struct buf *out, const struct body_spec *s,
			  const struct finding *f)
{
	const struct review *r = s->review;

	if (question_is_answered_by(f))
		return;
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *q = &r->findings[i];

		if (q->kind != FINDING_QUESTION || !tell_is_first(r, i) ||
		    !question_is_same_hunk(q, f))
			continue;
		if (out->len > 0)
			buf_addc(out, '\n');
		add_sentence(out, s, q);
	}
}

static void take_proof(struct values *values, const struct body_spec *s,
		       const struct finding *f)
{
	const bool is_small = !f->base.path || table_is_small(s->review);
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, BODY_MAX_BYTES);
	if (is_small)
		tell_scenarios_of(&text, s->review, f, WIDTH);
	else
		table_scenario(&text, s->review, f->scenario, WIDTH);
	take(values, REPORT_TABLE, &text);
	fields_tell(&text, f, is_small ? NULL : s->review, WIDTH);
	take(values, REPORT_SIDES, &text);
	counts_tell(&text, s->review, f, WIDTH);
	take(values, REPORT_COUNTS, &text);
	tell_contract(&text, f, WIDTH);
	take(values, REPORT_PROMISE, &text);
}

static void take_first(struct values *values, const struct body_spec *s,
		       const struct finding *f)
{
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, BODY_MAX_BYTES);
	add_sentence(&text, s, f);
	take(values, REPORT_SENTENCE, &text);
	tell_diagnostics(&text, &f->diagnostics, MAX_DIAGNOSTICS);
	take(values, REPORT_DIAGNOSTICS, &text);
	add_hunk(&text, f->quote_file, f->quote);
	take(values, REPORT_HUNK, &text);
	add_questions(&text, s, f);
	take(values, REPORT_QUESTION, &text);
	take_proof(values, s, f);
}

static void add_further(struct buf *out, const struct body_spec *s,
			const struct finding *f)
{
	if (out->len > 0)
		buf_addc(out, '\n');
	add_sentence(out, s, f);
	if (f->diagnostics.n > 0)
		tell_diagnostics(out, &f->diagnostics, MAX_FURTHER_DIAGNOSTICS);
	counts_tell(out, s->review, f, WIDTH);
}

/* What may well be meant, in one sentence and a list. */
static void add_listed(struct buf *out, const struct body_spec *s,
		       const struct choice *choice)
{
	const struct review *r = s->review;
	AUTO(mem_free)
	const struct finding **list = xcalloc(choice->n + 1, sizeof(*list));
	AUTO(values_release) struct values values = { 0 };
	AUTO(buf_release) struct buf text = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < choice->n; i++)
		if (choice->v[i] == CHOICE_LISTED)
			list[n++] = &r->findings[i];
	if (n == 0)
		return;
	buf_init(&text, BODY_MAX_BYTES);
	counts_where(&text, list, n, &item);
	take(&values, LISTED_WHERE, &text);
	values.v[LISTED_SAYS] = tell_sentence(r, list[0]);
	if (out->len > 0)
		buf_addc(out, '\n');
	fill(out, s, REPLY_LISTED, &values);
}

static void take_findings(struct values *values, const struct body_spec *s)
{
	const struct review *r = s->review;
	AUTO(choice_release) struct choice choice = { 0 };
	AUTO(buf_release) struct buf further = { 0 };

	buf_init(&further, BODY_MAX_BYTES);
	choice_run(&choice, r);
	for (size_t i = 0; i < choice.n; i++) {
		if (choice.v[i] == CHOICE_FIRST)
			take_first(values, s, &r->findings[i]);
		else if (choice.v[i] == CHOICE_SHORT)
			add_further(&further, s, &r->findings[i]);
	}
	add_listed(&further, s, &choice);
	take(values, REPORT_FURTHER, &further);
	if (choice.more)
		values->v[REPORT_MORE] = xasprintf("%zu", choice.more);
}

/* ---- of the review ---- */

static void take_sum(struct values *values, const struct review *r)
{
	size_t same = 0, undone = 0;

	for (size_t i = 0; i < r->n_pairs; i++) {
		same += r->pairs[i].verdict == PAIR_SAME;
		undone += r->pairs[i].verdict < PAIR_SAME;
	}
	if (same == 0)
		return;
	values->v[REPORT_RUN] = xasprintf("%zu", r->n_pairs);
	values->v[REPORT_SAME] = xasprintf("%zu", same);
	if (undone)
		values->v[REPORT_UNDONE] = xasprintf("%zu", undone);
}

/* The first that is told, else one that was told of an older version. */
static const struct finding *find_pair(const struct review *r)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].filesystem && r->findings[i].scenario &&
		    choice_is_told(r, i))
			return &r->findings[i];
	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].filesystem && r->findings[i].scenario)
			return &r->findings[i];
	return NULL;
}

static bool is_fault(enum finding_kind kind)
{
	return kind == FINDING_REGRESSION || kind == FINDING_BUILD ||
	       kind == FINDING_WARNING;
}

/* Who has to mend something is told how to say so in a commit. */
static void take_trailers(struct values *values, const struct body_spec *s)
{
	const struct finding *f = choice_find_first(s->review);

	if (!f || !is_fault(f->kind))
		return;
	values->v[REPORT_REPORTER] = xstrdup(s->from);
	values->v[REPORT_ID] = xstrdup(s->message_id);
}

/* What changed since an older version, or this one, was answered. */
static void take_delta(struct values *values, int gone, int changes,
		       const struct body_spec *s)
{
	const struct review_delta *d = &s->review->delta;
	AUTO(values_release) struct values since = { 0 };
	AUTO(buf_release) struct buf text = { 0 };

	if (!d->since)
		return;
	if (delta_is_all_fixed(d) && !d->is_itself)
		values->v[gone] = xstrdup(d->since);
	buf_init(&text, BODY_MAX_BYTES);
	delta_list(&text, d, WIDTH);
	take(&since, SINCE_LINES, &text);
	since.v[SINCE_SINCE] =
		xstrdup(d->is_itself ? "this version" : d->since);
	if (d->is_itself)
		since.v[SINCE_AGAIN] = xstrdup(since.v[SINCE_SINCE]);
	since.v[SINCE_ANSWER] = xstrdup(d->answer);
	fill(&text, s, REPLY_SINCE, &since);
	take(values, changes, &text);
}

static void write_report(struct buf *out, const struct body_spec *s)
{
	const struct review *r = s->review;
	const struct finding *first = choice_find_first(r);
	AUTO(values_release) struct values values = { 0 };
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, BODY_MAX_BYTES);
	take_delta(&values, REPORT_GONE, REPORT_CHANGES, s);
	take_findings(&values, s);
	if (first || r->delta.still.n > 0)
		recipe_command(&text, r, find_pair(r), WIDTH);
	take(&values, REPORT_COMMAND, &text);
	recipe_base(&text, r);
	take(&values, REPORT_BASE, &text);
	take_sum(&values, r);
	tell_needs(&text, r, &item);
	take(&values, REPORT_NEEDS, &text);
	take_trailers(&values, s);
	fill(out, s,
	     first && first->kind == FINDING_BUILD ? REPLY_DOES_NOT_BUILD
						   : REPLY_REPORT,
	     &values);
}

/* ---- of a series that was not built ---- */

static void add_attempts(struct buf *out, const struct review *r)
{
	for (size_t i = 0; i < r->base.n_attempts && i < MAX_ATTEMPTS; i++) {
		const struct review_attempt *a = &r->base.attempts[i];

		wrap_addf(out, &item, "%s %.12s (%s), %u of %u blobs: %s",
			  a->tree, a->commit && *a->commit ? a->commit : "?",
			  a->how, a->blobs_matched, a->blobs_total,
			  a->applies ? "applies"
			  : a->why   ? a->why
				     : "does not apply");
	}
}

static void take_place(struct values *values, const struct review *r)
{
	const struct review_conflict *c = &r->conflict;

	if (c->patch && c->hunk && c->file) {
		values->v[CONFLICT_PATCH] =
			xasprintf("%u/%u", c->patch, r->total);
		values->v[CONFLICT_NUMBER] = xasprintf("%u", c->hunk);
		values->v[CONFLICT_FILE] = xstrdup(c->file);
	} else {
		values->v[CONFLICT_WHY] = xstrdup(c->why   ? c->why
						  : r->why ? r->why
							   : "no base");
	}
}

static void write_conflict(struct buf *out, const struct body_spec *s)
{
	const struct review *r = s->review;
	AUTO(values_release) struct values values = { 0 };
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, BODY_MAX_BYTES);
	take_delta(&values, CONFLICT_GONE, CONFLICT_CHANGES, s);
	take_place(&values, r);
	if (r->conflict.file)
		add_hunk(&text, r->conflict.file, r->conflict.quote);
	take(&values, CONFLICT_HUNK, &text);
	add_attempts(&text, r);
	take(&values, CONFLICT_TRIED, &text);
	tell_nearest(&text, r, &prose);
	take(&values, CONFLICT_NEAREST, &text);
	fill(out, s, REPLY_DOES_NOT_APPLY, &values);
}

static void write_incomplete(struct buf *out, const struct body_spec *s)
{
	const struct review *r = s->review;
	AUTO(values_release) struct values values = { 0 };
	AUTO(buf_release) struct buf list = { 0 };

	buf_init(&list, BODY_MAX_BYTES);
	take_delta(&values, INCOMPLETE_GONE, INCOMPLETE_CHANGES, s);
	for (size_t i = 0; i < r->missing.n && i < MAX_MISSING; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", r->missing.v[i]);
	take(&values, INCOMPLETE_MISSING, &list);
	fill(out, s, REPLY_INCOMPLETE, &values);
}

bool body_is_wanted(const struct review *r)
{
	if (r->verdict == VERDICT_DOES_NOT_APPLY && r->conflict.patch == 0)
		return false; /* we had no tree at all */
	if (r->verdict == VERDICT_COULD_NOT_TELL && r->missing.n == 0)
		return false; /* that is our trouble */
	if (r->delta.since)
		return delta_is_news(&r->delta);
	return r->verdict == VERDICT_DOES_NOT_APPLY || r->missing.n > 0 ||
	       choice_find_first(r);
}

void body_write(struct buf *out, const struct body_spec *s)
{
	if (s->review->verdict == VERDICT_DOES_NOT_APPLY)
		write_conflict(out, s);
	else if (s->review->missing.n > 0)
		write_incomplete(out, s);
	else
		write_report(out, s);
}
