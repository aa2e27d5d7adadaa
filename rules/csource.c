/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/csource.h"

#include <ctype.h>

/* ---- tokens ---- */

static bool is_word_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static size_t space_len(struct span s)
{
	size_t n = 0;

	while (n < span_len(s) && isspace((unsigned char)s.p[n]))
		n++;
	return n;
}

static size_t word_len(struct span s)
{
	size_t n = 0;

	while (n < span_len(s) && is_word_byte(s.p[n]))
		n++;
	return n;
}

static size_t comment_len(struct span s)
{
	bool is_block = span_starts(s, "/*");
	const char *end = span_find(s, is_block ? "*/" : "\n");

	if (!end)
		return span_len(s);
	return (size_t)(end - s.p) + (is_block ? 2 : 0);
}

static size_t quoted_len(struct span s)
{
	size_t n = 1;

	while (n < span_len(s) && s.p[n] != *s.p)
		n += s.p[n] == '\\' ? 2 : 1;
	return n + 1 < span_len(s) ? n + 1 : span_len(s);
}

static enum csource_kind kind_of(struct span s)
{
	if (isspace((unsigned char)*s.p))
		return CSOURCE_SPACE;
	if (span_starts(s, "/*") || span_starts(s, "//"))
		return CSOURCE_COMMENT;
	if (*s.p == '"' || *s.p == '\'')
		return CSOURCE_QUOTED;
	if (is_word_byte(*s.p) && !isdigit((unsigned char)*s.p))
		return CSOURCE_WORD;
	return CSOURCE_OTHER;
}

static size_t len_of(enum csource_kind kind, struct span s)
{
	switch (kind) {
	case CSOURCE_SPACE:
		return space_len(s);
	case CSOURCE_COMMENT:
		return comment_len(s);
	case CSOURCE_QUOTED:
		return quoted_len(s);
	case CSOURCE_WORD:
		return word_len(s);
	case CSOURCE_OTHER:
		break;
	}
	if (span_starts(s, "->"))
		return 2;
	return isdigit((unsigned char)*s.p) ? word_len(s) : 1;
}

bool csource_next(struct csource_token *out, struct csource_reader *r)
{
	size_t len;

	if (span_len(r->rest) == 0)
		return false;
	out->kind = kind_of(r->rest);
	len = len_of(out->kind, r->rest);
	out->text = span_of(r->rest.p, len);
	out->is_member = out->kind == CSOURCE_WORD && r->is_member;
	r->rest.p += len;
	if (out->kind == CSOURCE_OTHER || out->kind == CSOURCE_WORD)
		r->is_member =
			span_is(out->text, ".") || span_is(out->text, "->");
	return true;
}

/* The next token that is neither space nor comment, without eating it. */
static struct span peek(struct csource_reader r)
{
	struct csource_token t;

	while (csource_next(&t, &r))
		if (t.kind != CSOURCE_SPACE && t.kind != CSOURCE_COMMENT)
			return t.text;
	return span_of(NULL, 0);
}

static bool is_any(struct span word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(word, list[i]))
			return true;
	return false;
}

/* +1 for what opens, -1 for what closes. */
static int nesting(struct span text)
{
	static const char *const open[] = { "(", "[", "{" };
	static const char *const close[] = { ")", "]", "}" };

	return is_any(text, open, ARRAY_LEN(open)) -
	       is_any(text, close, ARRAY_LEN(close));
}

/* ---- names ---- */

static void add_name(struct csource_piece *p, struct span text, bool is_local,
		     bool is_fixed)
{
	p->v = xreallocarray(p->v, p->n + 1, sizeof(*p->v));
	p->v[p->n++] = (struct csource_name){ text, is_local, is_fixed };
}

/* What stands behind struct, union or enum, where it is defined. */
static bool is_type_word(struct span word)
{
	static const char *const words[] = { "struct", "union", "enum" };

	return is_any(word, words, ARRAY_LEN(words));
}

static void name_enumerators(struct csource_piece *p, struct csource_reader r,
			     bool is_local)
{
	struct csource_token t;
	bool is_next = true;
	int depth = 1;

	while (depth > 0 && csource_next(&t, &r)) {
		depth += nesting(t.text);
		if (t.kind == CSOURCE_WORD && is_next)
			add_name(p, t.text, is_local, false);
		if (t.kind == CSOURCE_WORD || span_is(t.text, ","))
			is_next = depth == 1 && span_is(t.text, ",");
	}
}

/* What tells a name from a type: what stands behind it, at the top level. */
static bool ends_a_name(struct span next)
{
	static const char *const ends[] = { "=", "[", ";", "," };

	return is_any(next, ends, ARRAY_LEN(ends));
}

/* The names of one piece of code, as they are met. */
struct naming {
	struct csource_piece *piece;
	bool is_header;
	bool is_static, is_extern, is_done;
	struct span before; /* the word before */
};

static void name_word(struct naming *n, struct span word,
		      struct csource_reader behind)
{
	struct span next = peek(behind);
	bool is_local = !n->is_header && (n->is_static || n->is_extern);

	if (span_is(word, "static"))
		n->is_static = true;
	else if (span_is(word, "extern"))
		n->is_extern = true;
	else if (is_type_word(n->before) && span_is(next, "{"))
		add_name(n->piece, word, !n->is_header, false);
	else if (!n->is_done && span_is(next, "(") &&
		 !span_is(word, "__attribute__")) {
		add_name(n->piece, word, is_local, n->is_extern);
		n->is_done = true; /* what follows is arguments */
	} else if (!n->is_done && ends_a_name(next))
		add_name(n->piece, word, is_local, n->is_extern);
	n->before = word;
}

/* SCENARIO(c01): what it lists; it defines nothing that is asked for. */
static bool is_listing(struct csource_piece *p)
{
	struct span rest = p->text;
	const char *end;

	if (!span_eat(&rest, "SCENARIO("))
		return false;
	end = span_find(rest, ")");
	p->listed = span_of(rest.p, end ? (size_t)(end - rest.p) : 0);
	return true;
}

static void name_code(struct csource_piece *p, bool is_header)
{
	struct naming n = { .piece = p, .is_header = is_header };
	struct csource_reader r = { .rest = p->text };
	struct span type = span_of(NULL, 0);
	struct csource_token t;
	int depth = 0;

	if (is_listing(p))
		return;
	while (csource_next(&t, &r)) {
		if (depth == 0 && span_is(t.text, "{") && span_is(type, "enum"))
			name_enumerators(p, r, !is_header);
		depth += nesting(t.text);
		if (depth != 0 || t.kind != CSOURCE_WORD)
			continue;
		if (is_type_word(t.text))
			type = t.text;
		else if (!span_is(peek(r), "{"))
			type = span_of(NULL, 0);
		name_word(&n, t.text, r);
	}
}

/* "#define X": @is_fixed when it is behind an #ifndef. */
static void name_macros(struct csource_piece *p, bool is_header, bool is_fixed)
{
	struct span rest = p->text;
	struct span line;

	while (span_line(&rest, &line)) {
		struct csource_reader r = { .rest = span_trim(line) };
		struct csource_token t;

		if (!span_eat(&r.rest, "#define"))
			continue;
		r.rest = span_trim(r.rest);
		if (csource_next(&t, &r))
			add_name(p, t.text, !is_header, is_fixed);
	}
}

/* ---- pieces ---- */

static struct span cut(struct span *rest, const char *end)
{
	struct span piece = { rest->p, end };

	rest->p = end;
	return piece;
}

/* A comment on the same line belongs to it. */
static const char *skip_tail(struct csource_reader r)
{
	struct csource_reader end = r;
	struct csource_token t;

	while (csource_next(&t, &r)) {
		if (t.kind == CSOURCE_COMMENT)
			return r.rest.p;
		if (t.kind != CSOURCE_SPACE || span_find(t.text, "\n"))
			break;
	}
	return end.rest.p;
}

/* Up to the ';' or the end of the body. */
static struct span cut_code(struct span *rest)
{
	struct csource_reader r = { .rest = *rest };
	struct span before = span_of(NULL, 0);
	bool is_body = false, has_value = false;
	struct csource_token t;
	int depth = 0;

	while (csource_next(&t, &r)) {
		if (t.kind == CSOURCE_SPACE || t.kind == CSOURCE_COMMENT)
			continue;
		if (depth == 0 && span_is(t.text, "="))
			has_value = true;
		if (depth == 0 && span_is(t.text, "{") &&
		    span_is(before, ")") && !has_value)
			is_body = true;
		depth += nesting(t.text);
		before = t.text;
		if (depth == 0 &&
		    (span_is(t.text, ";") || (is_body && span_is(t.text, "}"))))
			break;
	}
	return cut(rest, skip_tail(r));
}

/* One line, with those that a backslash or a comment joins to it. */
static const char *skip_directive(struct span rest)
{
	struct csource_reader r = { .rest = rest };
	struct span before = span_of(NULL, 0);
	struct csource_token t;
	const char *end = rest.p;

	while (csource_next(&t, &r)) {
		if (t.kind == CSOURCE_SPACE && span_find(t.text, "\n") &&
		    !span_is(before, "\\"))
			break;
		before = t.text;
		end = r.rest.p;
	}
	return end;
}

/* A line; of #if all up to its #endif. */
static struct span cut_directive(struct span *rest)
{
	struct span left = *rest;
	int depth = 0;

	do {
		struct span line = cut(&left, skip_directive(left));

		depth += span_starts(line, "#if");
		depth -= span_starts(line, "#endif");
		if (depth == 0)
			break;
		left.p += space_len(left);
		while (span_len(left) && *left.p != '#')
			cut_code(&left);
	} while (span_len(left));
	return cut(rest, left.p);
}

static struct csource_piece *add_piece(struct csource *s, bool is_apart)
{
	struct csource_piece *p;

	s->v = xreallocarray(s->v, s->n + 1, sizeof(*s->v));
	p = &s->v[s->n++];
	*p = (struct csource_piece){ .is_apart = is_apart,
				     .comment = span_of(NULL, 0),
				     .text = span_of(NULL, 0),
				     .listed = span_of(NULL, 0) };
	return p;
}

static void add_comment(struct csource *s, struct span comment, bool is_apart)
{
	if (span_len(comment))
		add_piece(s, is_apart)->comment = comment;
}

static void add_span(struct span **list, size_t *n, struct span text)
{
	*list = xreallocarray(*list, *n + 1, sizeof(**list));
	(*list)[(*n)++] = text;
}

static void add_include(struct csource *s, struct span line)
{
	struct span file;

	span_eat(&line, "#include");
	line = span_trim(line);
	if (span_starts(line, "<") && span_until(&line, '>', &file)) {
		file.end++;
		add_span(&s->includes, &s->n_includes, file);
	} else if (span_eat(&line, "\"") && span_until(&line, '"', &file)) {
		while (memchr(file.p, '/', span_len(file)))
			file.p++;
		add_span(&s->ours, &s->n_ours, file);
	}
}

static void add_code(struct csource *s, struct span *rest, struct span comment,
		     bool is_apart)
{
	bool is_directive = *rest->p == '#';
	struct span text = is_directive ? cut_directive(rest) : cut_code(rest);
	struct csource_piece *p;

	if (span_starts(text, "#include")) {
		add_include(s, text);
		add_comment(s, comment, is_apart); /* of the file, then */
		return;
	}
	p = add_piece(s, is_apart);
	p->comment = comment;
	p->text = text;
	if (is_directive)
		name_macros(p, s->is_header, span_starts(text, "#if"));
	else
		name_code(p, s->is_header);
}

static bool has_blank_line(struct span space)
{
	const char *first = span_find(space, "\n");

	return first &&
	       memchr(first + 1, '\n', (size_t)(space.end - first - 1)) != NULL;
}

static void read_pieces(struct csource *s, struct span rest)
{
	struct span comment = span_of(NULL, 0);
	bool is_apart = true;

	while (span_len(rest)) {
		struct span space = cut(&rest, rest.p + space_len(rest));

		if (has_blank_line(space)) {
			add_comment(s, comment, is_apart);
			comment = span_of(NULL, 0);
			is_apart = true;
		}
		if (span_len(rest) == 0)
			break;
		if (kind_of(rest) == CSOURCE_COMMENT) {
			add_comment(s, comment, is_apart);
			comment = cut(&rest, rest.p + comment_len(rest));
			continue;
		}
		add_code(s, &rest, comment, is_apart);
		comment = span_of(NULL, 0);
		is_apart = false;
	}
	add_comment(s, comment, is_apart);
}

/* "#ifndef X", "#define X" and the last "#endif" of a header. */
static struct span strip_guard(struct span text)
{
	const char *guard = span_find(text, "#ifndef ");
	struct span rest, line;

	if (!guard)
		return text;
	rest = (struct span){ guard, text.end };
	for (int n = 0; n < 2; n++)
		if (!span_line(&rest, &line))
			return text;
	rest = span_trim(rest);
	if (span_len(rest) > 6 && span_is(span_of(rest.end - 6, 6), "#endif"))
		rest.end -= 6;
	return rest;
}

void csource_parse(struct csource *out, const char *name, const char *text)
{
	struct span all = span_cstr(text);
	struct span first = all;
	struct span line;

	*out = (struct csource){ .name = name,
				 .is_header = strlen(name) > 2 &&
					      strcmp(name + strlen(name) - 2,
						     ".h") == 0 };
	if (span_line(&first, &line) &&
	    span_find(line, "SPDX-License-Identifier"))
		all = first;
	if (!out->is_header) {
		read_pieces(out, all);
		return;
	}
	first = (struct span){ all.p, all.p + space_len(all) };
	first.p = first.end;
	if (span_starts((struct span){ first.p, all.end }, "/*"))
		first.end = first.p +
			    comment_len((struct span){ first.p, all.end });
	add_comment(out, first, true);
	read_pieces(out, strip_guard(all));
}

void csource_release(struct csource *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i].v);
	free(s->v);
	free(s->includes);
	free(s->ours);
	*s = (struct csource){ 0 };
}
