/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parsers/flowed.h"

#include "bot/base/span.h"

/*
 * RFC 3676, 4.1 to 4.4: the signature separator ends in a blank and is fixed.
 */
static void join_lines(struct buf *out, struct span text, bool del_sp)
{
	struct span line;
	bool goes_on = false;

	while (span_line(&text, &line)) {
		bool is_signature = span_is(line, "-- ");

		if (is_signature && goes_on)
			buf_addc(out, '\n');
		if (!is_signature)
			(void)span_eat(&line, " ");
		goes_on = !is_signature && line.p < line.end &&
			  line.end[-1] == ' ';
		if (goes_on && del_sp)
			line.end--;
		buf_add(out, line.p, span_len(line));
		if (!goes_on)
			buf_addc(out, '\n');
	}
	if (goes_on)
		buf_addc(out, '\n');
}

/* ",n" of a hunk header, which is 1 when it is not there. */
static uint64_t read_count(struct span *line)
{
	uint64_t n = 1;

	(void)span_uint(line, UINT32_MAX, &n);
	n = 1;
	if (span_eat(line, ","))
		(void)span_uint(line, UINT32_MAX, &n);
	return n;
}

/* "@@ -start,old +start,new @@" */
static bool read_hunk_header(struct span line, uint64_t *old, uint64_t *new)
{
	if (!span_eat(&line, "@@ -"))
		return false;
	*old = read_count(&line);
	if (!span_eat(&line, " +"))
		return false;
	*new = read_count(&line);
	return span_starts(line, " @@");
}

/* Eat the lines of a hunk; false when it does not hold what it announced. */
static bool eat_hunk(struct span *text, uint64_t old, uint64_t new)
{
	struct span line;

	while (old > 0 || new > 0) {
		char origin;

		if (!span_line(text, &line))
			return false;
		origin = line.p < line.end ? *line.p : ' ';
		if (origin == '\\')
			continue;
		if (origin != ' ' && origin != '+' && origin != '-')
			return false;
		if ((origin != '+' && old-- == 0) ||
		    (origin != '-' && new -- == 0))
			return false;
	}
	return true;
}

/* Every hunk in @text holds as many lines as its header says. */
static bool is_whole(struct span text)
{
	struct span line;
	uint64_t old;
	uint64_t new;

	while (span_line(&text, &line)) {
		if (read_hunk_header(line, &old, &new) &&
		    !eat_hunk(&text, old, new))
			return false;
	}
	return true;
}

void flowed_undo(struct buf *out, const char *text, size_t len, bool del_sp)
{
	size_t start = out->len;

	join_lines(out, span_of(text, len), del_sp);
	if (is_whole(span_of(buf_text(out) + start, out->len - start)) ||
	    !is_whole(span_of(text, len)))
		return;
	out->len = start;
	buf_add(out, text, len);
}
