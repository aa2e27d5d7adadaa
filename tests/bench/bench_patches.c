/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_patches.c - one row of tests/bench/patches: what a review found
 *
 *	bench_patches NAME SECONDS REVIEW.json [EXPECTED]
 *
 * EXPECTED has a line a patch: its name, "harmful" or "harmless", and the pairs
 * that have to be flagged, "xfs:C01,C09 zonefs:C01". Flagged is what is a
 * regression or changed. Exit 1: a pair was not flagged, a harmful patch was
 * not seen, or a harmless one was; 2: it could not be read.
 */
#include <stdio.h>

#include "bot/base/fs.h"
#include "bot/base/json.h"
#include "bot/base/span.h"

#define MAX_FILE (64u << 20)

static const char *text_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

static bool is_flagged(const json_t *pair)
{
	const char *verdict = text_of(pair, "verdict");

	return strcmp(verdict, "regression") == 0 ||
	       strcmp(verdict, "changed") == 0;
}

static size_t count_flagged(const json_t *pairs)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(pairs); i++)
		n += is_flagged(json_array_get(pairs, i));
	return n;
}

static bool is_pair_flagged(const json_t *pairs, struct span fs, struct span id)
{
	for (size_t i = 0; i < json_array_size(pairs); i++) {
		const json_t *pair = json_array_get(pairs, i);

		if (span_is(fs, text_of(pair, "filesystem")) &&
		    span_is(id, text_of(pair, "scenario")))
			return is_flagged(pair);
	}
	return false;
}

/* " xfs: C01 C09!" where ! is a regression. */
static void print_filesystem(const json_t *pairs, const char *fs)
{
	bool any = false;

	for (size_t i = 0; i < json_array_size(pairs); i++) {
		const json_t *pair = json_array_get(pairs, i);
		const char *verdict = text_of(pair, "verdict");

		if (strcmp(text_of(pair, "filesystem"), fs) != 0 ||
		    !is_flagged(pair))
			continue;
		if (!any)
			printf("\n    %s:", fs);
		printf(" %s%s", text_of(pair, "scenario"),
		       strcmp(verdict, "regression") == 0 ? "!" : "");
		any = true;
	}
}

static void print_flagged(const json_t *pairs)
{
	const char *last = "";

	for (size_t i = 0; i < json_array_size(pairs); i++) {
		const char *fs =
			text_of(json_array_get(pairs, i), "filesystem");

		if (strcmp(fs, last) != 0)
			print_filesystem(pairs, fs);
		last = fs;
	}
	putchar('\n');
}

static void print_questions(const json_t *findings)
{
	for (size_t i = 0; i < json_array_size(findings); i++) {
		const json_t *f = json_array_get(findings, i);

		if (strcmp(text_of(f, "kind"), "question") == 0)
			printf("    asks: %s\n", text_of(f, "says"));
	}
}

/* "xfs:C01,C09": how many of them are not flagged; each is named. */
static unsigned check_word(const json_t *pairs, struct span word)
{
	struct span fs, id;
	unsigned missed = 0;

	if (!span_until(&word, ':', &fs))
		return 0;
	while (span_len(word) > 0) {
		if (!span_until(&word, ',', &id)) {
			id = word;
			word.p = word.end;
		}
		if (is_pair_flagged(pairs, fs, id))
			continue;
		printf("    MISSED: %.*s %.*s\n", (int)span_len(fs), fs.p,
		       (int)span_len(id), id.p);
		missed++;
	}
	return missed;
}

/* The line of EXPECTED about @name, without the name. */
static bool find_line(struct span *out, const struct buf *expected,
		      const char *name)
{
	struct span rest = span_of(buf_text(expected), expected->len);
	struct span line, word;

	while (span_line(&rest, &line)) {
		*out = line;
		if (span_word(out, &word) && span_is(word, name))
			return true;
	}
	return false;
}

static int check(const json_t *pairs, const struct buf *expected,
		 const char *name)
{
	struct span line, word;
	unsigned missed = 0;
	bool is_harmful;

	if (!find_line(&line, expected, name) || !span_word(&line, &word)) {
		printf("    nothing is expected of it\n");
		return 0;
	}
	is_harmful = span_is(word, "harmful");
	while (span_word(&line, &word))
		missed += check_word(pairs, word);
	if (is_harmful && count_flagged(pairs) == 0)
		printf("    MISSED: it is harmful\n");
	if (!is_harmful && count_flagged(pairs) > 0)
		printf("    FALSE: it is harmless\n");
	return missed || is_harmful != (count_flagged(pairs) > 0);
}

int main(int argc, char **argv)
{
	AUTO(buf_release) struct buf expected = { 0 };
	AUTO(json_free) json_t *review = NULL;
	struct err err = ERR_INIT;
	const json_t *pairs;

	if (argc < 4)
		return 2;
	if (json_read(&review, argv[3], MAX_FILE, &err) < 0 ||
	    (argc > 4 && fs_read(&expected, argv[4], MAX_FILE, &err) < 0)) {
		fprintf(stderr, "bench_patches: %s\n", err.msg);
		return 2;
	}
	pairs = json_object_get(review, "outcomes");
	printf("%-28s %-14s %6s s  %zu of %zu pairs", argv[1],
	       text_of(review, "verdict"), argv[2], count_flagged(pairs),
	       json_array_size(pairs));
	print_flagged(pairs);
	print_questions(json_object_get(review, "findings"));
	if (*text_of(review, "why"))
		printf("    why: %s\n", text_of(review, "why"));
	return argc > 4 ? check(pairs, &expected, argv[1]) : 0;
}
