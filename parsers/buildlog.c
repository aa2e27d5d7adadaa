/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line at a time, with a little memory: the "In function" and "included
 * from" lines that precede a diagnostic belong to it, and the first recipe that
 * failed counts as an error only when nothing else explains the failure.
 */
#include "parsers/buildlog.h"

#include <limits.h>

#include "bot/base/sink.h"
#include "bot/base/span.h"

#define MAX_PARTS 64 /* of a path that is made shorter */

struct reader {
	struct buildlog *log;
	const char *root;
	char *function;	   /* of the last "In function" line, or NULL */
	char *function_in; /* the file that line names */
	char *via;	   /* of the last "from" line, or NULL */
	char *failed;	   /* the first "[...] Error n", or NULL */
};

static void reader_release(struct reader *r)
{
	free(r->function);
	free(r->function_in);
	free(r->via);
	free(r->failed);
}
DEFINE_AUTO_VALUE(struct reader, reader_release)

static void diagnostic_release(struct diagnostic *d)
{
	free(d->file);
	free(d->text);
	free(d->function);
	free(d->via);
}

static char *clean(struct span s)
{
	AUTO(buf_release) struct buf out = { 0 };

	buf_init(&out, 4 * BUILDLOG_MAX_LINE);
	sink_line(&out, s.p, span_len(s));
	return buf_take(&out);
}

static void replace(char **slot, char *value)
{
	free(*slot);
	*slot = value;
}

/* "./fs/xfs/libxfs/../xfs.h" is "fs/xfs/xfs.h"; what leads out stays out. */
static size_t split_path(struct span *parts, struct span path)
{
	size_t n = 0;
	struct span part;

	for (bool more = true; more && n < MAX_PARTS;) {
		more = span_until(&path, '/', &part);
		if (!more)
			part = path;
		if (span_len(part) == 0 || span_is(part, "."))
			continue;
		if (span_is(part, "..") && n && !span_is(parts[n - 1], ".."))
			n--;
		else
			parts[n++] = part;
	}
	return n;
}

static char *clean_path(struct span path, const char *root)
{
	AUTO(buf_release) struct buf out = { 0 };
	struct span parts[MAX_PARTS];
	struct span below = path;
	size_t n;

	if (span_eat(&below, root) && span_eat(&below, "/"))
		path = below;
	n = split_path(parts, path);
	buf_init(&out, 4 * BUILDLOG_MAX_LINE);
	for (size_t i = 0; i < n; i++) {
		if (i || span_starts(path, "/"))
			buf_addc(&out, '/');
		sink_line(&out, parts[i].p, span_len(parts[i]));
	}
	return buf_take(&out);
}

/* ---- the list ---- */

static void push_take(struct buildlog *log, struct diagnostic *d)
{
	if (log->n == BUILDLOG_MAX_DIAGNOSTICS) {
		log->left_out++;
		diagnostic_release(d);
		return;
	}
	log->v = xreallocarray(log->v, log->n + 1, sizeof(*log->v));
	log->v[log->n++] = *d;
}

void buildlog_push(struct buildlog *log, const struct diagnostic *d)
{
	struct diagnostic copy = *d;

	copy.file = xstrdup(d->file);
	copy.text = xstrdup(d->text);
	copy.function = d->function ? xstrdup(d->function) : NULL;
	copy.via = d->via ? xstrdup(d->via) : NULL;
	push_take(log, &copy);
}

static bool is_same(const struct diagnostic *a, const struct diagnostic *b)
{
	return a->severity == b->severity && strcmp(a->file, b->file) == 0 &&
	       strcmp(a->text, b->text) == 0;
}

static size_t count_same(const struct diagnostic *v, size_t n,
			 const struct diagnostic *d)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += is_same(&v[i], d);
	return count;
}

bool buildlog_is_new(const struct buildlog *log, size_t i,
		     const struct buildlog *known)
{
	const struct diagnostic *d = &log->v[i];

	return count_same(log->v, i + 1, d) > count_same(known->v, known->n, d);
}

const char *diagnostic_severity_name(enum diagnostic_severity severity)
{
	return severity == DIAGNOSTIC_ERROR ? "error" : "warning";
}

void buildlog_release(struct buildlog *log)
{
	for (size_t i = 0; i < log->n; i++)
		diagnostic_release(&log->v[i]);
	free(log->v);
	strings_release(&log->built);
	*log = (struct buildlog){ 0 };
}

/* ---- pieces of a line ---- */

static const struct severity_word {
	const char *word;
	enum diagnostic_severity severity;
} severity_words[] = {
	{ "warning: ", DIAGNOSTIC_WARNING },
	{ "error: ", DIAGNOSTIC_ERROR },
	{ "fatal error: ", DIAGNOSTIC_ERROR },
	{ "Warning: ", DIAGNOSTIC_WARNING }, /* as */
	{ "Error: ", DIAGNOSTIC_ERROR },
};

static bool eat_severity(struct span *s, enum diagnostic_severity *out)
{
	for (size_t i = 0; i < ARRAY_LEN(severity_words); i++) {
		if (span_eat(s, severity_words[i].word)) {
			*out = severity_words[i].severity;
			return true;
		}
	}
	return false;
}

static bool eat_number(struct span *s, unsigned *out)
{
	struct span rest = *s;
	uint64_t value;

	if (!span_uint(&rest, INT_MAX, &value) || !span_eat(&rest, ":"))
		return false;
	*out = (unsigned)value;
	*s = rest;
	return true;
}

/* "FILE:12:" or "FILE:12:5:"; a name with blanks is no file of ours. */
static bool eat_place(struct span *s, struct span *file, unsigned *line,
		      unsigned *column)
{
	struct span rest = *s;

	*column = 0;
	if (!span_until(&rest, ':', file) || span_len(*file) == 0 ||
	    span_find(*file, " ") || !eat_number(&rest, line))
		return false;
	eat_number(&rest, column);
	*s = rest;
	return true;
}

/* The text between the first pair of quotes: 'x' or `x'. */
static bool find_quoted(struct span s, struct span *out)
{
	while (s.p < s.end && *s.p != '\'' && *s.p != '`')
		s.p++;
	if (s.p == s.end)
		return false;
	s.p++;
	return span_until(&s, '\'', out);
}

/* Consumes @file. */
static void add(struct reader *r, char *file, unsigned line, unsigned column,
		enum diagnostic_severity severity, struct span text)
{
	bool inside = r->function && strcmp(r->function_in, file) == 0;

	push_take(r->log,
		  &(struct diagnostic){
			  .file = file,
			  .line = line,
			  .column = column,
			  .severity = severity,
			  .text = clean(span_trim(text)),
			  .function = inside ? xstrdup(r->function) : NULL,
			  .via = TAKE(r->via),
		  });
}

/* ---- kinds of lines: each says whether the line was of its kind ---- */

/* "  CC      fs/iomap/direct-io.o", "  CC [M]  fs/fat/dir.o" */
static bool read_object(struct reader *r, struct span s)
{
	struct strings *built = &r->log->built;
	struct span tool, word = { s.p, s.p };

	if (!span_eat(&s, "  ") || !span_word(&s, &tool) ||
	    (!span_is(tool, "CC") && !span_is(tool, "AS") &&
	     !span_is(tool, "HOSTCC")))
		return false;
	while (span_word(&s, &word))
		;
	if (span_starts(word, "[") || word.p < tool.end)
		return false;
	if (built->n == BUILDLOG_MAX_BUILT)
		r->log->left_out++;
	else
		strings_push_take(built, clean_path(word, r->root));
	return true;
}

/*
 * "In file included from FILE:1:", "from FILE:2,", "inlined from 'f' at ...".
 * gcc ends with the source, clang begins with it: a header gives way.
 */
static bool read_via(struct reader *r, struct span s)
{
	const char *at = span_find(s, " at ");
	struct span file;
	uint64_t line;

	s = span_trim(s);
	if (span_starts(s, "inlined from ") && at)
		s.p = at + strlen(" at ");
	else if (!span_eat(&s, "In file included from ") &&
		 !span_eat(&s, "from "))
		return false;
	if ((!r->via || strstr(r->via, ".h:")) && span_until(&s, ':', &file) &&
	    span_uint(&s, INT_MAX, &line)) {
		AUTO(mem_free) char *path = clean_path(file, r->root);

		replace(&r->via, xasprintf("%s:%u", path, (unsigned)line));
	}
	return true;
}

/* "FILE: In function 'f':", "ld: FILE: in function `f':", "FILE: At top ..." */
static bool read_function(struct reader *r, struct span s)
{
	const char *in = span_find(s, ": In function ");
	struct span name;

	if (!in)
		in = span_find(s, ": in function ");
	if (in && find_quoted(span_of(in, (size_t)(s.end - in)), &name)) {
		replace(&r->function, clean(name));
		replace(&r->function_in,
			clean_path(span_of(s.p, (size_t)(in - s.p)), r->root));
		return true;
	}
	if (!span_find(s, ": At top level:"))
		return false;
	replace(&r->function, NULL);
	return true;
}

static bool is_kconfig(struct span file)
{
	const char *slash = memrchr(file.p, '/', span_len(file));

	if (slash)
		file.p = slash + 1;
	return span_starts(file, "Kconfig");
}

/* "FILE:12:5: warning: ...", "Makefile:7: *** ...", "Kconfig:3: ..." */
static bool read_placed(struct reader *r, struct span s)
{
	enum diagnostic_severity severity = DIAGNOSTIC_ERROR;
	unsigned line, column;
	struct span file;

	if (!eat_place(&s, &file, &line, &column))
		return false;
	if (is_kconfig(file)) {
		if (span_eat(&s, "warning:"))
			severity = DIAGNOSTIC_WARNING;
	} else if (!span_eat(&s, " ")) {
		return false;
	} else if (!eat_severity(&s, &severity) && !span_eat(&s, "*** ")) {
		return false;
	}
	add(r, clean_path(file, r->root), line, column, severity, s);
	return true;
}

/* What the linker says of a symbol: its place is an object, or nothing. */
static bool read_link(struct reader *r, struct span s)
{
	const char *what = span_find(s, "undefined reference to ");
	struct span file = span_cstr("vmlinux");

	if (!what)
		what = span_find(s, "multiple definition of ");
	if (!what)
		return false;
	if (!span_eat(&s, "/usr/bin/ld: "))
		span_eat(&s, "ld: ");
	span_until(&s, ':', &file);
	if (r->function)
		replace(&r->function_in, clean_path(file, r->root));
	add(r, clean_path(file, r->root), 0, 0, DIAGNOSTIC_ERROR,
	    span_of(what, (size_t)(s.end - what)));
	return true;
}

/* "make[3]: *** [scripts/Makefile.build:229: fs/a.o] Error 1" */
static bool read_make(struct reader *r, struct span s)
{
	struct span level;

	if (!span_starts(s, "make") || !span_until(&s, ':', &level) ||
	    !span_eat(&s, " *** "))
		return false;
	if (!span_starts(s, "["))
		add(r, xstrdup("make"), 0, 0, DIAGNOSTIC_ERROR, s);
	else if (!r->failed && !span_find(s, "(ignored)"))
		r->failed = clean(s);
	return true;
}

/* "ERROR: modpost: ...", and "NAME: warning: ..." of gcc, ld, objtool, ... */
static bool read_unplaced(struct reader *r, struct span s)
{
	enum diagnostic_severity severity;
	struct span name;

	if (span_eat(&s, "ERROR: modpost: ")) {
		add(r, xstrdup("vmlinux"), 0, 0, DIAGNOSTIC_ERROR, s);
		return true;
	}
	if (span_eat(&s, "WARNING: modpost: ")) {
		add(r, xstrdup("vmlinux"), 0, 0, DIAGNOSTIC_WARNING, s);
		return true;
	}
	if (!span_until(&s, ':', &name) || span_find(name, " ") ||
	    span_is(name, "collect2") || !span_eat(&s, " ") ||
	    !eat_severity(&s, &severity))
		return false;
	add(r, clean_path(name, r->root), 0, 0, severity, s);
	return true;
}

/* ---- the whole ---- */

/* Without "ESC [ ... m" and its kin; at most BUILDLOG_MAX_LINE bytes. */
static struct span strip_escapes(char *out, struct span line)
{
	char *to = out;

	while (line.p < line.end && to < out + BUILDLOG_MAX_LINE) {
		if (!span_eat(&line, "\033[")) {
			*to++ = *line.p++;
			continue;
		}
		while (line.p < line.end && (*line.p < '@' || *line.p > '~'))
			line.p++;
		line.p += line.p < line.end;
	}
	return span_of(out, (size_t)(to - out));
}

static bool is_empty_line(struct span s)
{
	return span_len(span_trim(s)) == 0;
}

static void read_line(struct reader *r, struct span s)
{
	static bool (*const kinds[])(struct reader *, struct span) = {
		read_object, read_via,	read_function, read_link,
		read_placed, read_make, read_unplaced,
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds) && !is_empty_line(s); i++)
		if (kinds[i](r, s))
			return;
}

static bool has_error(const struct buildlog *log)
{
	for (size_t i = 0; i < log->n; i++)
		if (log->v[i].severity == DIAGNOSTIC_ERROR)
			return true;
	return false;
}

void buildlog_parse(struct buildlog *out, const char *text, size_t len,
		    const char *root)
{
	AUTO(reader_release) struct reader r = { .log = out, .root = root };
	AUTO(mem_free) char *line_text = xmalloc(BUILDLOG_MAX_LINE);
	struct span rest = span_of(text, len);
	struct span line;

	*out = (struct buildlog){ 0 };
	while (span_line(&rest, &line))
		read_line(&r, strip_escapes(line_text, line));
	if (r.failed && !has_error(out))
		add(&r, xstrdup("make"), 0, 0, DIAGNOSTIC_ERROR,
		    span_cstr(r.failed));
}
