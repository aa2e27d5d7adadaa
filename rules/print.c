/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/print.h"

#include <ctype.h>
#include <string.h>

#include "bot/base/hash.h"
#include "bot/base/sink.h"
#include "bot/base/span.h"

#define MAX_TEXT (64u << 10) /* bytes of one text that are looked at */
#define LEAST_HEX 8	     /* digits of an address; "dead" is a word */

/* As it is shown: a record that was read again has it so. */
static char *dup_shown(const char *text)
{
	size_t len = text ? strlen(text) : 0;
	struct buf out;

	buf_init(&out, 4 * MAX_TEXT);
	sink_line(&out, text ? text : "", len < MAX_TEXT ? len : MAX_TEXT);
	return buf_take(&out);
}

static void hash_word(struct hasher *h, const char *text)
{
	AUTO(mem_free) char *word = dup_shown(text);

	hasher_adds(h, word);
}

/* Eat letters, digits and '_'. False: the next byte is none of them. */
static bool eat_token(struct span *s, struct span *out)
{
	out->p = s->p;
	while (s->p < s->end && (isalnum((unsigned char)*s->p) || *s->p == '_'))
		s->p++;
	out->end = s->p;
	return out->end > out->p;
}

/* "17", "0x1f", "ffff888012345678"; "ext4" is a name, and "dead" a word. */
static bool is_number(struct span token)
{
	size_t digits = 0;

	(void)!span_eat(&token, "0x");
	for (const char *p = token.p; p < token.end; p++) {
		if (!isxdigit((unsigned char)*p))
			return false;
		digits += isdigit((unsigned char)*p) != 0;
	}
	return digits == span_len(token) ||
	       (digits > 0 && (span_len(token) >= LEAST_HEX ||
			       isdigit((unsigned char)*token.p)));
}

/* What differs from run to run, and from kernel to kernel, is '#'. */
static void hash_message(struct hasher *h, const char *text)
{
	AUTO(mem_free) char *word = dup_shown(text);
	AUTO(buf_release) struct buf out = { 0 };
	struct span rest = span_cstr(word), token;

	buf_init(&out, 4 * MAX_TEXT);
	while (span_len(rest) > 0) {
		if (!eat_token(&rest, &token))
			buf_addc(&out, *rest.p++);
		else if (is_number(token))
			buf_addc(&out, '#');
		else
			buf_add(&out, token.p, span_len(token));
	}
	hasher_adds(h, buf_text(&out));
}

static void hash_diagnostic(struct hasher *h, const struct review_diagnostic *d)
{
	hash_word(h, d->file);
	hash_message(h, d->text);
}

/* Of errors the first: the others come and go with it. */
static void hash_diagnostics(struct hasher *h, const struct finding *f)
{
	size_t n = f->kind == FINDING_WARNING ? f->diagnostics.n : 1;

	for (size_t i = 0; i < n; i++)
		hash_diagnostic(h, &f->diagnostics.v[i]);
}

/* A promise; else what became of the write; else the words for it. */
static void hash_loss(struct hasher *h, const struct finding *f)
{
	if (f->kind == FINDING_QUESTION)
		hash_word(h, f->quote_file);
	if (f->diagnostics.n > 0)
		hash_diagnostics(h, f);
	else if (f->contract)
		hash_word(h, f->contract);
	else if (f->patched.path)
		hash_word(h, f->patched.path);
	else
		hash_message(h, f->says);
	hash_word(h, f->patched.losers);
}

static void hash_place(struct hasher *h, const struct finding *f)
{
	hash_word(h, review_finding_name(f->kind));
	hash_word(h, f->filesystem);
	hash_word(h, f->scenario);
}

static char *get_print(const struct hasher *h)
{
	struct hash hash;

	hasher_get(&hash, h);
	return xasprintf("%.*s", PRINT_HEX, hash.hex);
}

char *print_finding(const struct finding *f)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();

	hash_place(h, f);
	hash_loss(h, f);
	return get_print(h);
}

char *print_diagnostic(const struct finding *f, size_t at)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();

	hash_place(h, f);
	hash_diagnostic(h, &f->diagnostics.v[at]);
	return get_print(h);
}

char *print_words(const char *kind, const char *what)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();

	hash_word(h, kind);
	hash_word(h, what);
	return get_print(h);
}

static int compare_prints(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static void list_prints(struct strings *out, const struct review *r)
{
	for (size_t i = 0; i < r->n_findings; i++) {
		AUTO(mem_free) char *print = print_finding(&r->findings[i]);

		if (!strings_has(out, print))
			strings_push_take(out, TAKE(print));
	}
	if (out->n > 0)
		qsort(out->v, out->n, sizeof(*out->v), compare_prints);
}

char *print_review(const struct review *r)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();
	AUTO(strings_release) struct strings prints = { 0 };

	hash_word(h, review_verdict_name(r->verdict));
	list_prints(&prints, r);
	for (size_t i = 0; i < prints.n; i++)
		hasher_adds(h, prints.v[i]);
	if (r->verdict == VERDICT_DOES_NOT_APPLY)
		hash_word(h, r->conflict.file);
	return get_print(h);
}
