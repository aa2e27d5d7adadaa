/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/fill.h"

#include <strings.h>

#include "bot/base/sink.h"
#include "bot/base/wrap.h"

struct filler {
	const struct template *t;
	const char *const *values;
	struct wrap wrap;
	struct buf prose; /* of lines that are to be one paragraph */
	struct buf *out;
};

static bool is_empty(const struct filler *f, const struct template_part *p)
{
	return p->field != TEMPLATE_LITERAL &&
	       (!f->values[p->field] || !*f->values[p->field]);
}

static bool has_empty(const struct filler *f, const struct template_line *line)
{
	for (size_t i = 0; i < line->n; i++)
		if (is_empty(f, &line->v[i]))
			return true;
	return false;
}

/* Fields that have a value, or no field at all. */
static bool is_wanted(const struct filler *f, size_t from, size_t to)
{
	size_t fields = 0, full = 0;

	for (size_t i = from; i < to; i++) {
		const struct template_line *line = &f->t->v[i];

		for (size_t k = 0; k < line->n; k++) {
			fields += line->v[k].field != TEMPLATE_LITERAL;
			full += line->v[k].field != TEMPLATE_LITERAL &&
				!is_empty(f, &line->v[k]);
		}
	}
	return fields == 0 || full > 0;
}

/* The line with its values, on one line. */
static void add_parts(struct buf *out, const struct filler *f,
		      const struct template_line *line)
{
	for (size_t i = 0; i < line->n; i++) {
		const struct template_part *p = &line->v[i];
		struct span text = p->field == TEMPLATE_LITERAL
					   ? p->text
					   : span_cstr(f->values[p->field]);

		sink_line(out, text.p, span_len(text));
	}
}

static void add_block(struct buf *out, const char *value, unsigned indent)
{
	struct span rest = span_cstr(value), line;

	while (span_line(&rest, &line)) {
		if (span_len(line) > 0)
			buf_addf(out, "%*s", (int)indent, "");
		buf_add(out, line.p, span_len(line));
		buf_addc(out, '\n');
	}
}

/* "Reviewed-by: ...", which b4 takes off a mail; an order; what mbox quotes. */
static bool is_acted_on(struct span line)
{
	static const char *const tags[] = { "cc", "fixes", "link", "closes" };
	struct span tag;

	if (span_starts(line, "#") || span_starts(line, "From ") ||
	    span_starts(line, "."))
		return true;
	if (!span_until(&line, ':', &tag))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(tags); i++)
		if (span_is_nocase(tag, tags[i]))
			return true;
	return span_len(tag) > 3 && !memchr(tag.p, ' ', span_len(tag)) &&
	       strncasecmp(tag.end - 3, "-by", 3) == 0;
}

/* Where a value is broken is chance: what it has there is no line of ours. */
static void end_prose(struct filler *f)
{
	AUTO(buf_release) struct buf text = { 0 };
	struct span rest, line;

	buf_init(&text, f->out->max);
	wrap_add(&text, &f->wrap, buf_text(&f->prose));
	rest = span_of(buf_text(&text), text.len);
	while (span_line(&rest, &line)) {
		buf_adds(f->out, is_acted_on(line) ? " " : "");
		buf_add(f->out, line.p, span_len(line));
		buf_addc(f->out, '\n');
	}
	f->out->overflow |= f->prose.overflow || text.overflow;
	f->prose.len = 0;
	if (f->prose.data)
		f->prose.data[0] = '\0';
}

static void add_line(struct filler *f, const struct template_line *line)
{
	if (line->kind != TEMPLATE_PROSE)
		end_prose(f);
	switch (line->kind) {
	case TEMPLATE_BLANK:
		break;
	case TEMPLATE_PROSE:
		buf_addc(&f->prose, ' ');
		add_parts(&f->prose, f, line);
		break;
	case TEMPLATE_FIXED:
		buf_addf(f->out, "%*s", (int)line->indent, "");
		add_parts(f->out, f, line);
		buf_addc(f->out, '\n');
		break;
	case TEMPLATE_BLOCK:
		add_block(f->out, f->values[line->v[0].field], line->indent);
		break;
	case TEMPLATE_SIGNATURE:
		buf_adds(f->out, "-- \n"); /* RFC 3676 4.3 */
		break;
	}
}

/* The first blank line from @at on, or the end. */
static size_t find_end(const struct template *t, size_t at)
{
	while (at < t->n && t->v[at].kind != TEMPLATE_BLANK)
		at++;
	return at;
}

void fill_write(struct buf *out, const struct template *t,
		const char *const *values, unsigned width)
{
	struct filler f = {
		.t = t, .values = values, .wrap = { .width = width }, .out = out
	};
	const size_t start = out->len;

	buf_init(&f.prose, out->max);
	for (size_t from = 0; from < t->n;) {
		size_t to = find_end(t, from);

		if (to > from && is_wanted(&f, from, to)) {
			if (out->len > start)
				buf_addc(out, '\n');
			for (size_t i = from; i < to; i++)
				if (!has_empty(&f, &t->v[i]))
					add_line(&f, &t->v[i]);
			end_prose(&f);
		}
		from = to + 1;
	}
	buf_release(&f.prose);
}
