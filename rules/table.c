/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/table.h"

#include <string.h>

#include "bot/base/sink.h"
#include "bot/base/wrap.h"
#include "rules/pair.h"
#include "rules/tell.h"

#define SMALL_FILESYSTEMS 4
#define SMALL_SCENARIOS 12
#define LEAST_NAMES 18 /* columns for filesystems */
#define GAP 2	       /* blanks between columns */
#define CELL_MAX_BYTES 200
#define MAX_ROW_BYTES 8000

enum column { RETURNS, FSYNC, LOSES, COLUMNS };

/* What one filesystem answers, and which others do alike. */
struct row {
	struct strings names;
	char *cells[COLUMNS];
};

struct rows {
	struct row *v;
	size_t n;
};

/* How wide everything is, without the indent. */
struct grid {
	size_t names;
	size_t cells[COLUMNS];
};

static const char *const head[COLUMNS] = { "returns", "fsync", "loses" };

static void rows_release(struct rows *list)
{
	for (size_t i = 0; i < list->n; i++) {
		strings_release(&list->v[i].names);
		for (int c = 0; c < COLUMNS; c++)
			free(list->v[i].cells[c]);
	}
	free(list->v);
}
DEFINE_AUTO_VALUE(struct rows, rows_release)

static bool ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), n = strlen(end);

	return len >= n && strcmp(name + len - n, end) == 0;
}

/* What the write got: the direct writer's, whatever the actor is called. */
static const char *find_returned(const struct outcome *o)
{
	static const char *const others[] = { "store.", "read.", "truncate.",
					      "punch." };
	const char *name =
		outcome_find(o, "dio.returned") ? "dio.returned" : NULL;

	for (size_t i = 0; i < o->n && !name; i++) {
		bool is_other = !ends_in(o->v[i].name, ".returned");

		for (size_t k = 0; k < ARRAY_LEN(others); k++)
			is_other = is_other || strncmp(o->v[i].name, others[k],
						       strlen(others[k])) == 0;
		if (!is_other)
			name = o->v[i].name;
	}
	return name;
}

static char *name_returned(const struct outcome *o)
{
	const char *name = find_returned(o);

	return xstrdup(name ? outcome_find(o, name) : "-");
}

/* "0"; "-EIO, direct": what, and on whose descriptor that was opened before. */
static char *name_fsync(const struct outcome *o)
{
	static const char *const whose[] = { "buffered", "direct" };
	const char *error = NULL;
	const char *who = NULL;
	size_t told = 0;

	for (size_t i = 0; i < ARRAY_LEN(whose); i++) {
		AUTO(mem_free) char *name = xasprintf("fsync.%s", whose[i]);
		const char *value = outcome_find(o, name);

		if (!value || strcmp(value, "0") == 0)
			continue;
		error = value;
		who = whose[i];
		told++;
	}
	if (!error)
		return xstrdup(outcome_find(o, "fsync.buffered") ? "0" : "-");
	return xasprintf("%s, %s", error,
			 told == ARRAY_LEN(whose) ? "each" : who);
}

/* "mapped, reader" */
static char *name_losers(unsigned losers)
{
	static const struct {
		unsigned loser;
		const char *name;
	} who[] = {
		{ LOSES_DIRECT, "direct" },
		{ LOSES_MAPPED, "mapped" },
		{ LOSES_BUFFERED, "buffered" },
		{ LOSES_READER, "reader" },
	};
	struct buf out;

	buf_init(&out, CELL_MAX_BYTES);
	for (size_t i = 0; i < ARRAY_LEN(who); i++)
		if (losers & who[i].loser)
			buf_addf(&out, "%s%s", out.len ? ", " : "",
				 who[i].name);
	if (out.len == 0)
		buf_adds(&out, "nobody");
	return buf_take(&out);
}

static char *name_cell(const struct pair_side *side, enum column column)
{
	const struct outcome *o = pair_find_typical(side);

	if (!o)
		return xstrdup(column == RETURNS
				       ? side->runs ? "not provoked" : "not run"
				       : "");
	switch (column) {
	case RETURNS:
		return name_returned(o);
	case FSYNC:
		return name_fsync(o);
	case LOSES:
		return name_losers(side->losers);
	case COLUMNS:
		break;
	}
	return xstrdup("");
}

/*
 * "16384 -> hung". Where a kernel was not run, or did not collide, that is all
 * there is to say: nothing of it can be compared.
 */
static char *compare_cells(const struct review_pair *p, enum column column)
{
	AUTO(mem_free) char *base = name_cell(&p->base, column);
	AUTO(mem_free) char *patched = name_cell(&p->patched, column);

	if (strcmp(base, patched) == 0 ||
	    (column == RETURNS && p->patched.runs == 0))
		return xstrdup(patched);
	if (!*base || !*patched)
		return xstrdup("");
	return xasprintf("%s -> %s", base, patched);
}

static bool is_alike(const struct row *a, const struct row *b)
{
	for (int c = 0; c < COLUMNS; c++)
		if (strcmp(a->cells[c], b->cells[c]) != 0)
			return false;
	return true;
}

/* Consumes @row. */
static void add_row(struct rows *list, struct row *row)
{
	struct rows one = { row, 1 };

	for (size_t i = 0; i < list->n; i++) {
		if (!is_alike(&list->v[i], row))
			continue;
		strings_push(&list->v[i].names, row->names.v[0]);
		one.v = xcalloc(1, sizeof(*one.v));
		*one.v = *row;
		rows_release(&one);
		return;
	}
	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = *row;
}

static void list_rows(struct rows *out, const struct review *r, const char *id)
{
	for (size_t i = 0; i < r->n_pairs; i++) {
		const struct review_pair *p = &r->pairs[i];
		struct row row = { 0 };

		if (strcmp(p->scenario, id) != 0)
			continue;
		strings_push_take(&row.names,
				  tell_place(p->filesystem, p->guest));
		for (int c = 0; c < COLUMNS; c++)
			row.cells[c] = compare_cells(p, (enum column)c);
		add_row(out, &row);
	}
}

static void add_cells(struct buf *out, const struct grid *g,
		      const char *const *cells)
{
	for (int c = 0; c < COLUMNS; c++) {
		bool last = true;

		for (int more = c + 1; more < COLUMNS; more++)
			last = last && !*cells[more];
		sink_column(out, cells[c], last ? 0 : g->cells[c]);
		if (last)
			break;
	}
	buf_addc(out, '\n');
}

static size_t measure_column(const struct rows *rows, int column)
{
	size_t widest = strlen(head[column]);

	for (size_t i = 0; i < rows->n; i++)
		if (strlen(rows->v[i].cells[column]) > widest)
			widest = strlen(rows->v[i].cells[column]);
	return widest;
}

static size_t measure_names(const struct row *row)
{
	size_t sum = 0;

	for (size_t i = 0; i < row->names.n; i++)
		sum += strlen(row->names.v[i]) + 1;
	return sum - 1 + GAP;
}

/* The cells as wide as they have to be, the names as wide as they can be. */
static struct grid measure(const struct rows *rows, unsigned width)
{
	struct grid g = { 0 };
	size_t used = GAP, wanted = LEAST_NAMES;

	for (int c = 0; c < COLUMNS; c++) {
		g.cells[c] = measure_column(rows, c) + GAP;
		used += g.cells[c];
	}
	used -= GAP; /* none behind the last one */
	for (size_t i = 0; i < rows->n; i++)
		if (measure_names(&rows->v[i]) > wanted)
			wanted = measure_names(&rows->v[i]);
	g.names = used + LEAST_NAMES < width ? width - used : LEAST_NAMES;
	if (g.names > wanted)
		g.names = wanted;
	return g;
}

/* The next names that fit into their column, from @at on; the next one. */
static size_t take_names(struct buf *line, const struct grid *g,
			 const struct strings *names, size_t at)
{
	do
		buf_addf(line, "%s%s", line->len ? " " : "", names->v[at++]);
	while (at < names->n &&
	       line->len + 1 + strlen(names->v[at]) + GAP <= g->names);
	return at;
}

static void print_row(struct buf *out, const struct grid *g,
		      const struct row *row)
{
	size_t at = 0;

	while (at < row->names.n) {
		AUTO(buf_release) struct buf line = { 0 };
		bool first = at == 0;

		buf_init(&line, MAX_ROW_BYTES);
		at = take_names(&line, g, &row->names, at);
		buf_adds(out, "  ");
		sink_column(out, buf_text(&line), first ? g->names : 0);
		if (first)
			add_cells(out, g, (const char *const *)row->cells);
		else
			buf_addc(out, '\n');
	}
}

void table_scenario(struct buf *out, const struct review *r, const char *id,
		    unsigned width)
{
	const struct wrap w = { .width = width, .indent = 2, .hang = 2 };
	const char *says = review_find_scenario(r, id);
	AUTO(rows_release) struct rows rows = { 0 };
	struct grid g;

	list_rows(&rows, r, id);
	if (rows.n == 0)
		return;
	g = measure(&rows, width);
	wrap_addf(out, &w, "%s%s%s", id, says ? ": " : "", says ? says : "");
	buf_adds(out, "  ");
	sink_column(out, "", g.names);
	add_cells(out, &g, head);
	for (size_t i = 0; i < rows.n; i++)
		print_row(out, &g, &rows.v[i]);
}

static void list_changed(struct strings *out, const struct review *r)
{
	for (size_t i = 0; i < r->n_pairs; i++)
		if (r->pairs[i].verdict > PAIR_SAME &&
		    !strings_has(out, r->pairs[i].scenario))
			strings_push(out, r->pairs[i].scenario);
}

void table_changed(struct buf *out, const struct review *r, size_t max,
		   unsigned width)
{
	const struct wrap w = { .width = width, .indent = 2, .hang = 2 };
	AUTO(strings_release) struct strings ids = { 0 };
	AUTO(buf_release) struct buf others = { 0 };

	list_changed(&ids, r);
	buf_init(&others, 64 * CELL_MAX_BYTES);
	for (size_t i = 0; i < ids.n; i++) {
		if (i < max) {
			if (i > 0)
				buf_addc(out, '\n');
			table_scenario(out, r, ids.v[i], width);
		} else {
			buf_addf(&others, " %s", ids.v[i]);
		}
	}
	if (others.len)
		wrap_addf(out, &w, "Not shown, but not the same either:%s",
			  buf_text(&others));
}

void table_sum(struct buf *out, const struct review *r, unsigned width)
{
	const struct wrap w = { .width = width, .indent = 2, .hang = 2 };
	size_t n[PAIR_REGRESSION + 1] = { 0 };
	AUTO(buf_release) struct buf line = { 0 };

	for (size_t i = 0; i < r->n_pairs; i++)
		n[r->pairs[i].verdict]++;
	buf_init(&line, 4 * CELL_MAX_BYTES);
	for (int v = PAIR_REGRESSION; v >= 0; v--)
		if (n[v])
			buf_addf(&line, ", %zu %s", n[v],
				 review_pair_name((enum pair_verdict)v));
	wrap_addf(out, &w, "%zu pairs of a filesystem and a collision%s",
		  r->n_pairs, buf_text(&line));
}

static size_t count_names(const struct review *r, bool of_filesystems)
{
	AUTO(strings_release) struct strings names = { 0 };

	for (size_t i = 0; i < r->n_pairs; i++) {
		const char *name = of_filesystems ? r->pairs[i].filesystem
						  : r->pairs[i].scenario;

		if (!strings_has(&names, name))
			strings_push(&names, name);
	}
	return names.n;
}

bool table_is_small(const struct review *r)
{
	return count_names(r, true) <= SMALL_FILESYSTEMS &&
	       count_names(r, false) <= SMALL_SCENARIOS;
}

static const struct review_pair *find_pair(const struct review *r,
					   const struct finding *f)
{
	for (size_t i = 0; i < r->n_pairs; i++) {
		const struct review_pair *p = &r->pairs[i];

		if (f->filesystem && f->scenario &&
		    strcmp(p->filesystem, f->filesystem) == 0 &&
		    strcmp(p->scenario, f->scenario) == 0 &&
		    (!p->guest || !f->guest || strcmp(p->guest, f->guest) == 0))
			return p;
	}
	return NULL;
}

/* One of the three columns has @field of the typical run of @pair. */
static bool has_column(const struct pair_side *pair, const char *field,
		       const char *value)
{
	const struct outcome *o = pair_find_typical(pair);
	const char *typical = o ? outcome_find(o, field) : NULL;
	const char *returned = o ? find_returned(o) : NULL;

	return typical && strcmp(typical, value) == 0 &&
	       ((returned && strcmp(returned, field) == 0) ||
		strcmp(field, "fsync.buffered") == 0 ||
		strcmp(field, "fsync.direct") == 0);
}

bool table_tells(const struct review *r, const struct finding *f,
		 const char *field, const char *base, const char *patched)
{
	const struct review_pair *p = find_pair(r, f);

	return p && has_column(&p->base, field, base) &&
	       has_column(&p->patched, field, patched);
}
