/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/fields.h"

#include "bot/base/sink.h"
#include "bot/base/wrap.h"
#include "rules/table.h"
#include "rules/tell.h"

#define MAX_LINE_BYTES 8000 /* of a string that is made here */
#define LEAST_LABELS 16	    /* columns */
#define GAP 2		    /* blanks behind a column */
#define MAX_CELL 30 /* columns; a row with a longer one is told as prose */

/* What of a finding is told. */
struct view {
	const struct finding *f;
	const struct review *beside; /* its table is told; or NULL */
	char *where;		     /* "xfs C01" */
	bool is_alike;		     /* is_read_alike() */
};

/* How wide things are. */
struct grid {
	unsigned width; /* of the page */
	size_t labels;	/* of the column, with the gap behind it */
	size_t base;	/* the same */
};

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void add_row(struct buf *out, const struct grid *g, const char *label,
		    const char *base, const char *patched)
{
	const struct wrap w = { .width = g->width, .indent = 2, .hang = 2 };

	if (2 + g->labels + g->base + strlen(patched) > g->width) {
		wrap_addf(out, &w, "%s: %s -> %s", label, base, patched);
		return;
	}
	buf_adds(out, "  ");
	sink_column(out, label, g->labels);
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
		{ "limited.returned", "write returns" },
		{ "self.returned", "write returns" },
		{ "again.returned", "second write" },
		{ "mix.returned", "writes return" },
		{ "none.returned", "NOWAIT, no page" },
		{ "clean.returned", "NOWAIT, clean page" },
		{ "dirty.returned", "NOWAIT, dirty page" },
		{ "write.returned", "buffered write" },
		{ "write.waited", "write waits" },
		{ "store.returned", "store" },
		{ "store.waited", "store waits" },
		{ "read.returned", "read returns" },
		{ "read.waited", "read waits" },
		{ "read.data", "read finds" },
		{ "dread.returned", "read returns" },
		{ "dread.data", "read finds" },
		{ "sendfile.returned", "sendfile" },
		{ "sendfile.data", "sendfile sends" },
		{ "after.returned", "sendfile, after" },
		{ "after.data", "sends, after" },
		{ "truncate.waited", "truncate waits" },
		{ "truncate.returned", "truncate" },
		{ "punch.returned", "punch hole" },
		{ "punch.waited", "punch hole waits" },
		{ "zero.returned", "zero range" },
		{ "zero.waited", "zero range waits" },
		{ "collapse.returned", "collapse range" },
		{ "collapse.waited", "collapse waits" },
		{ "allocate.returned", "fallocate" },
		{ "allocate.waited", "fallocate waits" },
		{ "clone.returned", "clone returns" },
		{ "clone.waited", "clone waits" },
		{ "clone", "read of clone" },
		{ "msync.returned", "msync" },
		{ "drop.returned", "drop caches" },
		{ "walk.returned", "steps done" },
		{ "mismatch", "goes wrong" },
		{ "cache", "buffered read" },
		{ "disk", "direct read" },
		{ "medium", "on the device" },
		{ "sectors", "by sector" },
		{ "flushed", "disk flushed" },
		{ "size", "i_size" },
		{ "size.during", "size in flight" },
		{ "fsync.returned", "fsync returns" },
		{ "fsync.buffered", "fsync" },
		{ "fsync.buffered.again", "fsync, again" },
		{ "fsync.direct", "fsync, O_DIRECT" },
		{ "fsync.new", "fsync, new fd" },
		{ "fsync.between.buffered", "fsync between" },
		{ "fsync.between.direct", "fsync between, O_DIRECT" },
		{ "log.warning", "kernel warnings" },
		{ "log.shutdown", "shutdowns" },
		{ "log.invalidation", "stale pages logged" },
		{ "log.collision", "collisions logged" },
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

static const char *label_in(const struct view *v, const char *name)
{
	return v->is_alike && strcmp(name, "cache") == 0 ? "pages read"
							 : label_of(name);
}

static bool is_shown(const struct view *v, size_t i)
{
	const struct finding *f = v->f;

	if (v->is_alike && strcmp(f->patched.v[i].name, "disk") == 0)
		return false;
	return !v->beside ||
	       !table_tells(v->beside, f, f->patched.v[i].name,
			    f->base.v[i].value, f->patched.v[i].value);
}

static bool is_other_path(const struct finding *f)
{
	return !is_same(f->base.path, f->patched.path);
}

static void widen(size_t *columns, const char *text)
{
	if (text && strlen(text) > *columns)
		*columns = strlen(text);
}

static struct grid measure(const struct view *v, unsigned width)
{
	const struct finding *f = v->f;
	size_t labels = LEAST_LABELS - GAP, base = strlen("base");

	widen(&labels, v->where);
	if (!v->beside)
		widen(&base, f->base.losers);
	if (is_other_path(f))
		widen(&base, f->base.path);
	for (size_t i = 0; i < f->patched.n; i++) {
		if (!is_shown(v, i))
			continue;
		widen(&labels, label_in(v, f->patched.v[i].name));
		if (strlen(f->base.v[i].value) <= MAX_CELL)
			widen(&base, f->base.v[i].value);
	}
	return (struct grid){ .width = width,
			      .labels = labels + GAP,
			      .base = base + GAP };
}

static bool is_any_shown(const struct view *v)
{
	bool found = !v->beside || is_other_path(v->f);

	for (size_t i = 0; i < v->f->patched.n && !found; i++)
		found = is_shown(v, i);
	return found;
}

static void add_fields(struct buf *out, const struct view *v,
		       const struct grid *g)
{
	for (size_t i = 0; i < v->f->patched.n; i++)
		if (is_shown(v, i))
			add_row(out, g, label_in(v, v->f->patched.v[i].name),
				v->f->base.v[i].value,
				v->f->patched.v[i].value);
}

static void view_release(struct view *v)
{
	free(v->where);
}
DEFINE_AUTO_VALUE(struct view, view_release)

static void tell(struct buf *out, const struct view *v, unsigned width)
{
	const struct grid g = measure(v, width);
	const struct finding *f = v->f;

	add_row(out, &g, v->where, "base", "patched");
	if (is_other_path(f))
		add_row(out, &g, "direct write", f->base.path, f->patched.path);
	add_fields(out, v, &g);
	if (!v->beside)
		add_row(out, &g, "loses", f->base.losers, f->patched.losers);
	add_legend(out, f, width);
}

void fields_tell(struct buf *out, const struct finding *f,
		 const struct review *beside, unsigned width)
{
	AUTO(view_release)
	struct view v = { .f = f,
			  .beside = beside,
			  .is_alike = is_read_alike(f) };

	if ((!f->base.path && f->base.n == 0) || !is_any_shown(&v))
		return;
	v.where = name_where(f);
	tell(out, &v, width);
}
