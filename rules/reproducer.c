/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/reproducer.h"

#include <ctype.h>
#include <stdarg.h>

#include "bot/base/span.h"
#include "bot/base/wrap.h"
#include "rules/tell.h"

#define WIDTH 74 /* of a comment, without its " * " */

char *reproducer_name(const char *scenario, const char *filesystem)
{
	char *name = xasprintf("%s-%s.c", scenario, filesystem);

	for (char *p = name; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return name;
}

/* ---- what may hold foreign text ---- */

/* A pair of characters that opens or closes a comment is taken apart. */
static void add_harmless(struct buf *out, struct span line)
{
	for (const char *p = line.p; p < line.end; p++) {
		bool is_pair =
			p + 1 < line.end && ((p[0] == '*' && p[1] == '/') ||
					     (p[0] == '/' && p[1] == '*'));

		buf_addc(out, *p);
		if (is_pair)
			buf_addc(out, ' ');
	}
}

/* Lines of a comment; wrap_add passes them through sink_line. */
static void add_comment(struct buf *out, unsigned indent, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void add_comment(struct buf *out, unsigned indent, const char *fmt, ...)
{
	const struct wrap w = { .width = WIDTH, .indent = indent };
	AUTO(buf_release) struct buf lines = { 0 };
	AUTO(mem_free) char *text = NULL;
	struct span rest, line;
	va_list args;

	va_start(args, fmt);
	text = xvasprintf(fmt, args);
	va_end(args);
	buf_init(&lines, REPRODUCER_MAX_BYTES);
	wrap_add(&lines, &w, text);
	rest = span_of(buf_text(&lines), lines.len);
	while (span_line(&rest, &line)) {
		buf_adds(out, " * ");
		add_harmless(out, line);
		buf_addc(out, '\n');
	}
}

/* All but plain letters as octal; '?' too, as it may begin a trigraph. */
static void add_string(struct buf *out, const char *text)
{
	buf_addc(out, '"');
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c < 0x20 || c >= 0x7f || strchr("\"\\?", c))
			buf_addf(out, "\\%03o", c);
		else
			buf_addc(out, *p);
	}
	buf_addc(out, '"');
}

/* ---- the head ---- */

static void add_finding(struct buf *out, const struct reproducer_spec *s)
{
	const struct review *r = s->review;
	AUTO(mem_free) char *patch = tell_patch(r, s->finding);
	AUTO(mem_free) char *base = tell_base(r);
	const char *id = *s->finding->message_id ? s->finding->message_id
			 : r->message_id	 ? r->message_id
						 : "";

	buf_adds(out, " *\n");
	add_comment(out, 0, "Found (%s) in %s of \"%s\", v%u:",
		    review_finding_name(s->finding->kind), patch,
		    r->subject ? r->subject : "", r->version);
	if (*id)
		add_comment(out, 0, "<%s>", id);
	add_comment(out, 0, "On %s, %s.", s->filesystem, s->finding->says);
	add_comment(out, 0, "Base: %s, Linux %s.", base,
		    r->environment.kernel ? r->environment.kernel : "?");
}

static void add_head(struct buf *out, const struct reproducer_spec *s)
{
	AUTO(mem_free)
	char *name = reproducer_name(s->scenario, s->filesystem);
	int stem = (int)strcspn(name, ".");

	buf_adds(out, "/* SPDX-License-Identifier: GPL-2.0-or-later */\n/*\n");
	add_comment(out, 0, "%s - %s on %s: %s", name, s->scenario,
		    s->filesystem, s->says);
	if (s->finding)
		add_finding(out, s);
	buf_adds(out, " *\n");
	add_comment(out, 0, "Compile, and run as root on a scratch machine:");
	buf_adds(out, " *\n");
	buf_addf(out, " *\tgcc -O2 -static -pthread -o %.*s %s && ./%.*s\n *\n",
		 stem, name, name, stem, name);
	add_comment(out, 0,
		    "It makes a null_blk device of 384 MB and a device-mapper "
		    "node on it, with mkfs a filesystem, which it mounts below "
		    "/tmp; and takes all of it down again, after a SIGINT too. "
		    "Modules stay loaded. The kernel needs null_blk and "
		    "device-mapper's delay and flakey targets.");
	buf_adds(out, " *\n");
	add_comment(out, 0,
		    "Exit code: 0 as promised; 1 the finding shows, or a "
		    "promise is broken; 2 it was not provoked.");
	buf_adds(out, " *\n");
	add_comment(out, 0,
		    "Made by collider " COLLIDER_VERSION
		    " of its rules/collisions/: the scenario first, then its "
		    "kit.");
	buf_adds(out, " */\n#ifndef _GNU_SOURCE\n#define _GNU_SOURCE\n"
		      "#endif\n\n");
}

/* ---- what it is judged by ---- */

static void add_clauses(struct buf *out, const char *name,
			const struct contract_clauses *list)
{
	if (list->n == 0)
		return;
	buf_addf(out, ",\n\t  .%s = ALONE_CLAUSES(", name);
	for (size_t i = 0; i < list->n; i++) {
		const struct contract_clause *c = &list->v[i];

		buf_adds(out, i ? ",\n\t\t{ " : "\n\t\t{ ");
		add_string(out, c->field);
		buf_addf(out, ", %s, ALONE_VALUES(",
			 c->is_not ? "true" : "false");
		for (size_t v = 0; v < c->values.n; v++) {
			buf_adds(out, v ? ", " : "");
			add_string(out, c->values.v[v]);
		}
		buf_adds(out, ") }");
	}
	buf_addc(out, ')');
}

static void add_promise(struct buf *out, const struct contract *c)
{
	buf_adds(out, "\t{ .id = ");
	add_string(out, c->id);
	buf_adds(out, ",\n\t  .says = ");
	add_string(out, c->says);
	add_clauses(out, "when", &c->when);
	add_clauses(out, "expect", &c->expect);
	buf_adds(out, " },\n");
}

static const struct review_pair *find_pair(const struct reproducer_spec *s)
{
	for (size_t i = 0; s->review && i < s->review->n_pairs; i++) {
		const struct review_pair *p = &s->review->pairs[i];

		if (strcmp(p->filesystem, s->filesystem) == 0 &&
		    strcmp(p->scenario, s->scenario) == 0)
			return p;
	}
	return NULL;
}

/* The base does not keep it either. */
static bool is_broken_before(const struct reproducer_spec *s,
			     const struct contract *c)
{
	const struct review_pair *p = find_pair(s);

	if (contract_find_exception(c, s->scenario))
		return true;
	for (size_t i = 0; p && i < p->base.n; i++)
		if (contract_find_broken(c, &p->base.v[i].outcome))
			return true;
	return false;
}

static void add_promises(struct buf *out, const struct reproducer_spec *s)
{
	buf_adds(out,
		 "/* What the filesystem promises here. */\n"
		 "static const struct alone_promise alone_promises[] = {\n");
	for (size_t i = 0; i < s->contracts->n; i++) {
		const struct contract *c = &s->contracts->v[i];

		if (contract_is_about(c, s->filesystem, s->scenario) &&
		    !is_broken_before(s, c))
			add_promise(out, c);
	}
	buf_adds(out, "\t{ .id = NULL },\n};\n\n");
}

static void add_seen(struct buf *out, const struct finding *f)
{
	buf_adds(out, "/* On a kernel without the fault; with it. */\n"
		      "static const struct alone_seen alone_seen[] = {\n");
	for (size_t i = 0; f && i < f->patched.n && i < f->base.n; i++) {
		buf_adds(out, "\t{ ");
		add_string(out, f->patched.v[i].name);
		buf_adds(out, ", ");
		add_string(out, f->base.v[i].value);
		buf_adds(out, ", ");
		add_string(out, f->patched.v[i].value);
		buf_adds(out, " },\n");
	}
	buf_adds(out, "\t{ NULL, NULL, NULL },\n};\n\n");
}

static void add_table(struct buf *out, const struct reproducer_spec *s)
{
	buf_adds(out, "\n/* ---- what is expected ---- */\n\n");
	add_promises(out, s);
	add_seen(out, s->finding);
	buf_adds(out, "const struct alone_case alone_case = {\n"
		      "\t.scenario = ");
	add_string(out, s->scenario);
	buf_adds(out, ",\n\t.filesystem = ");
	add_string(out, s->filesystem);
	buf_adds(out, ",\n\t.promises = alone_promises,\n"
		      "\t.seen = alone_seen,\n};\n");
}

int reproducer_write(struct buf *out, const struct reproducer_spec *spec,
		     struct err *err)
{
	AUTO(buf_release) struct buf table = { 0 };

	buf_init(&table, REPRODUCER_MAX_BYTES);
	add_table(&table, spec);
	if (buf_check(&table, "what a reproducer expects", err) < 0)
		return -1;
	buf_init(out, REPRODUCER_MAX_BYTES);
	add_head(out, spec);
	if (amalgam_add(out, spec->files, spec->scenario, buf_text(&table),
			err) < 0)
		return -1;
	return buf_check(out, "the reproducer", err);
}
