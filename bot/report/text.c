/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/text.h"

#include "bot/base/sink.h"
#include "bot/base/wrap.h"
#include "rules/counts.h"
#include "rules/delta.h"
#include "rules/fields.h"
#include "rules/table.h"
#include "rules/tell.h"

#define WIDTH 78
#define MAX_DIAGNOSTICS 20
#define MAX_TABLES 6	      /* scenarios with a table of their own */
#define MAX_PAIRS_BYTES 64000 /* names of all pairs */
#define MAX_FINDINGS 20	      /* told at length; the matrix has them all */
#define MAX_QUESTIONS 8
#define MAX_SAID 20

static const struct wrap prose = { .width = WIDTH, .indent = 2 };
static const struct wrap listed = { .width = WIDTH, .indent = 2, .hang = 4 };

static void add_verdict(struct buf *out, const struct review *r)
{
	static const struct wrap w = { .width = WIDTH, .hang = 2 };
	AUTO(mem_free) char *verdict = tell_verdict(r);

	wrap_add(out, &w, verdict);
}

static void add_patch(struct buf *out, const struct review *r,
		      const struct review_patch *p)
{
	if (p->is_missing) {
		wrap_addf(out, &listed, "%u/%u is missing", p->n, r->total);
		return;
	}
	if (p->how && strcmp(p->how, "strict") != 0)
		wrap_addf(out, &listed, "%u/%u %s (applied: %s)", p->n,
			  r->total, p->subject, p->how);
	else
		wrap_addf(out, &listed, "%u/%u %s", p->n, r->total, p->subject);
}

static void add_series(struct buf *out, const struct review *r)
{
	static const struct wrap w = { .width = WIDTH, .hang = 2 };

	if (!r->subject)
		return;
	buf_addc(out, '\n');
	if (r->version > 1)
		wrap_addf(out, &w, "%s (v%u)", r->subject, r->version);
	else
		wrap_addf(out, &w, "%s", r->subject);
	if (r->n_patches > 1)
		for (size_t i = 0; i < r->n_patches; i++)
			add_patch(out, r, &r->patches[i]);
}

static bool is_same_quote(const struct finding *a, const struct finding *b)
{
	return b && b->quote && strcmp(a->quote, b->quote) == 0 &&
	       strcmp(a->quote_file, b->quote_file) == 0;
}

/* The lines of a hunk as they are, each made harmless; once. */
static void add_quote(struct buf *out, const struct finding *f,
		      const struct finding *above)
{
	if (!f->quote)
		return;
	if (is_same_quote(f, above)) {
		wrap_addf(out, &prose, "By the hunk above, of %s.",
			  f->quote_file);
		return;
	}
	buf_adds(out, "\n    ");
	sink_line(out, f->quote_file, strlen(f->quote_file));
	buf_adds(out, "\n");
	for (const char *p = f->quote; *p;) {
		size_t len = strcspn(p, "\n");

		buf_adds(out, "    ");
		sink_text(out, p, len);
		buf_addc(out, '\n');
		p += len + (p[len] == '\n');
	}
}

static void add_finding(struct buf *out, const struct review *r,
			const struct finding *f, const struct finding *above)
{
	AUTO(mem_free) char *patch = tell_patch(r, f);
	AUTO(mem_free) char *says = tell_sentence(r, f);

	buf_addc(out, '\n');
	wrap_addf(out, &(struct wrap){ .width = WIDTH, .hang = 2 },
		  "%s, %s: %s", review_finding_name(f->kind), patch, says);
	if (f->repaired_by)
		wrap_addf(out, &prose,
			  "Mended by patch %u/%u: no regression "
			  "of the series, but a bisection stops "
			  "between the two.",
			  f->repaired_by, r->total);
	buf_addc(out, '\n');
	counts_tell(out, r, f, WIDTH);
	if (f->base.n > 0) {
		buf_addc(out, '\n');
		fields_tell(out, f, NULL, WIDTH);
	}
	tell_diagnostics(out, &f->diagnostics, MAX_DIAGNOSTICS);
	if (f->contract) {
		buf_addc(out, '\n');
		tell_contract(out, f, WIDTH);
	}
	add_quote(out, f, above);
	if (f->filesystem && f->scenario)
		wrap_addf(out, &prose,
			  "As a C program that stands alone: collider "
			  "reproduce %s --fs %s",
			  f->scenario, f->filesystem);
}

static void add_question(struct buf *out, const struct review *r,
			 const struct finding *f)
{
	AUTO(mem_free) char *patch = tell_patch(r, f);
	AUTO(mem_free) char *question = tell_question(r, f);

	buf_addc(out, '\n');
	wrap_addf(out, &(struct wrap){ .width = WIDTH, .hang = 2 },
		  "%s, %s: %s", review_finding_name(f->kind), patch, question);
	tell_contract(out, f, WIDTH);
}

static void add_questions(struct buf *out, const struct review *r)
{
	size_t told = 0;

	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].kind == FINDING_QUESTION &&
		    tell_is_first(r, i) && told++ < MAX_QUESTIONS)
			add_question(out, r, &r->findings[i]);
	if (told > MAX_QUESTIONS)
		wrap_addf(out, &prose, "and %zu more questions",
			  told - MAX_QUESTIONS);
}

static void add_findings(struct buf *out, const struct review *r)
{
	const struct finding *above = NULL;
	size_t told = 0;

	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];

		if (f->kind == FINDING_QUESTION || !tell_is_first(r, i) ||
		    told++ >= MAX_FINDINGS)
			continue;
		add_finding(out, r, f, above);
		above = f;
	}
	if (told > MAX_FINDINGS)
		wrap_addf(out, &prose, "and %zu more; --json has them all",
			  told - MAX_FINDINGS);
}

static void add_conflict(struct buf *out, const struct review *r)
{
	if (r->verdict != VERDICT_DOES_NOT_APPLY)
		return;
	buf_addc(out, '\n');
	if (r->conflict.why)
		wrap_addf(out, &prose, "%s", r->conflict.why);
	if (!r->help) /* which names it else */
		tell_nearest(out, r, &prose);
}

static bool is_all_same(const struct review *r)
{
	for (size_t i = 0; i < r->n_pairs; i++)
		if (r->pairs[i].verdict != PAIR_SAME)
			return false;
	return true;
}

static bool is_same_place(const struct review_pair *a,
			  const struct review_pair *b)
{
	return strcmp(a->filesystem, b->filesystem) == 0 &&
	       (!a->guest || strcmp(a->guest, b->guest) == 0);
}

/* "xfs, ext4, btrfs: C01 C02w ..., 3 runs each" */
static void add_plan(struct buf *out, const struct review *r)
{
	AUTO(buf_release) struct buf line = { 0 };
	const struct review_pair *first = &r->pairs[0];

	buf_init(&line, 8000);
	for (size_t i = 0; i < r->n_pairs; i++) {
		const struct review_pair *p = &r->pairs[i];
		AUTO(mem_free)
		char *place = tell_place(p->filesystem, p->guest);

		if (i == 0 || !is_same_place(p, &r->pairs[i - 1]))
			buf_addf(&line, "%s%s", i ? ", " : "", place);
	}
	buf_addc(&line, ':');
	for (size_t i = 0; i < r->n_pairs; i++)
		if (is_same_place(&r->pairs[i], first))
			buf_addf(&line, " %s", r->pairs[i].scenario);
	buf_addf(&line, "; %u runs each", r->pairs[0].base.runs);
	wrap_add(out, &listed, buf_text(&line));
}

/* A build that is broken, or a guest that ended, is told already. */
static bool is_nothing_run(const struct review *r)
{
	for (size_t i = 0; i < r->n_pairs; i++)
		if (r->pairs[i].verdict != PAIR_COULD_NOT_RUN)
			return false;
	return r->n_findings > 0 || r->n_pairs == 0;
}

static void add_pairs(struct buf *out, const struct review *r, bool whole)
{
	size_t before;

	if (is_nothing_run(r))
		return;
	buf_addc(out, '\n');
	if (is_all_same(r) && table_is_small(r)) {
		add_plan(out, r);
		return;
	}
	if (whole || table_is_small(r)) {
		tell_matrix(out, r, WIDTH);
		tell_scenarios(out, r, WIDTH);
		return;
	}
	before = out->len;
	table_changed(out, r, MAX_TABLES, WIDTH);
	if (out->len > before)
		buf_addc(out, '\n');
	table_sum(out, r, WIDTH);
}

static void add_provoked(struct buf *out, const struct review_pair *p)
{
	AUTO(mem_free) char *place = tell_place(p->filesystem, p->guest);

	if (p->base.provoked == p->base.runs &&
	    p->patched.provoked == p->patched.runs)
		return;
	wrap_addf(out, &listed,
		  "%s on %s collided in %u of %u runs of the base, and in %u "
		  "of %u with the series",
		  p->scenario, place, p->base.provoked, p->base.runs,
		  p->patched.provoked, p->patched.runs);
}

static bool is_same_reason(const struct review_pair *a,
			   const struct review_pair *b)
{
	return a->why && b->why && a->verdict == b->verdict &&
	       strcmp(a->why, b->why) == 0;
}

static bool is_told_before(const struct review *r, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_same_reason(&r->pairs[i], &r->pairs[at]))
			return true;
	return false;
}

static size_t count_reason(const struct review *r, size_t at)
{
	size_t n = 0;

	for (size_t i = at; i < r->n_pairs; i++)
		n += is_same_reason(&r->pairs[i], &r->pairs[at]);
	return n;
}

/* " on xfs" */
static void add_place(struct buf *out, const struct review_pair *p)
{
	AUTO(mem_free) char *place = tell_place(p->filesystem, p->guest);

	buf_addf(out, " on %s", place);
}

/*
 * "C19 C28 on ext4, C19 on f2fs not provoked: on the base: it was not held".
 * What did not collide is named, all of it; what a guest that ended early owes
 * is counted.
 */
static void add_reason(struct buf *out, const struct review *r, size_t at)
{
	const struct review_pair *p = &r->pairs[at];
	const bool is_named = p->verdict == PAIR_NOT_PROVOKED;
	const struct review_pair *last = p;
	AUTO(buf_release) struct buf pairs = { 0 };
	size_t n = count_reason(r, at);

	buf_init(&pairs, MAX_PAIRS_BYTES);
	buf_adds(&pairs, p->scenario);
	for (size_t i = at + 1; is_named && i < r->n_pairs; i++) {
		const struct review_pair *other = &r->pairs[i];

		if (!is_same_reason(other, p))
			continue;
		if (!is_same_place(other, last)) {
			add_place(&pairs, last);
			buf_addc(&pairs, ',');
		}
		buf_addf(&pairs, " %s", other->scenario);
		last = other;
	}
	add_place(&pairs, last);
	if (!is_named && n > 1)
		buf_addf(&pairs, " and %zu more", n - 1);
	wrap_addf(out, &listed, "%s %s: %s", buf_text(&pairs),
		  review_pair_name(p->verdict), p->why);
}

/* What was not done, and why; a reason that many pairs share, once. */
static void add_undone(struct buf *out, const struct review *r)
{
	for (size_t i = 0; i < r->n_pairs && !is_nothing_run(r); i++) {
		const struct review_pair *p = &r->pairs[i];

		if (p->verdict >= PAIR_SAME)
			add_provoked(out, p);
		if (p->why && !is_told_before(r, i))
			add_reason(out, r, i);
	}
	for (size_t i = 0; i < r->skipped.n; i++)
		wrap_addf(out, &listed, "left out: %s", r->skipped.v[i]);
}

static void add_attempts(struct buf *out, const struct review *r)
{
	AUTO(mem_free) char *base = tell_base(r);

	wrap_addf(out, &listed, "base: %s", base);
	tell_needs(out, r, &listed);
	for (size_t i = 0; i < r->base.n_attempts; i++) {
		const struct review_attempt *a = &r->base.attempts[i];

		if (a->applies)
			continue;
		wrap_addf(out, &listed,
			  "tried: %s %.12s by %s, %u of %u blobs: %s", a->tree,
			  a->commit && *a->commit ? a->commit : "(not found)",
			  a->how, a->blobs_matched, a->blobs_total,
			  a->why ? a->why : "does not apply");
	}
}

/* "built: 3 of 3 patches, 1 new warning" */
static void add_builds(struct buf *out, const struct review *r)
{
	size_t n_built = 0;
	size_t n_warnings = 0;

	for (size_t i = 0; i < r->n_patches; i++) {
		n_built += r->patches[i].build == REVIEW_BUILD_OK;
		n_warnings += r->patches[i].new_warnings.n;
	}
	if (r->base.commit)
		wrap_addf(out, &listed, "built: %zu of %zu, %zu new warning%s",
			  n_built, r->n_patches, n_warnings,
			  n_warnings == 1 ? "" : "s");
}

static void add_environment(struct buf *out, const struct review *r)
{
	const struct review_environment *e = &r->environment;
	const struct {
		const char *name;
		const char *value;
		int max; /* bytes shown */
	} parts[] = {
		{ "kernel ", e->kernel, 100 },
		{ "", e->guest, 200 },
		{ "", e->compiler, 200 },
		{ "config ", e->config, 12 },
	};
	AUTO(buf_release) struct buf line = { 0 };

	buf_init(&line, 4000);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (parts[i].value)
			buf_addf(&line, "%s%s%.*s", line.len ? ", " : "",
				 parts[i].name, parts[i].max, parts[i].value);
	if (line.len)
		wrap_addf(out, &listed, "with: %s", buf_text(&line));
}

static void add_timing(struct buf *out, const struct review *r)
{
	AUTO(buf_release) struct buf line = { 0 };

	buf_init(&line, 4000);
	for (size_t i = 0; i < r->n_timing; i++)
		buf_addf(&line, "%s%s %.1f s", i ? ", " : "", r->timing[i].name,
			 (double)r->timing[i].ms / 1000);
	if (line.len)
		wrap_addf(out, &listed, "time: %s", buf_text(&line));
}

static void add_said(struct buf *out, const struct review *r)
{
	buf_adds(out, r->said.n > 0 ? "\nsaid of it before:\n" : "");
	for (size_t i = 0; i < r->said.n && i < MAX_SAID; i++)
		wrap_add(out, &listed, r->said.v[i]);
	if (r->said.n > MAX_SAID)
		wrap_addf(out, &listed, "and %zu more", r->said.n - MAX_SAID);
}

void text_from_review(struct buf *out, const struct review *r, bool whole)
{
	add_verdict(out, r);
	add_series(out, r);
	add_conflict(out, r);
	if (r->delta.since) {
		buf_addc(out, '\n');
		delta_tell(out, &r->delta, WIDTH);
	}
	add_said(out, r);
	add_findings(out, r);
	add_questions(out, r);
	add_pairs(out, r, whole);
	add_undone(out, r);
	buf_addc(out, '\n');
	add_attempts(out, r);
	add_builds(out, r);
	add_environment(out, r);
	add_timing(out, r);
	if (r->help)
		wrap_addf(out, &listed, "what would help: %s", r->help);
}
