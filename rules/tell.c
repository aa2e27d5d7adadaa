/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/tell.h"

#include "bot/base/sink.h"

#define LINE_MAX_BYTES 8000 /* of a string that is made here */
#define LABEL_COLUMNS 16
#define CELL_COLUMNS 15
#define MAX_COUNT_ROWS 8 /* more are told as prose */
#define SHORT_ID 12	 /* digits of a commit that people quote */

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_alike(const struct finding *a, const struct finding *b)
{
	return a->kind == b->kind && a->patch == b->patch &&
	       a->clean == b->clean && a->is_told == b->is_told &&
	       is_same(a->says, b->says);
}

bool tell_is_first(const struct review *r, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_alike(&r->findings[i], &r->findings[at]))
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

		if (other->filesystem && is_alike(other, f))
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

	/* A build or a guest that ends is no filesystem's matter. */
	if (!*where || !f->base.path)
		return xstrdup(f->says);
	return xasprintf("on %s, %s%s", where,
			 f->kind == FINDING_UNCOVERED
				 ? "a fault that the base has elsewhere shows "
				   "where it did not: "
				 : "",
			 f->says);
}

char *tell_question(const struct finding *f)
{
	return xasprintf("%s%s%s. Is that meant? (%s)",
			 f->quote_file ? f->quote_file : "",
			 f->quote_file ? ": " : "", f->says,
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

static void add_padded(struct buf *out, const char *text, size_t columns)
{
	size_t before = out->len;

	sink_line(out, text, strlen(text));
	for (size_t n = out->len - before; n < columns; n++)
		buf_addc(out, ' ');
}

static void add_row(struct buf *out, const char *label, const char *base,
		    const char *patched, size_t base_columns)
{
	buf_adds(out, "  ");
	add_padded(out, label, LABEL_COLUMNS);
	add_padded(out, base, base_columns);
	sink_line(out, patched, strlen(patched));
	buf_addc(out, '\n');
}

static char *count(const struct finding_side *side)
{
	return xasprintf("%u of %u", side->seen, side->runs);
}

/* "xfs C01" */
static char *name_where(const struct finding *f)
{
	AUTO(mem_free) char *place = tell_place(f->filesystem, f->guest);

	return xasprintf("%s %s", place, f->scenario);
}

static size_t count_alike(const struct review *r, const struct finding *f)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_findings; i++)
		n += is_alike(&r->findings[i], f);
	return n;
}

static bool is_counted_alike(const struct finding *a, const struct finding *b)
{
	return is_alike(a, b) && a->base.seen == b->base.seen &&
	       a->base.runs == b->base.runs &&
	       a->patched.seen == b->patched.seen &&
	       a->patched.runs == b->patched.runs;
}

static bool is_counted_before(const struct review *r, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_counted_alike(&r->findings[i], &r->findings[at]))
			return true;
	return false;
}

/* "0 of 2 on the base, 2 of 2 with it: xfs C01 C09, zonefs C01" */
static void add_counted(struct buf *out, const struct review *r, size_t at)
{
	const struct wrap w = { .width = 72, .indent = 2, .hang = 2 };
	const struct finding *f = &r->findings[at];
	AUTO(mem_free) char *base = count(&f->base);
	AUTO(mem_free) char *patched = count(&f->patched);
	AUTO(buf_release) struct buf pairs = { 0 };
	const struct finding *last = NULL;

	buf_init(&pairs, LINE_MAX_BYTES);
	for (size_t i = at; i < r->n_findings; i++) {
		const struct finding *other = &r->findings[i];
		AUTO(mem_free) char *place = NULL;

		if (!is_counted_alike(other, f) || !other->base.path)
			continue;
		place = tell_place(other->filesystem, other->guest);
		if (!last || !is_same(other->filesystem, last->filesystem) ||
		    !is_same(other->guest, last->guest))
			buf_addf(&pairs, "%s%s", last ? ", " : "", place);
		buf_addf(&pairs, " %s", other->scenario);
		last = other;
	}
	wrap_addf(out, &w, "seen in %s on the base, %s with the series: %s",
		  base, patched, pairs.len ? buf_text(&pairs) : "a boot");
}

static void add_all_counted(struct buf *out, const struct review *r,
			    const struct finding *f)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (is_alike(&r->findings[i], f) && !is_counted_before(r, i))
			add_counted(out, r, i);
}

void tell_counts(struct buf *out, const struct review *r,
		 const struct finding *f)
{
	if (f->patched.runs == 0)
		return;
	if (count_alike(r, f) > MAX_COUNT_ROWS) {
		add_all_counted(out, r, f);
		return;
	}
	add_row(out, "seen in", "base", "patched", CELL_COLUMNS);
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *other = &r->findings[i];
		AUTO(mem_free) char *where = NULL;
		AUTO(mem_free) char *base = NULL;
		AUTO(mem_free) char *patched = NULL;

		if (!is_alike(other, f))
			continue;
		/* Without a path it is the guest as a whole. */
		where = other->base.path ? name_where(other)
					 : xstrdup("a boot");
		base = count(&other->base);
		patched = count(&other->patched);
		add_row(out, where, base, patched, CELL_COLUMNS);
	}
}

static const char *label_of(const char *field)
{
	static const struct {
		const char *field;
		const char *label;
	} labels[] = {
		{ "dio.returned", "write returns" },
		{ "store.returned", "store" },
		{ "read.returned", "read returns" },
		{ "truncate.waited", "truncate waits" },
		{ "truncate.returned", "truncate" },
		{ "cache", "buffered read" },
		{ "disk", "direct read" },
		{ "medium", "on the device" },
		{ "size", "i_size" },
		{ "fsync.buffered", "fsync" },
		{ "fsync.buffered.again", "fsync, again" },
		{ "fsync.direct", "fsync, O_DIRECT" },
		{ "fsync.new", "fsync, new fd" },
	};

	for (size_t i = 0; i < ARRAY_LEN(labels); i++)
		if (strcmp(labels[i].field, field) == 0)
			return labels[i].label;
	return field;
}

static bool is_content(const char *field)
{
	return strcmp(field, "cache") == 0 || strcmp(field, "disk") == 0 ||
	       strcmp(field, "medium") == 0;
}

static bool is_letter_used(const struct finding_side *side, char letter)
{
	for (size_t i = 0; i < side->n; i++)
		if (is_content(side->v[i].name) &&
		    strchr(side->v[i].value, letter))
			return true;
	return false;
}

/* "(pages: D direct write, M mapped store)" */
static void add_legend(struct buf *out, const struct finding *f, unsigned width)
{
	static const struct {
		char letter;
		const char *name;
	} letters[] = {
		{ 'A', "old data" },	   { 'D', "direct write" },
		{ 'M', "mapped store" },   { 'P', "buffered write before" },
		{ 'B', "buffered write" }, { 'z', "zeros" },
		{ 'u', "unwritten" },	   { '?', "mixed" },
	};
	const struct wrap w = { .width = width, .indent = 2, .hang = 1 };
	AUTO(buf_release) struct buf line = { 0 };

	buf_init(&line, LINE_MAX_BYTES);
	for (size_t i = 0; i < ARRAY_LEN(letters); i++)
		if (is_letter_used(&f->base, letters[i].letter) ||
		    is_letter_used(&f->patched, letters[i].letter))
			buf_addf(&line, "%s%c %s", line.len ? ", " : "",
				 letters[i].letter, letters[i].name);
	if (line.len)
		wrap_addf(out, &w, "(pages: %s)", buf_text(&line));
}

static size_t base_columns(const struct finding *f)
{
	size_t widest = f->base.losers ? strlen(f->base.losers) : 0;

	if (f->base.path && strlen(f->base.path) > widest)
		widest = strlen(f->base.path);
	for (size_t i = 0; i < f->base.n; i++)
		if (strlen(f->base.v[i].value) > widest)
			widest = strlen(f->base.v[i].value);
	return widest + 2;
}

void tell_fields(struct buf *out, const struct finding *f, unsigned width)
{
	size_t columns = base_columns(f);
	AUTO(mem_free) char *where = NULL;

	if (!f->base.path && f->base.n == 0)
		return;
	where = name_where(f);
	add_row(out, where, "base", "patched", columns);
	if (!is_same(f->base.path, f->patched.path))
		add_row(out, "direct write", f->base.path, f->patched.path,
			columns);
	for (size_t i = 0; i < f->patched.n; i++)
		add_row(out, label_of(f->patched.v[i].name), f->base.v[i].value,
			f->patched.v[i].value, columns);
	add_row(out, "loses", f->base.losers, f->patched.losers, columns);
	add_legend(out, f, width);
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
		add_padded(out, id, 8);
		for (size_t i = 0; i < places->n; i++) {
			const char *at = places->v[i];

			add_padded(out, row ? name_pair(r, at, id) : at,
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
		    (!f || is_alike(&r->findings[i], f)))
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
