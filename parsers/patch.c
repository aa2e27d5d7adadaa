/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what git apply reads, line by line. Between diffs anything may stand,
 * except for a hunk that has lost its file. Within a hunk the counts of its
 * header decide what belongs to it: so a signature behind it is no deletion,
 * and a header that lies is found at the line where it does.
 *
 * Stricter than git apply, on purpose: two names that differ without a rename,
 * and lines that follow the end of their file, are refused.
 */
#include "parsers/patch.h"

#include <ctype.h>

#include "bot/base/span.h"
#include "parsers/diffpath.h"

struct reader {
	struct patch *p;
	struct span rest; /* what is not read yet */
	unsigned line;	  /* number of the line that rest begins with */
	size_t n_hunks;
	size_t n_lines;
};

/* One line: its text without the newline, and whether there was one. */
struct row {
	struct span text;
	bool is_whole;
};

static bool peek_row(const struct reader *r, struct row *row)
{
	struct span rest = r->rest;

	if (!span_line(&rest, &row->text))
		return false;
	row->is_whole = row->text.end < rest.end || rest.p > row->text.end;
	return true;
}

static void eat_row(struct reader *r)
{
	struct span line;

	if (span_line(&r->rest, &line))
		r->line++;
}

static size_t offset_of(const struct reader *r, const char *at)
{
	return (size_t)(at - r->p->text);
}

/* The text of a header line; mail may have left a CR at its end. */
static struct span header_text(struct row row)
{
	if (row.text.p < row.text.end && row.text.end[-1] == '\r')
		row.text.end--;
	return row.text;
}

static int bad_line(const struct reader *r, struct err *err, const char *what)
{
	return err_set(err, ERR_INPUT, "line %u: %s", r->line, what);
}

static struct patch_file *add_file(struct reader *r, struct err *err)
{
	struct patch *p = r->p;

	if (p->n_files == PATCH_MAX_FILES) {
		err_set(err, ERR_LIMIT, "line %u: more than %d files", r->line,
			PATCH_MAX_FILES);
		return NULL;
	}
	p->files = xreallocarray(p->files, p->n_files + 1, sizeof(*p->files));
	p->files[p->n_files] = (struct patch_file){
		.line = r->line,
		.at = offset_of(r, r->rest.p),
	};
	return &p->files[p->n_files++];
}

/* ---- names ---- */

static int set_path(const struct reader *r, char **path, const char *name,
		    struct err *err)
{
	const char *fault = name ? diffpath_fault(name) : "is missing";

	if (fault)
		return err_set(err, ERR_INPUT, "line %u: path '%s' %s", r->line,
			       name ? name : "", fault);
	if (*path && strcmp(*path, name) != 0)
		return err_set(err, ERR_INPUT,
			       "line %u: path '%s' is not '%s' as before",
			       r->line, name, *path);
	if (!*path)
		*path = xstrdup(name);
	return 0;
}

/* " 2024-01-02 03:04:05.678 +0100" at the end, as diff -u may set it off. */
static struct span cut_date(struct span s)
{
	for (const char *p = s.p; s.end - p > 20; p++)
		if (p[0] == ' ' && isdigit((unsigned char)p[1]) &&
		    p[5] == '-' && p[8] == '-' && p[11] == ' ' &&
		    p[14] == ':' && p[17] == ':')
			return (struct span){ s.p, p };
	return s;
}

/*
 * The name of a "--- " or "+++ " line. True: *out is the caller's; it ends at
 * a tab, or where a date begins. False: no name, or a NUL in it.
 */
static bool read_name(char **out, struct span s)
{
	struct span name;

	if (span_starts(s, "\""))
		return diffpath_unquote(out, &s);
	if (!span_until(&s, '\t', &name))
		name = cut_date(s);
	if (name.p == name.end || memchr(name.p, '\0', span_len(name)))
		return false;
	*out = span_dup(name);
	return true;
}

static bool is_dev_null(struct span s)
{
	return span_eat(&s, "/dev/null") &&
	       (s.p == s.end || isspace((unsigned char)*s.p));
}

/* ---- header lines of a git diff ---- */

static int set_op(const struct reader *r, struct patch_file *f,
		  enum patch_op op, struct err *err)
{
	if (f->op != PATCH_CHANGE && f->op != op)
		return bad_line(r, err, "header lines contradict each other");
	f->op = op;
	return 0;
}

/* Any mode that git stores; older tools wrote 100664 and the like. */
static int read_mode(const struct reader *r, unsigned *mode, struct span s,
		     struct err *err)
{
	unsigned value = 0;
	size_t digits = 0;

	for (; s.p < s.end && *s.p >= '0' && *s.p <= '7' && digits < 7; s.p++) {
		value = value * 8 + (unsigned)(*s.p - '0');
		digits++;
	}
	if (!digits || (s.p < s.end && !isspace((unsigned char)*s.p)))
		return bad_line(r, err, "no file mode");
	switch (value & 0170000) {
	case 0100000:
		*mode = value & 0100 ? 0100755 : 0100644;
		return 0;
	case 0120000:
		*mode = 0120000;
		return 0;
	case 0160000:
		*mode = 0160000;
		return 0;
	}
	return bad_line(r, err, "a file mode that git does not have");
}

static bool eat_id(char id[PATCH_MAX_ID + 1], struct span *s)
{
	size_t n = 0;
	bool is_zero = true;

	while (s->p + n < s->end && isxdigit((unsigned char)s->p[n])) {
		if (n == PATCH_MAX_ID)
			return false;
		is_zero = is_zero && s->p[n] == '0';
		id[n] = (char)tolower((unsigned char)s->p[n]);
		n++;
	}
	id[is_zero ? 0 : n] = '\0';
	s->p += n;
	return n > 0;
}

/* "index 1234..5678 100644"; one that is no such thing is nobody's loss. */
static int read_index(const struct reader *r, struct patch_file *f,
		      struct span s, struct err *err)
{
	char old_id[PATCH_MAX_ID + 1];
	char new_id[PATCH_MAX_ID + 1];

	if (!eat_id(old_id, &s) || !span_eat(&s, "..") || !eat_id(new_id, &s))
		return 0;
	memcpy(f->old_id, old_id, sizeof(old_id));
	memcpy(f->new_id, new_id, sizeof(new_id));
	if (!span_eat(&s, " "))
		return 0;
	return read_mode(r, &f->old_mode, s, err);
}

static int read_old_mode(const struct reader *r, struct patch_file *f,
			 struct span s, struct err *err)
{
	return read_mode(r, &f->old_mode, s, err);
}

static int read_new_mode(const struct reader *r, struct patch_file *f,
			 struct span s, struct err *err)
{
	return read_mode(r, &f->new_mode, s, err);
}

static int read_new_file(const struct reader *r, struct patch_file *f,
			 struct span s, struct err *err)
{
	if (set_op(r, f, PATCH_ADD, err) < 0)
		return -1;
	return read_mode(r, &f->new_mode, s, err);
}

static int read_deleted_file(const struct reader *r, struct patch_file *f,
			     struct span s, struct err *err)
{
	if (set_op(r, f, PATCH_DELETE, err) < 0)
		return -1;
	return read_mode(r, &f->old_mode, s, err);
}

/* A name without prefix, quoted or up to the end of its line. */
static int read_bare_path(const struct reader *r, char **path, struct span s,
			  struct err *err)
{
	AUTO(mem_free) char *name = NULL;

	if (span_starts(s, "\"")) {
		if (!diffpath_unquote(&name, &s))
			return bad_line(r, err, "a quoted path is broken");
	} else if (memchr(s.p, '\0', span_len(s))) {
		return bad_line(r, err, "a NUL in a path");
	} else {
		name = span_dup(s);
	}
	return set_path(r, path, name, err);
}

static int read_rename_from(const struct reader *r, struct patch_file *f,
			    struct span s, struct err *err)
{
	if (set_op(r, f, PATCH_RENAME, err) < 0)
		return -1;
	return read_bare_path(r, &f->old_path, s, err);
}

static int read_rename_to(const struct reader *r, struct patch_file *f,
			  struct span s, struct err *err)
{
	if (set_op(r, f, PATCH_RENAME, err) < 0)
		return -1;
	return read_bare_path(r, &f->new_path, s, err);
}

static int read_copy_from(const struct reader *r, struct patch_file *f,
			  struct span s, struct err *err)
{
	if (set_op(r, f, PATCH_COPY, err) < 0)
		return -1;
	return read_bare_path(r, &f->old_path, s, err);
}

static int read_copy_to(const struct reader *r, struct patch_file *f,
			struct span s, struct err *err)
{
	if (set_op(r, f, PATCH_COPY, err) < 0)
		return -1;
	return read_bare_path(r, &f->new_path, s, err);
}

static int read_similarity(const struct reader *r, struct patch_file *f,
			   struct span s, struct err *err)
{
	uint64_t percent;

	if (!span_uint(&s, 100, &percent))
		return bad_line(r, err, "no similarity in percent");
	f->similarity = (unsigned)percent;
	return 0;
}

static int ignore(const struct reader *r, struct patch_file *f, struct span s,
		  struct err *err)
{
	(void)r, (void)f, (void)s, (void)err;
	return 0;
}

/* The name of a "--- " or "+++ " line; @is_null: it has to be /dev/null. */
static int read_side(const struct reader *r, char **path, bool is_null,
		     struct span s, struct err *err)
{
	AUTO(mem_free) char *name = NULL;

	if (is_dev_null(s) != is_null)
		return bad_line(r, err,
				is_null ? "not /dev/null, where a file is new "
					  "or deleted"
					: "/dev/null, but no file is new or "
					  "deleted");
	if (is_null)
		return 0;
	if (!read_name(&name, s))
		return bad_line(r, err, "no path");
	return set_path(r, path, diffpath_strip(name), err);
}

static int read_old_side(const struct reader *r, struct patch_file *f,
			 struct span s, struct err *err)
{
	return read_side(r, &f->old_path, f->op == PATCH_ADD, s, err);
}

static int read_new_side(const struct reader *r, struct patch_file *f,
			 struct span s, struct err *err)
{
	return read_side(r, &f->new_path, f->op == PATCH_DELETE, s, err);
}

static const struct {
	const char *prefix;
	int (*read)(const struct reader *r, struct patch_file *f, struct span s,
		    struct err *err);
} header_lines[] = {
	{ "index ", read_index },
	{ "--- ", read_old_side },
	{ "+++ ", read_new_side },
	{ "old mode ", read_old_mode },
	{ "new mode ", read_new_mode },
	{ "new file mode ", read_new_file },
	{ "deleted file mode ", read_deleted_file },
	{ "rename from ", read_rename_from },
	{ "rename to ", read_rename_to },
	{ "rename old ", read_rename_from },
	{ "rename new ", read_rename_to },
	{ "copy from ", read_copy_from },
	{ "copy to ", read_copy_to },
	{ "similarity index ", read_similarity },
	{ "dissimilarity index ", ignore },
};

/* *known is false at the first line that is no header line. */
static int read_header_line(const struct reader *r, struct patch_file *f,
			    struct span s, bool *known, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(header_lines); i++) {
		if (!span_eat(&s, header_lines[i].prefix))
			continue;
		*known = true;
		return header_lines[i].read(r, f, s, err);
	}
	*known = false;
	return 0;
}

/* Fill in, from the "diff --git" line, the names that no other line gave. */
static int complete_names(const struct reader *r, struct patch_file *f,
			  const char *name, struct err *err)
{
	if (f->op == PATCH_RENAME || f->op == PATCH_COPY) {
		if (!f->old_path || !f->new_path)
			return bad_line(r, err, "one of two names is missing");
		return 0;
	}
	if (!name)
		name = f->new_path ? f->new_path : f->old_path;
	if (!name)
		return bad_line(r, err, "'diff --git' names no one file");
	if (f->op != PATCH_ADD && set_path(r, &f->old_path, name, err) < 0)
		return -1;
	if (f->op != PATCH_DELETE && set_path(r, &f->new_path, name, err) < 0)
		return -1;
	return 0;
}

/* Names that an early line gave to the side that turned out not to exist. */
static int drop_null_side(const struct reader *r, struct patch_file *f,
			  struct err *err)
{
	if ((f->op == PATCH_ADD && f->old_path) ||
	    (f->op == PATCH_DELETE && f->new_path))
		return bad_line(r, err, "header lines contradict each other");
	return 0;
}

static int read_git_header(struct reader *r, struct patch_file *f,
			   struct err *err)
{
	AUTO(mem_free) char *name = NULL;
	struct row row;

	if (!peek_row(r, &row))
		return 0;
	row.text = header_text(row);
	row.text.p += strlen("diff --git ");
	name = diffpath_of_header(row.text);
	for (eat_row(r); peek_row(r, &row); eat_row(r)) {
		bool known;

		if (read_header_line(r, f, header_text(row), &known, err) < 0)
			return -1;
		if (!known)
			break;
	}
	if (drop_null_side(r, f, err) < 0)
		return -1;
	return complete_names(r, f, name, err);
}

/* ---- header of a plain diff ---- */

/* "12:34": minutes; with a colon or without. */
static bool eat_minutes(struct span *s, int *minutes)
{
	uint64_t hours, rest;
	struct span both = *s;

	if (!span_uint(s, 2359, &hours))
		return false;
	if (span_eat(s, ":")) {
		if (!span_uint(s, 59, &rest))
			return false;
		*minutes = (int)(hours * 60 + rest);
		return true;
	}
	*minutes = (int)(hours / 100 * 60 + hours % 100);
	return s->p - both.p == 4;
}

/* ":00.000": no seconds. */
static bool eat_zero_seconds(struct span *s)
{
	if (!span_eat(s, ":00"))
		return false;
	if (span_eat(s, "."))
		while (span_eat(s, "0"))
			;
	return span_eat(s, " ");
}

/*
 * 1970-01-01 00:00:00 UTC, in whatever time zone, is how diff -N writes a file
 * that is not there.
 */
static bool is_epoch(struct span s)
{
	const char *eve = span_find(s, "1969-12-31 ");
	const char *day = eve ? eve : span_find(s, "1970-01-01 ");
	int clock, zone;
	bool is_west;

	if (!day)
		return false;
	s.p = day + strlen("1970-01-01 ");
	if (!eat_minutes(&s, &clock) || !eat_zero_seconds(&s))
		return false;
	is_west = span_eat(&s, "-");
	if ((!is_west && !span_eat(&s, "+")) || !eat_minutes(&s, &zone))
		return false;
	if (eve)
		clock -= 24 * 60;
	return clock == (is_west ? -zone : zone);
}

/* A top-level file may come without a prefix: "--- Makefile". */
static const char *plain_path(const char *name)
{
	return strchr(name, '/') ? diffpath_strip(name) : name;
}

/* Of "x.c.orig" and "x.c" the file is the shorter one. */
static const char *shorter(const char *old_name, const char *new_name)
{
	if (!old_name || !new_name)
		return old_name ? old_name : new_name;
	if (strncmp(old_name, new_name, strlen(old_name)) == 0)
		return old_name;
	return new_name;
}

static int read_plain_header(struct reader *r, struct patch_file *f,
			     struct span old_side, struct span new_side,
			     struct err *err)
{
	AUTO(mem_free) char *old_name = NULL;
	AUTO(mem_free) char *new_name = NULL;
	const char *name;

	f->is_plain = true;
	if ((!is_dev_null(old_side) && !read_name(&old_name, old_side)) ||
	    (!is_dev_null(new_side) && !read_name(&new_name, new_side)) ||
	    (!old_name && !new_name))
		return bad_line(r, err, "no path");
	name = shorter(old_name ? plain_path(old_name) : NULL,
		       new_name ? plain_path(new_name) : NULL);
	if (!old_name || is_epoch(old_side))
		f->op = PATCH_ADD;
	else if (!new_name || is_epoch(new_side))
		f->op = PATCH_DELETE;
	eat_row(r);
	eat_row(r);
	if (f->op != PATCH_ADD && set_path(r, &f->old_path, name, err) < 0)
		return -1;
	if (f->op != PATCH_DELETE && set_path(r, &f->new_path, name, err) < 0)
		return -1;
	return 0;
}

/* ---- hunks ---- */

/* "12,3" or "12", which is "12,1". */
static bool eat_range(struct span *s, unsigned *start, unsigned *n)
{
	uint64_t first, count = 1;

	if (!span_uint(s, PATCH_MAX_START, &first))
		return false;
	if (span_eat(s, ",") && !span_uint(s, PATCH_MAX_START, &count))
		return false;
	*start = (unsigned)first;
	*n = (unsigned)count;
	return true;
}

/* "@@ -1,2 +3,4 @@ int f(void)"; h->func is set on true only. */
static bool read_hunk_header(struct patch_hunk *h, struct span s)
{
	if (!span_eat(&s, "@@ -") || !eat_range(&s, &h->old_start, &h->old_n) ||
	    !span_eat(&s, " +") || !eat_range(&s, &h->new_start, &h->new_n) ||
	    !span_eat(&s, " @@"))
		return false;
	h->func = span_dup(span_trim(s));
	return true;
}

static struct patch_hunk *add_hunk(struct reader *r, struct patch_file *f,
				   struct err *err)
{
	if (r->n_hunks++ == PATCH_MAX_HUNKS) {
		err_set(err, ERR_LIMIT, "line %u: more than %d hunks", r->line,
			PATCH_MAX_HUNKS);
		return NULL;
	}
	f->hunks = xreallocarray(f->hunks, f->n_hunks + 1, sizeof(*f->hunks));
	f->hunks[f->n_hunks] = (struct patch_hunk){
		.line = r->line,
		.at = offset_of(r, r->rest.p),
	};
	return &f->hunks[f->n_hunks++];
}

/* How much of a hunk is still to come, and which sides have ended. */
struct progress_of_hunk {
	unsigned old_left, new_left;
	bool old_ended, new_ended;
	bool changed;
};

static int add_line(struct reader *r, struct patch_hunk *h,
		    struct progress_of_hunk *at, char origin, struct span text,
		    struct err *err)
{
	bool in_old = origin != '+';
	bool in_new = origin != '-';

	if ((in_old && !at->old_left) || (in_new && !at->new_left))
		return bad_line(r, err, "more lines than the hunk header says");
	if ((in_old && at->old_ended) || (in_new && at->new_ended))
		return bad_line(r, err, "a line after the end of its file");
	if (r->n_lines++ == PATCH_MAX_LINES)
		return err_set(err, ERR_LIMIT, "line %u: more than %d lines",
			       r->line, PATCH_MAX_LINES);
	at->old_left -= in_old;
	at->new_left -= in_new;
	if (origin != ' ') {
		at->changed = true;
		h->trailing = 0;
	} else {
		h->trailing++;
		h->leading += !at->changed;
	}
	if ((h->n_lines & (h->n_lines - 1)) == 0) /* a power of two is full */
		h->lines =
			xreallocarray(h->lines, h->n_lines ? 2 * h->n_lines : 1,
				      sizeof(*h->lines));
	h->lines[h->n_lines++] = (struct patch_line){
		.origin = origin,
		.text = text.p,
		.len = span_len(text),
	};
	return 0;
}

/* "\ No newline at end of file", in whatever language. */
static bool is_no_newline(struct span s)
{
	return span_len(s) >= 11 && span_starts(s, "\\ ");
}

static int end_line(struct reader *r, struct patch_hunk *h,
		    struct progress_of_hunk *at, struct err *err)
{
	struct patch_line *last;

	if (!h->n_lines)
		return bad_line(r, err, "a hunk that begins with '\\'");
	last = &h->lines[h->n_lines - 1];
	last->no_newline = true;
	at->old_ended = at->old_ended || last->origin != '+';
	at->new_ended = at->new_ended || last->origin != '-';
	return 0;
}

static int read_hunk_line(struct reader *r, struct patch_hunk *h,
			  struct progress_of_hunk *at, struct row row,
			  struct err *err)
{
	struct span text = row.text;
	char origin = ' '; /* an empty line is a context line cut by a mailer */

	if (!row.is_whole)
		return bad_line(r, err, "the text ends inside this line");
	if (text.p < text.end)
		origin = *text.p++;
	if (origin == '\\' && is_no_newline(row.text))
		return end_line(r, h, at, err);
	if (origin != ' ' && origin != '+' && origin != '-')
		return bad_line(r, err,
				"fewer lines than the hunk header says");
	return add_line(r, h, at, origin, text, err);
}

static int read_hunk(struct reader *r, struct patch_file *f, struct err *err)
{
	struct patch_hunk *h = add_hunk(r, f, err);
	struct progress_of_hunk at = { 0 };
	struct row row;

	if (!h || !peek_row(r, &row))
		return -1;
	if (!read_hunk_header(h, header_text(row)))
		return bad_line(r, err, "no hunk header");
	at.old_left = h->old_n;
	at.new_left = h->new_n;
	for (eat_row(r); at.old_left || at.new_left; eat_row(r)) {
		if (!peek_row(r, &row))
			return bad_line(r, err, "the text ends inside a hunk");
		if (read_hunk_line(r, h, &at, row, err) < 0)
			return -1;
	}
	if (peek_row(r, &row) && is_no_newline(row.text) && h->n_lines) {
		if (end_line(r, h, &at, err) < 0)
			return -1;
		eat_row(r);
	}
	h->len = offset_of(r, r->rest.p) - h->at;
	if (!at.changed)
		return err_set(err, ERR_INPUT,
			       "line %u: a hunk changes nothing", h->line);
	return 0;
}

/* ---- files ---- */

static void skip_binary(struct reader *r, struct patch_file *f)
{
	struct row row;

	if (!peek_row(r, &row))
		return;
	if (span_starts(row.text, "GIT binary patch") ||
	    span_starts(row.text, "Binary files ") ||
	    span_starts(row.text, "Files ")) {
		f->is_binary = true;
		eat_row(r);
	}
}

static int check_file(const struct patch_file *f, struct err *err)
{
	unsigned old_n = 0, new_n = 0;

	for (size_t i = 0; i < f->n_hunks; i++) {
		old_n |= f->hunks[i].old_n;
		new_n |= f->hunks[i].new_n;
	}
	if (f->op == PATCH_ADD && old_n)
		return err_set(err, ERR_INPUT,
			       "line %u: new file '%s' has old lines", f->line,
			       f->new_path);
	if (f->op == PATCH_DELETE && new_n)
		return err_set(err, ERR_INPUT,
			       "line %u: deleted file '%s' has lines left",
			       f->line, f->old_path);
	if (f->op == PATCH_CHANGE && !f->n_hunks && !f->is_binary &&
	    (!f->new_mode || !f->old_mode || f->new_mode == f->old_mode))
		return err_set(err, ERR_INPUT,
			       "line %u: the diff of '%s' changes nothing",
			       f->line, f->new_path);
	return 0;
}

static int read_hunks(struct reader *r, struct patch_file *f, struct err *err)
{
	struct row row;

	skip_binary(r, f);
	while (peek_row(r, &row) && span_starts(row.text, "@@ -"))
		if (read_hunk(r, f, err) < 0)
			return -1;
	return check_file(f, err);
}

static int read_git_diff(struct reader *r, struct err *err)
{
	struct patch_file *f = add_file(r, err);

	if (!f || read_git_header(r, f, err) < 0)
		return -1;
	return read_hunks(r, f, err);
}

/* "--- old", "+++ new" and a hunk: only all three of them are a diff. */
static bool is_plain_diff(const struct reader *r, struct span *old_side,
			  struct span *new_side)
{
	struct reader ahead = *r;
	struct row row;

	if (!peek_row(&ahead, &row))
		return false;
	*old_side = header_text(row);
	eat_row(&ahead);
	if (!span_eat(old_side, "--- ") || !peek_row(&ahead, &row))
		return false;
	*new_side = header_text(row);
	eat_row(&ahead);
	return span_eat(new_side, "+++ ") && peek_row(&ahead, &row) &&
	       span_starts(row.text, "@@ -");
}

static int read_plain_diff(struct reader *r, struct span old_side,
			   struct span new_side, struct err *err)
{
	struct patch_file *f = add_file(r, err);

	if (!f || read_plain_header(r, f, old_side, new_side, err) < 0)
		return -1;
	return read_hunks(r, f, err);
}

/* A hunk whose file header was lost: what follows cannot be trusted. */
static int check_stray_hunk(const struct reader *r, struct span s,
			    struct err *err)
{
	struct patch_hunk h = { 0 };

	if (!read_hunk_header(&h, s))
		return 0;
	free(h.func);
	return bad_line(r, err, "a hunk without a file");
}

static int read_all(struct reader *r, struct err *err)
{
	struct row row;

	while (peek_row(r, &row)) {
		struct span old_side, new_side;

		if (span_starts(row.text, "diff --git ")) {
			if (read_git_diff(r, err) < 0)
				return -1;
		} else if (is_plain_diff(r, &old_side, &new_side)) {
			if (read_plain_diff(r, old_side, new_side, err) < 0)
				return -1;
		} else {
			if (check_stray_hunk(r, row.text, err) < 0)
				return -1;
			eat_row(r);
		}
	}
	if (!r->p->n_files)
		return err_set(err, ERR_INPUT, "no diff in the text");
	return 0;
}

int patch_parse(struct patch **out, const char *text, size_t len,
		struct err *err)
{
	AUTO(patch_free) struct patch *p = NULL;
	struct reader r = { .line = 1 };

	if (len > PATCH_MAX_BYTES)
		return err_set(err, ERR_LIMIT,
			       "the diff is larger than %u bytes",
			       PATCH_MAX_BYTES);
	p = xcalloc(1, sizeof(*p));
	p->text = xmalloc(len + 1);
	memcpy(p->text, text, len);
	p->text[len] = '\0';
	p->len = len;
	r.p = p;
	r.rest = span_of(p->text, len);
	if (read_all(&r, err) < 0)
		return -1;
	*out = TAKE(p);
	return 0;
}

/* ---- the reverse ---- */

static void reverse_hunk(struct patch_hunk *out, const struct patch_hunk *h)
{
	*out = *h;
	out->old_start = h->new_start;
	out->old_n = h->new_n;
	out->new_start = h->old_start;
	out->new_n = h->old_n;
	out->func = xstrdup(h->func);
	out->lines = xcalloc(h->n_lines, sizeof(*h->lines));
	for (size_t i = 0; i < h->n_lines; i++) {
		out->lines[i] = h->lines[i];
		if (h->lines[i].origin != ' ')
			out->lines[i].origin =
				h->lines[i].origin == '+' ? '-' : '+';
	}
}

static enum patch_op reverse_op(enum patch_op op)
{
	switch (op) {
	case PATCH_ADD:
		return PATCH_DELETE;
	case PATCH_DELETE:
		return PATCH_ADD;
	case PATCH_CHANGE:
	case PATCH_RENAME:
	case PATCH_COPY:
		break;
	}
	return op;
}

static void reverse_file(struct patch_file *out, const struct patch_file *f)
{
	*out = *f;
	out->op = reverse_op(f->op);
	out->old_path = f->new_path ? xstrdup(f->new_path) : NULL;
	out->new_path = f->old_path ? xstrdup(f->old_path) : NULL;
	if (f->new_mode || f->op == PATCH_DELETE) {
		out->old_mode = f->new_mode;
		out->new_mode = f->old_mode;
	}
	memcpy(out->old_id, f->new_id, sizeof(out->old_id));
	memcpy(out->new_id, f->old_id, sizeof(out->new_id));
	out->hunks = xcalloc(f->n_hunks, sizeof(*f->hunks));
	for (size_t i = 0; i < f->n_hunks; i++)
		reverse_hunk(&out->hunks[i], &f->hunks[i]);
}

struct patch *patch_reversed(const struct patch *p)
{
	struct patch *out = xcalloc(1, sizeof(*out));

	out->n_files = p->n_files;
	out->files = xcalloc(p->n_files, sizeof(*out->files));
	for (size_t i = 0; i < p->n_files; i++)
		reverse_file(&out->files[i], &p->files[p->n_files - 1 - i]);
	return out;
}

static void release_file(struct patch_file *f)
{
	for (size_t i = 0; i < f->n_hunks; i++) {
		free(f->hunks[i].func);
		free(f->hunks[i].lines);
	}
	free(f->hunks);
	free(f->old_path);
	free(f->new_path);
}

void patch_free(struct patch *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n_files; i++)
		release_file(&p->files[i]);
	free(p->files);
	free(p->text);
	free(p);
}

const char *patch_file_name(const struct patch_file *f)
{
	return f->new_path ? f->new_path : f->old_path;
}
