/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/body.h"

#include <ctype.h>

#include "bot/base/span.h"
#include "parsers/charset.h"
#include "parsers/flowed.h"

static bool is_blank(struct span line)
{
	return span_len(span_trim(line)) == 0;
}

static bool starts_any(struct span line, const char *const *prefixes)
{
	for (; *prefixes; prefixes++) {
		if (span_starts(line, *prefixes))
			return true;
	}
	return false;
}

/* One of the next @n lines of @rest begins with one of @prefixes. */
static bool soon(struct span rest, int n, const char *const *prefixes)
{
	struct span line;

	while (n-- > 0 && span_line(&rest, &line)) {
		if (starts_any(line, prefixes))
			return true;
	}
	return false;
}

static const char *const after_git_header[] = { "index ",
						"old mode ",
						"new mode ",
						"new file mode ",
						"deleted file mode ",
						"similarity index ",
						"dissimilarity index ",
						"rename from ",
						"copy from ",
						"--- ",
						"Binary files ",
						"GIT binary patch",
						NULL };
static const char *const after_plain_header[] = { "--- ", NULL };
static const char *const after_index[] = { "=====", "--- ", "diff ", NULL };

/* "--- file" with its "+++ file" and a hunk. */
static bool is_file_pair(struct span line, struct span rest)
{
	struct span plus;
	struct span hunk;

	return span_starts(line, "--- ") && span_line(&rest, &plus) &&
	       span_starts(plus, "+++ ") && span_line(&rest, &hunk) &&
	       span_starts(hunk, "@@ -");
}

/* @line is the first of a diff, as the lines in @rest confirm. */
static bool is_diff_start(struct span line, struct span rest)
{
	if (span_starts(line, "diff --git "))
		return soon(rest, 3, after_git_header);
	if (span_starts(line, "diff -"))
		return soon(rest, 3, after_plain_header);
	if (span_starts(line, "Index: "))
		return soon(rest, 1, after_index);
	return is_file_pair(line, rest);
}

static bool has_diff(struct span text)
{
	struct span line;

	while (span_line(&text, &line)) {
		if (is_diff_start(line, text))
			return true;
	}
	return false;
}

/* "---" alone, or "--- text", which git takes for a file name. */
static bool is_end_of_log(struct span line)
{
	if (!span_eat(&line, "---"))
		return false;
	return is_blank(line) || (span_len(line) > 1 && line.p[0] == ' ' &&
				  !isspace((unsigned char)line.p[1]));
}

static bool is_mark(const char *p)
{
	return strncmp(p, ">8", 2) == 0 || strncmp(p, "8<", 2) == 0 ||
	       strncmp(p, ">%", 2) == 0 || strncmp(p, "%<", 2) == 0;
}

/*
 * "-- >8 --", "--- 8< --- cut here --- 8< ---": a mark, at least 8 columns,
 * and dashes and marks make up more than a third of it.
 */
static bool is_scissors(struct span line)
{
	size_t cutting = 0;
	bool has_mark = false;

	line = span_trim(line);
	if (span_len(line) < 8 || !memchr(line.p, '-', span_len(line)))
		return false;
	for (const char *p = line.p; p < line.end; p++) {
		if (*p == '-') {
			cutting++;
		} else if (p + 1 < line.end && is_mark(p)) {
			has_mark = true;
			cutting += 2;
			p++;
		}
	}
	return has_mark && cutting * 3 > span_len(line);
}

/* "From <40 hex> Mon Sep 17 00:00:00 2001", the first line of a patch file. */
static bool is_patch_file_start(struct span line)
{
	struct span id;

	(void)span_eat(&line, ">");
	if (!span_eat(&line, "From ") || !span_word(&line, &id) ||
	    span_len(id) != 40)
		return false;
	for (const char *p = id.p; p < id.end; p++) {
		if (!isxdigit((unsigned char)*p))
			return false;
	}
	return true;
}

/* " 3 files changed, 12 insertions(+)" */
static bool is_diffstat(struct span line)
{
	uint64_t n;

	line = span_trim(line);
	return span_uint(&line, UINT32_MAX, &n) &&
	       (span_starts(line, " files changed") ||
		span_starts(line, " file changed"));
}

/* Add a line as UTF-8, blanks at its end off, several blank lines as one. */
static void add_text(struct body *b, struct buf *out, struct charset *c,
		     struct span line)
{
	if (b->only_diff)
		return;
	while (line.p < line.end && isspace((unsigned char)line.end[-1]))
		line.end--;
	if (span_len(line) == 0) {
		b->owes_blank = out->len > 0;
		return;
	}
	if (b->owes_blank)
		buf_addc(out, '\n');
	b->owes_blank = false;
	charset_add(out, c, line.p, span_len(line));
	buf_addc(out, '\n');
	b->has_diffstat = b->has_diffstat || is_diffstat(line);
}

static void forget(struct buf *b)
{
	size_t max = b->max;

	buf_release(b);
	buf_init(b, max);
}

/* What came before was not the commit's. */
static void start_over(struct body *b)
{
	forget(&b->from);
	forget(&b->subject);
	forget(&b->date);
	forget(&b->log);
	b->unfinished = NULL;
	b->owes_blank = false;
	b->in_patch_file = false;
	b->stage = BODY_TOP;
}

static bool eat_header(struct span *line, const char *name)
{
	if (!span_starts_nocase(*line, name))
		return false;
	line->p += strlen(name);
	return line->p < line->end && isspace((unsigned char)*line->p);
}

/* The buffer that the in-body header @line is for; NULL: it is none of ours. */
static struct buf *find_header(struct body *b, struct span *line)
{
	if (b->from.len == 0 && eat_header(line, "From:"))
		return &b->from;
	if (b->subject.len == 0 && eat_header(line, "Subject:"))
		return &b->subject;
	if (b->subject.len == 0 && span_starts(*line, "[PATCH] "))
		return &b->subject; /* an old custom that git keeps */
	if (b->date.len == 0 && eat_header(line, "Date:"))
		return &b->date;
	return NULL;
}

static bool is_other_header(struct span line)
{
	struct span name;

	return span_until(&line, ':', &name) && span_len(name) > 0 &&
	       !memchr(name.p, ' ', span_len(name));
}

static bool is_continuation(struct span line)
{
	return line.p < line.end && (*line.p == ' ' || *line.p == '\t');
}

/* Eat @line as one of the headers at the top; false: the top ended before. */
static bool add_header(struct body *b, struct charset *c, struct span line)
{
	struct buf *header;

	if (b->unfinished && is_continuation(line) && !is_scissors(line)) {
		buf_addc(b->unfinished, ' ');
		line = span_trim(line);
		charset_add(b->unfinished, c, line.p, span_len(line));
		return true;
	}
	b->unfinished = NULL;
	if (is_patch_file_start(line)) {
		b->in_patch_file = true;
		return true;
	}
	header = find_header(b, &line);
	if (!header)
		return b->in_patch_file &&
		       (is_other_header(line) || is_continuation(line));
	line = span_trim(line);
	charset_add(header, c, line.p, span_len(line));
	b->unfinished = header;
	return true;
}

/* A line at the top: true when it is eaten. */
static bool add_top(struct body *b, struct charset *c, struct span line)
{
	if (is_blank(line)) {
		if (b->unfinished || b->in_patch_file)
			b->stage = BODY_LOG;
		return true;
	}
	if (add_header(b, c, line))
		return true;
	b->stage = BODY_LOG;
	return false;
}

/* All that follows is of the diff; its last line ends as the others do. */
static void add_diff(struct body *b, struct span text)
{
	size_t len = span_len(text);

	buf_add(&b->diff, text.p, len);
	if (len > 0 && text.p[len - 1] != '\n')
		buf_addc(&b->diff, '\n');
}

static void add_line(struct body *b, struct charset *c, struct span line,
		     struct span rest)
{
	if (b->stage == BODY_TOP && add_top(b, c, line))
		return;
	if (b->stage == BODY_LOG && is_scissors(line)) {
		start_over(b);
		return;
	}
	if (b->stage != BODY_DIFF && is_diff_start(line, rest))
		b->stage = BODY_DIFF;
	if (b->stage == BODY_LOG && is_end_of_log(line)) {
		b->stage = BODY_NOTES;
		b->owes_blank = false;
		return;
	}
	if (b->stage == BODY_DIFF)
		add_diff(b, (struct span){ line.p, rest.end });
	else
		add_text(b, b->stage == BODY_LOG ? &b->log : &b->notes, c,
			 line);
}

/*
 * Were CRs put at the line ends on the way? A diff of a file that has them has
 * none on its "+++ " line; text without a diff loses them anyhow.
 */
static bool has_foreign_crs(struct span text)
{
	struct span line;

	if (!memchr(text.p, '\r', span_len(text)))
		return false;
	while (span_line(&text, &line)) {
		if (span_starts(line, "+++ "))
			return line.end[-1] == '\r';
	}
	return true;
}

static void strip_crs(struct buf *out, struct span text)
{
	struct span line;

	while (span_line(&text, &line)) {
		if (line.p < line.end && line.end[-1] == '\r')
			line.end--;
		buf_add(out, line.p, span_len(line));
		buf_addc(out, '\n');
	}
}

static void add_lines(struct body *b, const struct body_part *part,
		      struct charset *c, struct span text)
{
	struct span rest = text;
	struct span line;

	if (part->is_attachment && !has_diff(text))
		return;
	if (b->stage != BODY_DIFF && b->stage != BODY_TOP &&
	    span_line(&rest, &line) && is_patch_file_start(line))
		start_over(b);
	if (b->stage == BODY_DIFF) {
		add_diff(b, text);
		return;
	}
	while (b->stage != BODY_DIFF && span_line(&text, &line))
		add_line(b, c, line, text);
}

/* Then it is not of the wide charset that was declared. */
static bool is_ascii(struct span text)
{
	for (; text.p < text.end; text.p++) {
		unsigned char c = (unsigned char)*text.p;

		if (c == 0 || c >= 0x80)
			return false;
	}
	return true;
}

void body_add(struct body *b, const struct body_part *part)
{
	AUTO(charset_free) struct charset *c = charset_new(part->charset);
	AUTO(charset_free) struct charset *plain = charset_new(NULL);
	AUTO(buf_release) struct buf utf8 = { 0 };
	AUTO(buf_release) struct buf without_crs = { 0 };
	AUTO(buf_release) struct buf unflowed = { 0 };
	struct span text = span_of(part->text, part->len);

	if (charset_is_wide(c)) {
		buf_init(&utf8, part->len * 4 + 16);
		charset_add(&utf8, is_ascii(text) ? plain : c, text.p,
			    span_len(text));
		text = span_of(buf_text(&utf8), utf8.len);
		charset_free(c);
		c = TAKE(plain);
	}
	if (has_foreign_crs(text)) {
		buf_init(&without_crs, span_len(text) + 1);
		strip_crs(&without_crs, text);
		text = span_of(buf_text(&without_crs), without_crs.len);
	}
	if (part->is_flowed) {
		buf_init(&unflowed, span_len(text) + 2);
		flowed_undo(&unflowed, text.p, span_len(text), part->del_sp);
		text = span_of(buf_text(&unflowed), unflowed.len);
	}
	add_lines(b, part, c, text);
}

void body_init(struct body *b, size_t max)
{
	*b = (struct body){ .stage = BODY_TOP };
	buf_init(&b->from, max);
	buf_init(&b->subject, max);
	buf_init(&b->date, max);
	buf_init(&b->log, max);
	buf_init(&b->notes, max);
	buf_init(&b->diff, max);
}

void body_release(struct body *b)
{
	buf_release(&b->from);
	buf_release(&b->subject);
	buf_release(&b->date);
	buf_release(&b->log);
	buf_release(&b->notes);
	buf_release(&b->diff);
}
