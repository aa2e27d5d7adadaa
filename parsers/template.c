/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/template.h"

#include <assert.h>
#include <string.h>

#include "parsers/charset.h"

struct reader {
	const struct template_field *fields;
	size_t n_fields;
	bool is_used[TEMPLATE_MAX_FIELDS];
};

static struct template_line *add_line(struct template *t)
{
	t->v = xreallocarray(t->v, t->n + 1, sizeof(*t->v));
	t->v[t->n] = (struct template_line){ 0 };
	return &t->v[t->n++];
}

static void add_part(struct template_line *line, int field, struct span text)
{
	if (field == TEMPLATE_LITERAL && span_len(text) == 0)
		return;
	line->v = xreallocarray(line->v, line->n + 1, sizeof(*line->v));
	line->v[line->n++] = (struct template_part){ field, text };
}

static int find_field(int *out, struct reader *r, struct span name,
		      struct err *err)
{
	for (size_t i = 0; i < r->n_fields; i++) {
		if (!span_is(name, r->fields[i].name))
			continue;
		r->is_used[i] = true;
		*out = (int)i;
		return 0;
	}
	return err_set(err, ERR_INPUT, "there is no field '%.*s'",
		       span_len(name) > 40 ? 40 : (int)span_len(name), name.p);
}

/* What follows a '{'; @rest is behind the '}' then. */
static int read_field(struct template_line *line, struct span *rest,
		      struct reader *r, struct err *err)
{
	struct span name;
	int field = TEMPLATE_LITERAL;

	if (!span_until(rest, '}', &name))
		return err_set(err, ERR_INPUT, "a '{' is not closed");
	if (find_field(&field, r, name, err) < 0)
		return -1;
	add_part(line, field, (struct span){ 0 });
	return 0;
}

/* Each brace is one of a field, or doubled. */
static int read_parts(struct template_line *line, struct span rest,
		      struct reader *r, struct err *err)
{
	while (span_len(rest) > 0) {
		struct span text = rest;
		char brace;

		while (rest.p < rest.end && *rest.p != '{' && *rest.p != '}')
			rest.p++;
		text.end = rest.p;
		add_part(line, TEMPLATE_LITERAL, text);
		if (rest.p == rest.end)
			return 0;
		brace = *rest.p++;
		if (rest.p < rest.end && *rest.p == brace)
			add_part(line, TEMPLATE_LITERAL, span_of(rest.p++, 1));
		else if (brace == '}')
			return err_set(err, ERR_INPUT,
				       "a '}' is not opened; a brace is '}}'");
		else if (read_field(line, &rest, r, err) < 0)
			return -1;
	}
	return 0;
}

static enum template_line_kind find_kind(const struct template_line *line)
{
	if (line->n == 1 && line->v[0].field != TEMPLATE_LITERAL)
		return TEMPLATE_BLOCK;
	return line->indent > 0 ? TEMPLATE_FIXED : TEMPLATE_PROSE;
}

/* No byte that a mail or a terminal would take for more than text. */
static int check_bytes(struct span line, struct err *err)
{
	if (span_len(line) > TEMPLATE_MAX_LINE)
		return err_set(err, ERR_LIMIT, "more than %d bytes in a line",
			       TEMPLATE_MAX_LINE);
	for (const char *p = line.p; p < line.end; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return err_set(err, ERR_INPUT,
				       "a control character, 0x%02x",
				       (unsigned)(unsigned char)*p);
	if (!charset_is_utf8(line.p, span_len(line)))
		return err_set(err, ERR_INPUT, "this is not UTF-8");
	return 0;
}

static int read_line(struct template *t, struct span text, struct reader *r,
		     struct err *err)
{
	struct span trimmed = span_trim(text);
	struct template_line *line;

	if (check_bytes(text, err) < 0)
		return -1;
	if (span_is(text, "#") || span_starts(text, "# "))
		return 0;
	line = add_line(t);
	if (span_len(trimmed) == 0)
		return 0;
	line->indent = (unsigned)(trimmed.p - text.p);
	if (line->indent == 0 && span_is(trimmed, "--")) {
		line->kind = TEMPLATE_SIGNATURE;
		return 0;
	}
	if (read_parts(line, trimmed, r, err) < 0)
		return -1;
	line->kind = find_kind(line);
	return 0;
}

static int check_needed(const struct reader *r, struct err *err)
{
	for (size_t i = 0; i < r->n_fields; i++)
		if (r->fields[i].is_needed && !r->is_used[i])
			return err_set(err, ERR_INPUT,
				       "the field '%s' is missing",
				       r->fields[i].name);
	return 0;
}

static int read_all(struct template *t, unsigned *line_out, struct reader *r,
		    size_t len, struct err *err)
{
	struct span rest = span_of(t->text, len);
	struct span line;

	while (span_line(&rest, &line)) {
		++*line_out;
		if (read_line(t, line, r, err) < 0)
			return -1;
	}
	return check_needed(r, err);
}

int template_parse(struct template **out, unsigned *line_out,
		   const struct template_field *fields, size_t n_fields,
		   const char *text, size_t len, struct err *err)
{
	AUTO(template_free) struct template *t = NULL;
	struct reader r = { .fields = fields, .n_fields = n_fields };

	assert(n_fields <= TEMPLATE_MAX_FIELDS);
	*line_out = 0;
	if (len > TEMPLATE_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "more than %u bytes",
			       TEMPLATE_MAX_BYTES);
	t = xcalloc(1, sizeof(*t));
	t->text = xcalloc(1, len + 1);
	if (len > 0)
		memcpy(t->text, text, len);
	if (read_all(t, line_out, &r, len, err) < 0)
		return -1;
	*out = TAKE(t);
	return 0;
}

void template_free(struct template *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		free(t->v[i].v);
	free(t->v);
	free(t->text);
	free(t);
}
