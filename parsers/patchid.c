/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As builtin/patch-id.c of git walks over a diff, quirks and all: what it does
 * not take for a part of a diff ends the patch.
 */
#include "parsers/patchid.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "bot/base/buf.h"
#include "bot/base/hash.h"
#include "bot/base/span.h"

/* What is to come of a hunk; IN_HEADER: it is no hunk yet. */
#define IN_HEADER (-1)
#define MAX_COUNT 100000000

struct walk {
	int64_t before;
	int64_t after;
	bool has_hunks;	   /* of this file */
	bool is_binary;	   /* likewise */
	struct span index; /* "1f2e..3d4c 100644" of this file */
	struct buf file;   /* what is hashed of it */
	size_t hashed;	   /* of all files */
	unsigned char sum[HASH_SHA1_LEN];
};

/* The files' hashes are added up as numbers, the lowest byte first. */
static void flush(struct walk *w)
{
	unsigned char hash[HASH_SHA1_LEN];
	unsigned carry = 0;

	hash_sha1(hash, buf_text(&w->file), w->file.len);
	for (size_t i = 0; i < sizeof(hash); i++) {
		carry += (unsigned)w->sum[i] + hash[i];
		w->sum[i] = (unsigned char)carry;
		carry >>= 8;
	}
	w->file.len = 0;
}

static void add(struct walk *w, struct span line)
{
	for (; line.p < line.end; line.p++) {
		if (isspace((unsigned char)*line.p))
			continue;
		buf_addc(&w->file, *line.p);
		w->hashed++;
	}
}

/* Both blobs of an index line, where the content is not told. */
static void add_blobs(struct walk *w)
{
	struct span rest = w->index;
	struct span from, to;

	if (!span_until(&rest, '.', &from) || !span_eat(&rest, "."))
		return;
	if (!span_until(&rest, ' ', &to))
		to = rest;
	buf_add(&w->file, from.p, span_len(from));
	buf_add(&w->file, to.p, span_len(to));
}

static int64_t read_count(struct span *text)
{
	uint64_t n = 0;

	if (!span_uint(text, MAX_COUNT, &n))
		return 0;
	if (!span_eat(text, ","))
		return 1;
	return span_uint(text, MAX_COUNT, &n) ? (int64_t)n : 0;
}

/* "@@ -3,7 +3,8 @@" */
static void begin_hunk(struct walk *w, struct span line)
{
	span_eat(&line, "@@ -");
	w->before = read_count(&line);
	span_eat(&line, " +");
	w->after = read_count(&line);
	w->has_hunks = true;
}

enum step { STEP_ADD, STEP_SKIP, STEP_END };

static enum step take_header(struct walk *w, struct span line)
{
	if (span_starts(line, "GIT binary patch") ||
	    span_starts(line, "Binary files")) {
		w->is_binary = true;
		w->before = 0;
		add_blobs(w);
		flush(w);
		return STEP_SKIP;
	}
	if (span_eat(&line, "index ")) {
		w->index = line;
		return STEP_SKIP;
	}
	if (span_starts(line, "--- ")) {
		w->before = w->after = 1;
		return STEP_ADD;
	}
	return span_len(line) && isalpha((unsigned char)*line.p) ? STEP_ADD
								 : STEP_END;
}

static enum step take_between(struct walk *w, struct span line)
{
	if (span_starts(line, "@@ -")) {
		begin_hunk(w, line);
		return STEP_SKIP;
	}
	if (!span_starts(line, "diff "))
		return STEP_END;
	if (w->has_hunks)
		flush(w);
	w->before = w->after = IN_HEADER;
	w->has_hunks = false;
	return STEP_ADD;
}

static enum step take(struct walk *w, struct span line)
{
	enum step step = STEP_ADD;

	if (span_starts(line, "\\ "))
		return STEP_SKIP;
	if (!w->hashed && !span_starts(line, "diff "))
		return STEP_SKIP;
	if (w->is_binary) {
		/* git leaves out this "diff " line, too */
		if (span_starts(line, "diff ")) {
			w->is_binary = false;
			w->before = w->after = IN_HEADER;
		}
		return STEP_SKIP;
	}
	if (w->before == IN_HEADER)
		step = take_header(w, line);
	else if (w->before == 0 && w->after == 0)
		step = take_between(w, line);
	if (step == STEP_ADD && span_len(line)) {
		w->before -= *line.p == '-' || *line.p == ' ';
		w->after -= *line.p == '+' || *line.p == ' ';
	}
	return step;
}

bool patchid_parse(char hex[PATCHID_LEN + 1], const char *diff, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	struct walk w = { .before = IN_HEADER, .after = IN_HEADER };
	struct span rest = span_of(diff, len);
	struct span line;
	enum step step = STEP_ADD;

	buf_init(&w.file, len + 2 * sizeof(w.sum));
	while (step != STEP_END && span_line(&rest, &line)) {
		step = take(&w, line);
		if (step == STEP_ADD)
			add(&w, line);
	}
	flush(&w);
	buf_release(&w.file);
	for (size_t i = 0; i < sizeof(w.sum); i++) {
		hex[2 * i] = digits[w.sum[i] >> 4];
		hex[2 * i + 1] = digits[w.sum[i] & 15];
	}
	hex[PATCHID_LEN] = '\0';
	return w.hashed > 0;
}
