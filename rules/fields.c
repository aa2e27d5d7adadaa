/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/fields.h"

#include "bot/base/sink.h"
#include "bot/base/wrap.h"
#include "rules/tell.h"

#define MAX_LINE_BYTES 8000 /* of a string that is made here */
#define LABEL_COLUMNS 16
#define GAP 2	    /* blanks behind a column */
#define MAX_CELL 30 /* columns; a row with a longer one is told as prose */

/* How wide things are. */
struct grid {
	unsigned width; /* of the page */
	size_t base;	/* of the column, with the gap behind it */
};

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void add_row(struct buf *out, const struct grid *g, const char *label,
		    const char *base, const char *patched)
{
	const struct wrap w = { .width = g->width, .indent = 2, .hang = 2 };

	if (2 + LABEL_COLUMNS + g->base + strlen(patched) > g->width) {
		wrap_addf(out, &w, "%s: %s -> %s", label, base, patched);
		return;
	}
	buf_adds(out, "  ");
	sink_column(out, label, LABEL_COLUMNS);
	sink_column(out, base, g->base);
	sink_line(out, patched, strlen(patched));
	buf_addc(out, '\n');
}

/* "xfs C01" */
static char *name_where(const struct finding *f)
{
	AUTO(mem_free) char *place = tell_place(f->filesystem, f->guest);

	return xasprintf("%s %s", place, f->scenario);
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
		{ "limited.returned", "write returns" },
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

static bool is_wider(const char *text, size_t columns)
{
	return text && strlen(text) > columns;
}

static struct grid measure(const struct finding *f, unsigned width)
{
	size_t widest = strlen("base");

	if (is_wider(f->base.losers, widest))
		widest = strlen(f->base.losers);
	if (is_wider(f->base.path, widest))
		widest = strlen(f->base.path);
	for (size_t i = 0; i < f->base.n; i++)
		if (is_wider(f->base.v[i].value, widest) &&
		    strlen(f->base.v[i].value) <= MAX_CELL)
			widest = strlen(f->base.v[i].value);
	return (struct grid){ .width = width, .base = widest + GAP };
}

static const struct outcome_field *find_field(const struct finding_side *side,
					      const char *name)
{
	for (size_t i = 0; i < side->n; i++)
		if (strcmp(side->v[i].name, name) == 0)
			return &side->v[i];
	return NULL;
}

static bool is_told_alike(const struct finding_side *side)
{
	const struct outcome_field *cache = find_field(side, "cache");
	const struct outcome_field *disk = find_field(side, "disk");

	return cache && disk && strcmp(cache->value, disk->value) == 0;
}

/* Through the page cache and beside it: the same was read, on both kernels. */
static bool is_read_alike(const struct finding *f)
{
	return is_told_alike(&f->base) && is_told_alike(&f->patched);
}

/* "(D direct write, M mapped store)" */
static void add_legend(struct buf *out, const struct finding *f, unsigned width)
{
	static const struct {
		char letter;
		const char *name;
	} letters[] = {
		{ 'A', "old data" },	   { 'D', "direct write" },
		{ 'M', "mapped store" },   { 'P', "earlier buffered write" },
		{ 'B', "buffered write" }, { 'z', "zeros" },
		{ 'u', "unwritten" },	   { '?', "mixed" },
	};
	const struct wrap w = { .width = width, .indent = 2, .hang = 1 };
	AUTO(buf_release) struct buf line = { 0 };

	buf_init(&line, MAX_LINE_BYTES);
	for (size_t i = 0; i < ARRAY_LEN(letters); i++)
		if (is_letter_used(&f->base, letters[i].letter) ||
		    is_letter_used(&f->patched, letters[i].letter))
			buf_addf(&line, "%s%c %s", line.len ? ", " : "",
				 letters[i].letter, letters[i].name);
	if (line.len)
		wrap_addf(out, &w, "(%s%s)",
			  is_read_alike(f) ? "" : "pages: ", buf_text(&line));
}

static void add_fields(struct buf *out, const struct finding *f,
		       enum fields_kind kind, const struct grid *g)
{
	const bool is_alike = is_read_alike(f);

	for (size_t i = 0; i < f->patched.n; i++) {
		const char *name = f->patched.v[i].name;
		const char *label = label_of(name);

		if (kind == FIELDS_BESIDE_TABLE &&
		    strcmp(name, "dio.returned") == 0)
			continue;
		if (is_alike && strcmp(name, "disk") == 0)
			continue;
		if (is_alike && strcmp(name, "cache") == 0)
			label = "pages read";
		add_row(out, g, label, f->base.v[i].value,
			f->patched.v[i].value);
	}
}

void fields_tell(struct buf *out, const struct finding *f,
		 enum fields_kind kind, unsigned width)
{
	const struct grid g = measure(f, width);
	AUTO(mem_free) char *where = NULL;

	if (!f->base.path && f->base.n == 0)
		return;
	where = name_where(f);
	add_row(out, &g, where, "base", "patched");
	if (!is_same(f->base.path, f->patched.path))
		add_row(out, &g, "direct write", f->base.path, f->patched.path);
	add_fields(out, f, kind, &g);
	if (kind == FIELDS_ALL)
		add_row(out, &g, "loses", f->base.losers, f->patched.losers);
	add_legend(out, f, width);
}
