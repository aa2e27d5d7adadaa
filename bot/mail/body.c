/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * body.c - what a reply says
 *
 * One screen for one finding: what got worse in one sentence, the hunk, what
 * the base did and what the patched kernel does, the promise, how to see it.
 * No praise, no guess at what was meant, no tag that a tool would pick up.
 */
#include "bot/mail/body.h"

#include "bot/base/sink.h"
#include "bot/base/wrap.h"
#include "rules/counts.h"
#include "rules/delta.h"
#include "rules/fields.h"
#include "rules/question.h"
#include "rules/table.h"
#include "rules/tell.h"

#define WIDTH 72
#define MAX_DIAGNOSTICS 8
#define MAX_FURTHER 5 /* findings after the first, told in short */
#define MAX_FURTHER_DIAGNOSTICS 2
#define SHORT_ID 12 /* digits of a commit that people quote */

static const struct wrap prose = { .width = WIDTH };
static const struct wrap item = { .width = WIDTH, .indent = 2, .hang = 2 };

/* "This patch" to who reads it under the patch, else "Patch 2/3". */
static char *who(const struct body_spec *s, const struct finding *f)
{
	AUTO(mem_free) char *patch = NULL;

	if (s->patch && f->patch == s->patch && f->patch == f->clean + 1)
		return xstrdup("this patch");
	patch = tell_patch(s->review, f);
	return xstrdup(patch);
}

static void add_question(struct buf *out, const struct finding *f)
{
	wrap_addf(out, &prose,
		  "From reading the code alone: %s. Is that meant?", f->says);
}

static void add_sentence(struct buf *out, const struct body_spec *s,
			 const struct finding *f)
{
	AUTO(mem_free) char *patch = who(s, f);
	AUTO(mem_free) char *says = tell_sentence(s->review, f);

	switch (f->kind) {
	case FINDING_REGRESSION:
		wrap_addf(out, &prose, "With %s, %s.", patch, says);
		break;
	case FINDING_BUILD:
		wrap_addf(out, &prose, "With %s, %s.", patch, says);
		break;
	case FINDING_UNCOVERED:
		wrap_addf(out, &prose,
			  "With %s, %s. The series does not bring this fault, "
			  "it only takes another path to it.",
			  patch, says);
		break;
	case FINDING_CHANGED:
		wrap_addf(out, &prose,
			  "With %s, %s. No promise that is known here is "
			  "broken by it, so it may well be intended.",
			  patch, says);
		break;
	case FINDING_WARNING:
		wrap_addf(out, &prose, "With %s, %s:", patch, says);
		break;
	case FINDING_QUESTION:
		add_question(out, f);
		break;
	case FINDING_REPAIRED:
		wrap_addf(out, &prose,
			  "From %s on, %s. Patch %u/%u mends it, so the series "
			  "as a whole is fine; a bisection that stops in "
			  "between is not.",
			  patch, says, f->repaired_by, s->review->total);
		break;
	case FINDING_FIXED:
		wrap_addf(out, &prose, "With %s, %s.", patch, says);
		break;
	}
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
	buf_adds(out, "\n> +++ b/");
	sink_line(out, file, strlen(file));
	buf_addc(out, '\n');
	add_quoted(out, quote);
}

/*
 * What reading the very hunk makes one ask. A fault that a guest has shown is
 * the answer, and nothing is left to ask.
 */
static void add_questions(struct buf *out, const struct review *r,
			  const struct finding *f)
{
	if (question_is_answered_by(f))
		return;
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *q = &r->findings[i];

		if (q->kind != FINDING_QUESTION || !tell_is_first(r, i) ||
		    !question_is_same_hunk(q, f))
			continue;
		buf_addc(out, '\n');
		add_question(out, q);
	}
}

/* Move @block to the end, an empty line before it, if there is something. */
static void add_block(struct buf *out, struct buf *block)
{
	if (block->len) {
		buf_addc(out, '\n');
		buf_add(out, block->data, block->len);
	}
	buf_release(block);
	buf_init(block, BODY_MAX_BYTES);
}

static void add_proof(struct buf *out, const struct body_spec *s,
		      const struct finding *f)
{
	AUTO(buf_release) struct buf block = { 0 };
	enum fields_kind kind = FIELDS_ALL;

	buf_init(&block, BODY_MAX_BYTES);
	if (f->base.path && !table_is_small(s->review)) {
		table_scenario(&block, s->review, f->scenario, WIDTH);
		kind = FIELDS_BESIDE_TABLE;
	} else {
		tell_scenarios_of(&block, s->review, f, WIDTH);
	}
	add_block(out, &block);
	fields_tell(&block, f, kind, WIDTH);
	counts_tell(&block, s->review, f, WIDTH);
	add_block(out, &block);
	tell_contract(&block, f, WIDTH);
	add_block(out, &block);
}

static void add_first(struct buf *out, const struct body_spec *s,
		      const struct finding *f)
{
	add_sentence(out, s, f);
	if (f->diagnostics.n > 0) {
		buf_addc(out, '\n');
		tell_diagnostics(out, &f->diagnostics, MAX_DIAGNOSTICS);
	}
	add_hunk(out, f->quote_file, f->quote);
	add_questions(out, s->review, f);
	add_proof(out, s, f);
}

static void add_further(struct buf *out, const struct body_spec *s,
			const struct finding *f)
{
	buf_addc(out, '\n');
	add_sentence(out, s, f);
	if (f->diagnostics.n > 0)
		tell_diagnostics(out, &f->diagnostics, MAX_FURTHER_DIAGNOSTICS);
	if (f->patched.runs > 0) {
		buf_addc(out, '\n');
		counts_tell(out, s->review, f, WIDTH);
	}
}

/*
 * What is fixed is no news that anybody has to act on; nor is a question. What
 * was told of an older version stands among what changed since.
 */
static bool is_told(const struct review *r, size_t at)
{
	const struct finding *f = &r->findings[at];

	return f->kind != FINDING_FIXED && f->kind != FINDING_QUESTION &&
	       !f->is_told && tell_is_first(r, at);
}

static const struct finding *find_told(const struct review *r)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (is_told(r, i))
			return &r->findings[i];
	return NULL;
}

static void add_findings(struct buf *out, const struct body_spec *s)
{
	const struct review *r = s->review;
	size_t told = 0;

	for (size_t i = 0; i < r->n_findings; i++) {
		if (!is_told(r, i))
			continue;
		if (told == 0)
			add_first(out, s, &r->findings[i]);
		else if (told <= MAX_FURTHER)
			add_further(out, s, &r->findings[i]);
		told++;
	}
	if (told > MAX_FURTHER + 1) {
		buf_addc(out, '\n');
		wrap_addf(out, &prose, "There are %zu more of this kind.",
			  told - MAX_FURTHER - 1);
	}
}

/* It may stand in a command that somebody pastes into a shell. */
static bool is_safe_word(const char *word)
{
	return *word && *word != '-' &&
	       strspn(word, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789.@_+=-") == strlen(word);
}

/* The first that is told, else one that was told of an older version. */
static const struct finding *find_pair(const struct review *r)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].filesystem && r->findings[i].scenario &&
		    is_told(r, i))
			return &r->findings[i];
	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].filesystem && r->findings[i].scenario)
			return &r->findings[i];
	return NULL;
}

/* "collider review --fs xfs --scenario C01 --base 3b1f2d4c5a69 -" */
static void add_review(struct buf *out, const struct review *r,
		       const struct finding *f)
{
	const bool is_piped = is_safe_word(r->message_id);
	AUTO(buf_release) struct buf what = { 0 };
	AUTO(buf_release) struct buf on = { 0 };

	buf_init(&what, BODY_MAX_BYTES);
	buf_init(&on, BODY_MAX_BYTES);
	if (is_piped)
		buf_addf(out, "  b4 mbox -o- %s |\n  ", r->message_id);
	buf_addf(&what, "  collider review");
	if (f)
		buf_addf(&what, " --fs %s --scenario %s", f->filesystem,
			 f->scenario);
	if (r->base.commit && *r->base.commit)
		buf_addf(&on, " --base %.*s", SHORT_ID, r->base.commit);
	buf_adds(&on, is_piped ? " -\n" : " MBOX\n");
	buf_add(out, what.data, what.len);
	if (2 + what.len + on.len > WIDTH)
		buf_adds(out, " \\\n     ");
	buf_add(out, on.data, on.len);
}

static void add_command(struct buf *out, const struct review *r)
{
	const struct finding *f = find_pair(r);

	buf_adds(out, "\nTo see it:\n");
	add_review(out, r, f);
	if (f)
		buf_addf(out,
			 "  collider reproduce %s --fs %s   # one C file, for "
			 "gcc -static\n",
			 f->scenario, f->filesystem);
}

/* "gcc 12.2.0" of "gcc (Debian 12.2.0-14) 12.2.0". */
static void add_compiler(struct buf *out, const char *compiler)
{
	const char *open = strstr(compiler, " (");
	const char *close = open ? strstr(open, ") ") : NULL;

	if (close)
		buf_addf(out, ", %.*s%s", (int)(open - compiler), compiler,
			 close + 1);
	else
		buf_addf(out, ", %s", compiler);
}

/* "Of 587 collisions 527 ended as on it; 37 did not come about." */
static void add_sum(struct buf *out, const struct review *r)
{
	size_t same = 0, undone = 0;

	for (size_t i = 0; i < r->n_pairs; i++) {
		same += r->pairs[i].verdict == PAIR_SAME;
		undone += r->pairs[i].verdict < PAIR_SAME;
	}
	if (same == 0)
		return;
	buf_addf(out, " Of %zu collisions %zu ended as on it", r->n_pairs,
		 same);
	if (undone)
		buf_addf(out, "; %zu did not come about", undone);
	buf_addc(out, '.');
}

static void add_base(struct buf *out, const struct review *r)
{
	const struct review_environment *e = &r->environment;
	AUTO(mem_free) char *base = tell_base(r);
	AUTO(buf_release) struct buf line = { 0 };

	buf_init(&line, BODY_MAX_BYTES);
	buf_addf(&line, "Base: %s", base);
	if (e->kernel)
		buf_addf(&line, ", kernel %s", e->kernel);
	if (e->guest)
		buf_addf(&line, ", %s", e->guest);
	if (e->compiler)
		add_compiler(&line, e->compiler);
	buf_addc(&line, '.');
	add_sum(&line, r);
	buf_addc(out, '\n');
	wrap_add(out, &prose, buf_text(&line));
	tell_needs(out, r, &item);
}

static bool is_fault(enum finding_kind kind)
{
	return kind == FINDING_REGRESSION || kind == FINDING_BUILD ||
	       kind == FINDING_WARNING;
}

/* Indented, so that no tool takes them off this mail. */
static void add_trailers(struct buf *out, const struct body_spec *s)
{
	const struct finding *f = find_told(s->review);

	if (!f || !is_fault(f->kind))
		return;
	buf_adds(out, "\nOnly for a fix that is a commit of its own:\n");
	buf_addf(out, "  Reported-by: %s\n", s->from);
	buf_addf(out, "  Closes: https://lore.kernel.org/r/%s\n",
		 s->message_id);
}

static void add_footer(struct buf *out)
{
	buf_adds(out, "\n-- \n");
	wrap_add(
		out, &prose,
		"This was found by a program. If it is wrong, answer: a person "
		"reads it.");
}

static void add_attempts(struct buf *out, const struct review *r)
{
	if (r->base.n_attempts == 0)
		return;
	buf_adds(out, "\nTried:\n");
	for (size_t i = 0; i < r->base.n_attempts && i < 10; i++) {
		const struct review_attempt *a = &r->base.attempts[i];

		wrap_addf(out, &item, "%s %.12s (%s), %u of %u blobs: %s",
			  a->tree, a->commit && *a->commit ? a->commit : "?",
			  a->how, a->blobs_matched, a->blobs_total,
			  a->applies ? "applies"
			  : a->why   ? a->why
				     : "does not apply");
	}
}

static void write_conflict(struct buf *out, const struct body_spec *s)
{
	const struct review *r = s->review;
	const struct review_conflict *c = &r->conflict;

	if (c->patch && c->hunk && c->file)
		wrap_addf(out, &prose,
			  "Patch %u/%u does not apply to what is known here: "
			  "hunk %u of %s. Nothing was built or run.",
			  c->patch, r->total, c->hunk, c->file);
	else
		wrap_addf(out, &prose,
			  "This does not apply to what is known here: %s. "
			  "Nothing was built or run.",
			  c->why   ? c->why
			  : r->why ? r->why
				   : "no base");
	if (c->file)
		add_hunk(out, c->file, c->quote);
	add_attempts(out, r);
	buf_addc(out, '\n');
	tell_nearest(out, r, &prose);
	wrap_add(out, &prose,
		 "A \"base-commit:\" line in the series (git format-patch "
		 "--base=auto) says which base is meant.");
	add_footer(out);
}

static void write_incomplete(struct buf *out, const struct review *r)
{
	AUTO(buf_release) struct buf list = { 0 };

	buf_init(&list, BODY_MAX_BYTES);
	for (size_t i = 0; i < r->missing.n && i < 20; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", r->missing.v[i]);
	wrap_addf(out, &prose,
		  "Of this series, %s did not arrive here, so nothing was "
		  "applied, built or run.",
		  buf_text(&list));
	add_footer(out);
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
	       find_told(r);
}

/* What changed since an older version was answered. */
static void add_delta(struct buf *out, const struct review *r)
{
	const struct review_delta *d = &r->delta;

	if (!d->since)
		return;
	if (delta_is_all_fixed(d)) {
		wrap_addf(out, &prose,
			  "Nothing that was told of %s is seen any more.",
			  d->since);
		buf_addc(out, '\n');
	}
	delta_tell(out, d, WIDTH);
	if (find_told(r))
		buf_addc(out, '\n');
}

void body_write(struct buf *out, const struct body_spec *s)
{
	const struct review *r = s->review;

	add_delta(out, r);
	if (r->verdict == VERDICT_DOES_NOT_APPLY) {
		write_conflict(out, s);
		return;
	}
	if (r->missing.n > 0) {
		write_incomplete(out, r);
		return;
	}
	add_findings(out, s);
	if (find_told(r) || r->delta.still.n > 0)
		add_command(out, r);
	add_base(out, r);
	add_trailers(out, s);
	add_footer(out);
}
