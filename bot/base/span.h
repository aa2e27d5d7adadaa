/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * span.h - a borrowed piece of text that a parser eats from the front
 *
 * Never NUL-terminated, never owned. Every function is total: on false or at
 * the end nothing was eaten.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "bot/base/mem.h"

struct span {
	const char *p;
	const char *end;
};

static inline struct span span_of(const char *text, size_t len)
{
	/* NULL + 0 is undefined, so no text is "". */
	return text ? (struct span){ text, text + len }
		    : (struct span){ "", "" };
}

static inline struct span span_cstr(const char *text)
{
	return span_of(text, strlen(text));
}

static inline size_t span_len(struct span s)
{
	return (size_t)(s.end - s.p);
}

static inline char *span_dup(struct span s)
{
	return xstrndup(s.p, span_len(s));
}

/* The whole span is exactly @word. */
bool span_is(struct span s, const char *word);
/* As span_is, ASCII case ignored. */
bool span_is_nocase(struct span s, const char *word);
bool span_starts(struct span s, const char *prefix);
bool span_starts_nocase(struct span s, const char *prefix);
/* Eat @prefix if it is there. */
bool span_eat(struct span *s, const char *prefix);
/* Eat decimal digits of a value <= @max; false if none or too large. */
bool span_uint(struct span *s, uint64_t max, uint64_t *out);
/* Eat blanks and tabs, then the word up to the next; false at the end. */
bool span_word(struct span *s, struct span *word_out);
/* Eat one line; the newline is eaten and not part of it. False at the end. */
bool span_line(struct span *s, struct span *line_out);
/* Eat up to @c, which is eaten too and not part; false if there is no @c. */
bool span_until(struct span *s, char c, struct span *before_out);
/* Blanks, tabs, CR and LF off both ends. */
struct span span_trim(struct span s);
/* Where @needle begins, or NULL. */
const char *span_find(struct span s, const char *needle);

#endif
