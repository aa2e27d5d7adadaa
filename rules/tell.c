/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/tell.h"

#include "bot/base/sink.h"
#include "rules/cause.h"
#include "rules/question.h"

#define LINE_MAX_BYTES 8000 /* of a string that is made here */
#define CELL_COLUMNS 15
#define SHORT_ID 12 /* digits of a commit that people quote */

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool tell_is_first(const struct review *r, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (cause_is_same(&r->findings[i], &r->findings[at]))
			return false;
	return true;
}

static char *join(const struct strings *list)
{
	struct buf out;

	buf_init(&out, LINE_MAX_BYTES);
	for (size_t i = 0; i < list->n; i++)
		buf_addf(&out, "%s%s",
			 i == 0		    ? ""
			 : i + 1 == list->n ? " and "
					    : ", ",
			 list->v[i]);
	return buf_take(&out);
}

char *tell_place(const char *filesystem, const char *guest)
{
	if (!guest || strcmp(guest, "uml") == 0)
		return xstrdup(filesystem);
	return xasprintf("%s/%s", filesystem, guest);
}

static void push_place(struct strings *places, const char *filesystem,
		       const char *guest)
{
	char *place = tell_place(filesystem, guest);

	if (strings_has(places, place))
		free(place);
	else
		strings_push_take(places, place);
}

char *tell_filesystems(const struct review *r, const struct finding *f)
{
	AUTO(strings_release) struct strings names = { 0 };

	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *other = &r->findings[i];

		if (other->filesystem && cause_is_same(other, f))
			push_place(&names, other->filesystem, other->guest);
	}
	return join(&names);
}

char *tell_patch(const struct review *r, const struct finding *f)
{
	if (f->patch == f->clean + 1)
		return xasprintf("patch %u/%u", f->patch, r->total);
	return xasprintf("one of the patches %u to %u", f->clean + 1, f->patch);
}

char *tell_sentence(const struct review *r, const struct finding *f)
{
	AUTO(mem_free) char *where = tell_filesystems(r, f);
	AUTO(mem_free) char *says = cause_says(r, f);

	/* A build or a guest that ends is no filesystem's matter. */
	if (!*where || !f->base.path)
		return TAKE(says);
	return xasprintf("on %s, %s%s", where,
			 f->kind == FINDING_UNCOVERED
				 ? "a fault that the base has elsewhere shows "
				   "where it did not: "
				 : "",
			 says);
}

/* A guest showed a fault of the very hunk. */
static bool is_answered(const struct review *r, const struct finding *question)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (question_is_answered_by(&r->findings[i]) &&
		    question_is_same_hunk(&r->findings[i], question))
			return true;
	return false;
}

char *tell_question(const struct review *r, const struct finding *f)
{
	return xasprintf("%s%s%s%s (%s)", f->quote_file ? f->quote_file : "",
			 f->quote_file ? ": " : "", f->says,
			 is_answered(r, f) ? "" : ". Is that meant?",
			 f->answer ? f->answer : "nothing was run");
}

static const struct finding *find_kind(const struct review *r,
				       enum finding_kind kind)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].kind == kind)
			return &r->findings[i];
	return NULL;
}

static void add_kind(struct buf *out, const struct review *r,
		     enum finding_kind kind)
{
	const struct finding *f = find_kind(r, kind);
	AUTO(mem_free) char *says = f ? tell_sentence(r, f) : NULL;

	if (f)
		buf_adds(out, says);
}

static void add_conflict(struct buf *out, const struct review *r)
{
	const struct review_conflict *c = &r->conflict;

	if (c->patch == 0) {
		buf_adds(out, r->why ? r->why : "no base was found");
		return;
	}
	buf_addf(out, "patch %u/%u", c->patch, r->total);
	if (c->file)
		buf_addf(out, ", %s", c->file);
	if (c->hunk)
		buf_addf(out, ", hunk %u", c->hunk);
}

static void add_same(struct buf *out, const struct review *r)
{
	const struct finding *mended = find_kind(r, FINDING_REPAIRED);
	const struct finding *warning = find_kind(r, FINDING_WARNING);
	size_t same = 0;

	for (size_t i = 0; i < r->n_pairs; i++)
		same += r->pairs[i].verdict == PAIR_SAME;
	if (r->is_base_kernel)
		buf_adds(out, "the kernel is that of the base, byte for byte: "
			      "no guest was run");
	else
		buf_addf(out,
			 "%zu of %zu collisions end as they do on the base",
			 same, r->n_pairs);
	if (mended)
		buf_addf(out, "; what patch %u breaks, patch %u mends",
			 mended->patch, mended->repaired_by);
	if (warning)
		buf_addf(out, "; %s", warning->says);
}

static void add_build(struct buf *out, const struct review *r)
{
	const struct finding *f = find_kind(r, FINDING_BUILD);
	AUTO(mem_free) char *patch = f ? tell_patch(r, f) : NULL;

	if (!f)
		buf_adds(out, r->why ? r->why : "the build is broken");
	else if (f->diagnostics.n > 0)
		buf_addf(out, "%s: %s:%u: %s", patch, f->diagnostics.v[0].file,
			 f->diagnostics.v[0].line, f->diagnostics.v[0].text);
	else
		buf_addf(out, "%s: %s", patch, f->says);
}

char *tell_verdict(const struct review *r)
{
	struct buf out;

	buf_init(&out, LINE_MAX_BYTES);
	buf_addf(&out, "%s: ", review_verdict_name(r->verdict));
	switch (r->verdict) {
	case VERDICT_COULD_NOT_TELL:
		buf_adds(&out, r->why ? r->why : "nothing was run");
		break;
	case VERDICT_SAME:
		add_same(&out, r);
		break;
	case VERDICT_FIXED:
		add_kind(&out, r, FINDING_FIXED);
		break;
	case VERDICT_CHANGED:
		add_kind(&out, r,
			 find_kind(r, FINDING_UNCOVERED) ? FINDING_UNCOVERED
							 : FINDING_CHANGED);
		break;
	case VERDICT_REGRESSION:
		add_kind(&out, r, FINDING_REGRESSION);
		break;
	case VERDICT_DOES_NOT_APPLY:
		add_conflict(&out, r);
		break;
	case VERDICT_DOES_NOT_BUILD:
		add_build(&out, r);
		break;
	}
	return buf_take(&out);
}

char *tell_base(const struct review *r)
{
	static const struct {
		const char *how;
		const char *says;
	} ways[] = {
		{ "--base", "as asked for" },
		{ "base-commit", "its base-commit" },
		{ "blobs", "it has the blobs of the index lines" },
		{ "tip", "the tip" },
	};
	const char *how = r->base.how ? r->base.how : "";

	if (!r->base.commit)
		return xstrdup("none");
	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		if (strcmp(how, ways[i].how) == 0)
			how = ways[i].says;
	return xasprintf("%.*s in %s (%s)", SHORT_ID, r->base.commit,
			 r->base.tree ? r->base.tree : "?", how);
}

void tell_needs(struct buf *out, const struct review *r, const struct wrap *w)
{
	for (size_t i = 0; i < r->base.n_prerequisites; i++) {
		const struct review_prerequisite *p = &r->base.prerequisites[i];
		const char *subject = p->subject ? p->subject : "?";

		if (p->commit)
			wrap_addf(out, w, "on top: \"%s\", %u patch%s (%s %s)",
				  subject, p->patches,
				  p->patches == 1 ? "" : "es", p->kind,
				  p->value);
		else
			wrap_addf(out, w, "not on top: %s %s, \"%s\": %s",
				  p->kind, p->value, subject,
				  p->why ? p->why : "nothing was applied");
	}
}

/* "fs/a.c:f" as "f() in fs/a.c"; the rest as it is. */
static char *say_source(const char *source)
{
	const char *colon = strchr(source, ':');

	if (*source == '<' || !colon || strchr(source, ' '))
		return xstrdup(source);
	return xasprintf("%s() in %.*s", colon + 1, (int)(colon - source),
			 source);
}

void tell_contract(struct buf *out, const struct finding *f, unsigned width)
{
	const struct wrap says = { .width = width, .indent = 2 };
	const struct wrap item = { .width = width, .indent = 4, .hang = 2 };

	if (!f->contract)
		return;
	wrap_addf(out, &says, "Promised (%s): %s.", f->contract, f->promise);
	for (size_t i = 0; i < f->sources.n; i++) {
		AUTO(mem_free) char *source = say_source(f->sources.v[i]);

		wrap_add(out, &item, source);
	}
}

void tell_diagnostics(struct buf *out, const struct review_diagnostics *list,
		      size_t max)
{
	for (size_t i = 0; i < list->n && i < max; i++) {
		const struct review_diagnostic *d = &list->v[i];
		AUTO(mem_free) char *line = NULL;

		line = xasprintf("%.120s:%u:%u: %.240s", d->file, d->line,
				 d->column, d->text);
		buf_adds(out, "    ");
		sink_line(out, line, strlen(line));
		buf_addc(out, '\n');
	}
	if (list->n > max)
		buf_addf(out, "    and %zu more\n", list->n - max);
}

static void list_pairs(struct strings *places, struct strings *scenarios,
		       const struct review *r)
{
	for (size_t i = 0; i < r->n_pairs; i++) {
		const struct review_pair *p = &r->pairs[i];

		push_place(places, p->filesystem, p->guest);
		if (!strings_has(scenarios, p->scenario))
			strings_push(scenarios, p->scenario);
	}
}

static const char *name_pair(const struct review *r, const char *place,
			     const char *scenario)
{
	for (size_t i = 0; i < r->n_pairs; i++) {
		const struct review_pair *p = &r->pairs[i];
		AUTO(mem_free)
		char *its = tell_place(p->filesystem, p->guest);

		if (strcmp(its, place) == 0 &&
		    strcmp(p->scenario, scenario) == 0)
			return review_pair_name(p->verdict);
	}
	return "-";
}

/* The columns of some filesystems; "-" where a scenario cannot be. */
static void add_matrix(struct buf *out, const struct review *r,
		       const struct strings *places,
		       const struct strings *scenarios)
{
	for (size_t row = 0; row <= scenarios->n; row++) {
		const char *id = row ? scenarios->v[row - 1] : "";

		buf_adds(out, "  ");
		sink_column(out, id, 8);
		for (size_t i = 0; i < places->n; i++) {
			const char *at = places->v[i];

			sink_column(out, row ? name_pair(r, at, id) : at,
				    i + 1 < places->n ? CELL_COLUMNS : 0);
		}
		buf_addc(out, '\n');
	}
}

void tell_matrix(struct buf *out, const struct review *r, unsigned width)
{
	AUTO(strings_release) struct strings places = { 0 };
	AUTO(strings_release) struct strings scenarios = { 0 };
	size_t at_once = (width - 10) / CELL_COLUMNS;

	list_pairs(&places, &scenarios, r);
	for (size_t from = 0; from < places.n; from += at_once) {
		size_t left = places.n - from;
		const struct strings some = { places.v + from,
					      left < at_once ? left : at_once };

		add_matrix(out, r, &some, &scenarios);
	}
}

/* Some finding is about @scenario; alike @f, unless that is NULL. */
static bool is_found_in(const struct review *r, const char *scenario,
			const struct finding *f)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (is_same(r->findings[i].scenario, scenario) &&
		    (!f || cause_is_same(&r->findings[i], f)))
			return true;
	return false;
}

void tell_scenarios_of(struct buf *out, const struct review *r,
		       const struct finding *f, unsigned width)
{
	const struct wrap w = { .width = width, .indent = 2, .hang = 2 };

	for (size_t i = 0; i < r->n_scenarios; i++)
		if (is_found_in(r, r->scenarios[i].id, f))
			wrap_addf(out, &w, "%s: %s.", r->scenarios[i].id,
				  r->scenarios[i].says);
}

void tell_scenarios(struct buf *out, const struct review *r, unsigned width)
{
	tell_scenarios_of(out, r, NULL, width);
}

void tell_nearest(struct buf *out, const struct review *r, const struct wrap *w)
{
	const struct review_attempt *near = review_find_nearest(r);

	if (!near || !near->commit)
		return;
	wrap_addf(out, w,
		  "The nearest base that is known here is %.*s in %s: it has "
		  "%u of %u blobs of the index lines.",
		  SHORT_ID, near->commit, near->tree, near->blobs_matched,
		  near->blobs_total);
}
