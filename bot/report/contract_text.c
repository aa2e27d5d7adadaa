/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/contract_text.h"

#include <string.h>

#include "bot/base/span.h"
#include "bot/base/wrap.h"

#define WIDTH 80
#define LEFT 15 /* of them, for scenarios */
#define LABEL 8 /* columns of "expect", "source" */
#define CELL_MAX_BYTES 16384

struct page {
	struct buf *out;
	const struct contracts *list;
	const struct strings *filesystems;
	const char *base;
};

/* ---- words ---- */

/* "direct write" of "dio.returned" */
static void add_actor(struct buf *out, const char *field)
{
	static const struct {
		const char *prefix, *name;
	} actors[] = {
		{ "dio.", "direct write" },
		{ "store.", "mapped store" },
		{ "read.", "buffered read" },
		{ "write.", "buffered write" },
	};

	for (size_t i = 0; i < ARRAY_LEN(actors); i++) {
		if (strncmp(field, actors[i].prefix,
			    strlen(actors[i].prefix)) != 0)
			continue;
		buf_adds(out, actors[i].name);
		return;
	}
	buf_add(out, field, strcspn(field, "."));
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);

	return len > strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

/* What is looked at: "fsync of the direct fd", "buffered read finds". */
static void add_subject(struct buf *out, const char *field)
{
	static const struct {
		const char *field, *says;
	} known[] = {
		{ "fsync.buffered", "fsync of the buffered fd" },
		{ "fsync.buffered.again", "of it again" },
		{ "fsync.direct", "of the direct fd" },
		{ "fsync.new", "of a new fd" },
		{ "cache", "read back" },
		{ "disk", "read back directly" },
		{ "medium", "on the device when the write returns" },
		{ "size.during", "size while in flight" },
		{ "flushed", "the disk is told to flush" },
		{ "log.warning", "warnings and BUGs in the log" },
		{ "log.shutdown", "shutdowns" },
		{ "log.collision", "\"Direct I/O collision\" in the log" },
		{ "log.invalidation",
		  "\"Page cache invalidation failure\" in the log" },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (strcmp(known[i].field, field) == 0) {
			buf_adds(out, known[i].says);
			return;
		}
	}
	buf_adds(out, field);
}

static void add_value(struct buf *out, const char *value)
{
	static const struct {
		const char *value, *says;
	} known[] = {
		{ "asked", "all it asked for" },
		{ "error", "an error" },
		{ "limited", "no more of them in this boot" },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (strcmp(known[i].value, value) == 0) {
			buf_adds(out, known[i].says);
			return;
		}
	}
	if (*value == '@')
		buf_adds(out, "as ");
	buf_adds(out, *value == '@' ? value + 1 : value);
}

static void add_words(struct buf *out, const struct strings *words,
		      const char *between)
{
	for (size_t i = 0; i < words->n; i++)
		buf_addf(out, "%s%s", i ? between : "", words->v[i]);
}

static bool is_same_value(const struct contract_clause *a,
			  const struct contract_clause *b)
{
	if (a->is_not != b->is_not || a->values.n != b->values.n)
		return false;
	for (size_t i = 0; i < a->values.n; i++)
		if (strcmp(a->values.v[i], b->values.v[i]) != 0)
			return false;
	return true;
}

static bool is_only(const struct contract_clause *clause, const char *end,
		    const char *value)
{
	return ends_with(clause->field, end) && clause->values.n == 1 &&
	       strcmp(clause->values.v[0], value) == 0;
}

/* What says it all: "mapped store: waits", "truncate: comes back"; or NULL. */
static const char *find_verb(const struct contract_clause *clause)
{
	if (is_only(clause, ".waited", "no"))
		return clause->is_not ? "waits" : "does not wait";
	if (is_only(clause, ".returned", "hung"))
		return clause->is_not ? "comes back" : "never comes back";
	return NULL;
}

/* Who returns, or waits; what is looked at, of any other field. */
static void add_field(struct buf *out, const char *field)
{
	if (ends_with(field, ".returned") || ends_with(field, ".waited"))
		add_actor(out, field);
	else
		add_subject(out, field);
}

static bool is_alike(const struct contract_clause *a,
		     const struct contract_clause *b)
{
	return is_same_value(a, b) && ends_with(a->field, ".returned") ==
					      ends_with(b->field, ".returned");
}

/* Fields with the same values stand together: how many were taken. */
static size_t add_clauses(struct buf *out, const struct contract_clause *first,
			  size_t n)
{
	const char *verb = find_verb(first);
	size_t taken = 1;

	while (taken < n && is_alike(first, &first[taken]))
		taken++;
	for (size_t i = 0; i < taken; i++) {
		buf_adds(out, i ? ", " : "");
		add_field(out, first[i].field);
	}
	if (verb) {
		buf_addf(out, ": %s", verb);
		return taken;
	}
	if (ends_with(first->field, ".returned"))
		buf_adds(out, taken > 1 ? " return" : " returns");
	buf_addf(out, ": %s", first->is_not ? "anything but " : "");
	for (size_t i = 0; i < first->values.n; i++) {
		buf_adds(out, i ? " or " : "");
		add_value(out, first->values.v[i]);
	}
	return taken;
}

/* ---- cells ---- */

/* Two columns, line beside line; @width is of the left one. */
static void add_columns(struct buf *out, int width, const char *left,
			const char *right)
{
	struct span l = span_cstr(left);
	struct span r = span_cstr(right);
	struct span a = { 0 };
	struct span b = { 0 };
	bool has_left = span_line(&l, &a);
	bool has_right = span_line(&r, &b);

	while (has_left || has_right) {
		buf_addf(out, "%-*.*s", has_right ? width : 0,
			 has_left ? (int)span_len(a) : 0, a.p ? a.p : "");
		if (has_right)
			buf_add(out, b.p, span_len(b));
		buf_addc(out, '\n');
		has_left = has_left && span_line(&l, &a);
		has_right = has_right && span_line(&r, &b);
	}
}

static void add_labelled(struct buf *cell, const char *label, const char *text)
{
	const struct wrap w = { .width = WIDTH - LEFT - LABEL };
	AUTO(buf_release) struct buf lines = { 0 };

	buf_init(&lines, CELL_MAX_BYTES);
	wrap_add(&lines, &w, text);
	add_columns(cell, LABEL, label, buf_text(&lines));
}

static void add_all_clauses(struct buf *cell, const char *label,
			    const struct contract_clauses *list)
{
	for (size_t i = 0; i < list->n;) {
		AUTO(buf_release) struct buf text = { 0 };

		buf_init(&text, CELL_MAX_BYTES);
		i += add_clauses(&text, &list->v[i], list->n - i);
		add_labelled(cell, label, buf_text(&text));
	}
}

static void add_conditions(struct buf *cell, const struct page *p,
			   const struct contract *c)
{
	if (p->base && c->is_in_force)
		return;
	for (size_t i = 0; i < c->tree.n; i++) {
		const struct contract_condition *at = &c->tree.v[i];
		AUTO(mem_free)
		char *text = xasprintf(
			"%s%s %s '%s'", p->base ? "not here, but where " : "",
			at->path, at->is_lacking ? "lacks" : "has", at->text);

		add_labelled(cell, "where", text);
	}
}

static void add_names(struct buf *out, const struct contract_names *names)
{
	if (names->only.n == 0)
		buf_adds(out, "all");
	add_words(out, &names->only, " ");
	if (names->but.n > 0)
		buf_adds(out, " but ");
	add_words(out, &names->but, " ");
}

/* ---- the same promise, made by several ---- */

static bool is_same(const struct contract *a, const struct contract *b)
{
	return a->line == b->line && strcmp(a->of, b->of) == 0;
}

static bool is_told_together(const struct page *p, const struct contract *c)
{
	return p->filesystems->n > 1 && strcmp(c->of, "common") == 0;
}

/* @c itself, or one that is told together with it. */
static bool is_told_with(const struct page *p, const struct contract *at,
			 const struct contract *c)
{
	return at == c || (is_told_together(p, c) && is_same(at, c));
}

static bool has_exception(const struct page *p, const struct contract *at,
			  const struct contract *c, const char *why)
{
	if (!is_told_with(p, at, c))
		return false;
	for (size_t i = 0; i < at->exceptions.n; i++)
		if (strcmp(at->exceptions.v[i].why, why) == 0)
			return true;
	return false;
}

static void add_exception(struct buf *cell, const struct page *p,
			  const struct contract *c,
			  const struct contract_exception *e)
{
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, CELL_MAX_BYTES);
	add_names(&text, &e->scenarios);
	if (is_told_together(p, c))
		buf_adds(&text, " on");
	for (size_t i = 0; is_told_together(p, c) && i < p->list->n; i++)
		if (has_exception(p, &p->list->v[i], c, e->why))
			buf_addf(&text, " %s", p->list->v[i].filesystem);
	buf_addf(&text, ": %s", e->why);
	add_labelled(cell, "except", buf_text(&text));
}

/* Of it and of those told together with it, each reason once. */
static void add_exceptions(struct buf *cell, const struct page *p,
			   const struct contract *c)
{
	AUTO(strings_release) struct strings told = { 0 };

	for (size_t i = 0; i < p->list->n; i++) {
		const struct contract *at = &p->list->v[i];

		for (size_t k = 0; k < at->exceptions.n; k++) {
			const struct contract_exception *e =
				&at->exceptions.v[k];

			if (!has_exception(p, at, c, e->why) ||
			    strings_has(&told, e->why))
				continue;
			strings_push(&told, e->why);
			add_exception(cell, p, c, e);
		}
	}
}

static void add_filesystems(struct buf *cell, const struct page *p,
			    const struct contract *c)
{
	AUTO(buf_release) struct buf names = { 0 };
	size_t n = 0;

	if (!is_told_together(p, c))
		return;
	buf_init(&names, CELL_MAX_BYTES);
	for (size_t i = 0; i < p->list->n; i++) {
		if (!is_same(&p->list->v[i], c))
			continue;
		buf_addf(&names, "%s%s", n++ ? " " : "",
			 p->list->v[i].filesystem);
	}
	add_labelled(cell, "on",
		     n == p->filesystems->n ? "all" : buf_text(&names));
}

/* A commit goes by its id here; the file has its title. */
static void add_source(struct buf *out, const char *source)
{
	size_t len = strncmp(source, "commit ", 7) == 0
			     ? strcspn(source, "(") - 1
			     : strlen(source);

	buf_adds(out, out->len ? ", " : "");
	buf_add(out, source, len);
}

/* Of it and of those told together with it, each once. */
static void add_sources(struct buf *cell, const struct page *p,
			const struct contract *c)
{
	AUTO(strings_release) struct strings told = { 0 };
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, CELL_MAX_BYTES);
	for (size_t i = 0; i < p->list->n; i++) {
		const struct contract *at = &p->list->v[i];

		if (!is_told_with(p, at, c))
			continue;
		for (size_t k = 0; k < at->sources.n; k++) {
			if (strings_has(&told, at->sources.v[k]))
				continue;
			add_source(&text, at->sources.v[k]);
			strings_push(&told, at->sources.v[k]);
		}
	}
	add_labelled(cell, "source", buf_text(&text));
}

/* ---- rows ---- */

static void add_promise(struct buf *cell, const struct page *p,
			const struct contract *c)
{
	const struct wrap w = { .width = WIDTH - LEFT };

	wrap_add(cell, &w, c->says);
	add_filesystems(cell, p, c);
	add_conditions(cell, p, c);
	add_all_clauses(cell, "when", &c->when);
	add_all_clauses(cell, "expect", &c->expect);
	if (c->varies.n > 0) {
		AUTO(buf_release) struct buf fields = { 0 };

		buf_init(&fields, CELL_MAX_BYTES);
		add_words(&fields, &c->varies, ", ");
		add_labelled(cell, "varies", buf_text(&fields));
	}
	add_exceptions(cell, p, c);
	add_sources(cell, p, c);
}

static void add_contract(const struct page *p, const struct contract *c)
{
	const struct wrap w = { .width = LEFT - 1 };
	AUTO(buf_release) struct buf names = { 0 };
	AUTO(buf_release) struct buf left = { 0 };
	AUTO(buf_release) struct buf right = { 0 };

	buf_init(&names, CELL_MAX_BYTES);
	buf_init(&left, CELL_MAX_BYTES);
	buf_init(&right, CELL_MAX_BYTES);
	add_names(&names, &c->scenarios);
	wrap_add(&left, &w, buf_text(&names));
	add_promise(&right, p, c);
	add_columns(p->out, LEFT, buf_text(&left), buf_text(&right));
	buf_addc(p->out, '\n');
}

static void add_filesystem(const struct page *p, const char *filesystem)
{
	buf_addf(p->out, "%s\n\n", filesystem);
	for (size_t i = 0; i < p->list->n; i++) {
		const struct contract *c = &p->list->v[i];

		if (strcmp(c->filesystem, filesystem) == 0 &&
		    !is_told_together(p, c))
			add_contract(p, c);
	}
}

static bool is_first(const struct page *p, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_same(&p->list->v[i], &p->list->v[at]))
			return false;
	return true;
}

static void add_legend(const struct page *p)
{
	const struct wrap w = { .width = WIDTH };

	wrap_add(p->out, &w,
		 "Pages are a letter and a count: A laid out before, P made "
		 "dirty before by a buffered write, D of the direct write, M "
		 "of the mapped store, B of a buffered write in between, z "
		 "zeros, u unwritten; D5M1D10 are sixteen pages. again, "
		 "self, mix, limited, none, clean and dirty are the direct "
		 "writes of their scenarios, dread is a direct read. What a "
		 "scenario is: collider scenarios.");
}

void contract_text_from_list(struct buf *out, const struct contracts *list,
			     const struct strings *filesystems,
			     const char *base)
{
	const struct page p = { out, list, filesystems, base };

	if (base)
		buf_addf(out, "on %s\n\n", base);
	for (size_t i = 0; i < filesystems->n; i++)
		add_filesystem(&p, filesystems->v[i]);
	if (filesystems->n > 1)
		buf_adds(out, "several filesystems\n\n");
	for (size_t i = 0; i < list->n; i++)
		if (is_told_together(&p, &list->v[i]) && is_first(&p, i))
			add_contract(&p, &list->v[i]);
	add_legend(&p);
}
