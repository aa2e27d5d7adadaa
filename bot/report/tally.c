/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/tally.h"

#include <string.h>

#include "bot/base/mem.h"
#include "bot/base/sink.h"
#include "bot/base/span.h"

#define MAX_REASON 34 /* bytes of a reason that are shown */

void tally_release(struct tally *t)
{
	for (size_t i = 0; i < t->n_asides; i++)
		free(t->asides[i].reason);
	free(t->asides);
	free(t->series);
	*t = (struct tally){ 0 };
}

static int compare(const void *a, const void *b)
{
	const int64_t *x = a;
	const int64_t *y = b;

	return (*x > *y) - (*x < *y);
}

static uint64_t count_series(const struct tally *t)
{
	AUTO(mem_free) int64_t *v = xcalloc(t->revisions + 1, sizeof(*v));
	uint64_t n = 0;

	for (uint64_t i = 0; i < t->revisions; i++)
		v[i] = t->series[i];
	qsort(v, t->revisions, sizeof(*v), compare);
	for (uint64_t i = 0; i < t->revisions; i++)
		n += i == 0 || v[i] != v[i - 1];
	return n;
}

static void add_aside(struct tally *t, const char *reason)
{
	struct span rest = span_cstr(reason ? reason : "no reason");
	struct span head = rest;

	if (!span_until(&rest, ':', &head))
		head = rest;
	for (size_t i = 0; i < t->n_asides; i++) {
		if (!span_is(head, t->asides[i].reason))
			continue;
		t->asides[i].n++;
		return;
	}
	t->asides =
		xreallocarray(t->asides, t->n_asides + 1, sizeof(*t->asides));
	t->asides[t->n_asides++] =
		(struct tally_aside){ .reason = span_dup(head), .n = 1 };
}

/* One that has a verdict, whether a kernel was run for it or not. */
static void add_judged(struct tally *t, bool applies,
		       const struct review *review)
{
	bool was_tried = applies && review && review->environment.kernel;

	t->unplaced += !applies;
	t->merged += applies && !was_tried;
	t->applied += was_tried;
	t->reviewed += was_tried;
	if (!was_tried)
		return;
	t->verdicts[review->verdict]++;
	for (size_t i = 0; i < review->n_findings; i++)
		t->findings[review->findings[i].kind]++;
}

void tally_add(struct tally *t, const struct revisions_row *row, bool applies,
	       const struct review *review)
{
	t->series =
		xreallocarray(t->series, t->revisions + 1, sizeof(*t->series));
	t->series[t->revisions++] = row->series;
	t->states[row->state]++;
	if (row->state == REVISIONS_ASIDE)
		add_aside(t, row->reason);
	if (row->state == REVISIONS_PLACED)
		t->applied++;
	if (row->state == REVISIONS_JUDGED || row->state == REVISIONS_DONE)
		add_judged(t, applies, review);
}

static void add_line(struct buf *out, unsigned indent, const char *what,
		     uint64_t n)
{
	buf_addf(out, "%*s%-*s%8llu", (int)indent, "", 40 - (int)indent, what,
		 (unsigned long long)n);
}

/* As add_line, ended by how much of @all that is. */
static void add_share(struct buf *out, unsigned indent, const char *what,
		      uint64_t n, uint64_t all)
{
	add_line(out, indent, what, n);
	if (all)
		buf_addf(out, "  %3.0f %%", 100.0 * (double)n / (double)all);
	buf_addc(out, '\n');
}

static void add_count(struct buf *out, unsigned indent, const char *what,
		      uint64_t n)
{
	add_share(out, indent, what, n, 0);
}

static void add_asides(struct buf *out, const struct tally *t)
{
	for (size_t i = 0; i < t->n_asides; i++) {
		AUTO(buf_release) struct buf reason = { 0 };
		const char *text = t->asides[i].reason;

		buf_init(&reason, 4 * MAX_REASON);
		sink_line(&reason, text, strnlen(text, MAX_REASON));
		add_count(out, 4, buf_text(&reason), t->asides[i].n);
	}
}

static void add_seen(struct buf *out, const struct tally *t, uint64_t whole)
{
	const uint64_t *in = t->states;

	add_count(out, 0, "series seen", count_series(t));
	add_count(out, 0, "revisions seen", t->revisions);
	add_count(out, 2, "superseded", in[REVISIONS_SUPERSEDED]);
	add_count(out, 2, "set aside", in[REVISIONS_ASIDE]);
	add_asides(out, t);
	add_count(out, 2, "incomplete",
		  in[REVISIONS_WAITING] + in[REVISIONS_INCOMPLETE]);
	add_share(out, 0, "assembled", whole,
		  whole + in[REVISIONS_WAITING] + in[REVISIONS_INCOMPLETE]);
}

void tally_print(struct buf *out, const struct tally *t)
{
	const uint64_t *in = t->states;
	uint64_t whole = in[REVISIONS_READY] + in[REVISIONS_PLACED] +
			 in[REVISIONS_JUDGED] + in[REVISIONS_DONE] +
			 in[REVISIONS_PARKED];

	add_seen(out, t, whole);
	add_share(out, 0, "applied", t->applied, whole);
	add_count(out, 2, "in a tree already", t->merged);
	add_count(out, 2, "do not apply", t->unplaced);
	add_count(out, 2, "not tried", in[REVISIONS_READY]);
	add_count(out, 2, "parked after an error", in[REVISIONS_PARKED]);
	add_share(out, 0, "reviewed", t->reviewed, t->applied);
	for (int i = 0; i < TALLY_VERDICTS; i++)
		if (t->verdicts[i])
			add_count(out, 2, review_verdict_name((enum verdict)i),
				  t->verdicts[i]);
	if (!t->reviewed)
		return;
	buf_adds(out, "findings\n");
	for (int i = 0; i < TALLY_FINDINGS; i++)
		add_count(out, 2, review_finding_name((enum finding_kind)i),
			  t->findings[i]);
}
