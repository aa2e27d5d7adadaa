/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/amends.h"

#include "bot/base/wrap.h"
#include "bot/mail/fill.h"

#define WIDTH 72
#define MAX_LINES 12 /* of what was said; the rest is counted */

static const struct wrap prose = { .width = WIDTH };
static const struct wrap item = { .width = WIDTH, .indent = 2, .hang = 2 };

static const struct {
	const char *word;
	const char *says;
} causes[] = {
	[AMENDS_UNSAID] = { "", "" },
	[AMENDS_BASE] = { "base", "The fault was in the kernel that the series "
				  "was compared with, not in the series." },
	[AMENDS_TOOL] = { "tool", "The fault was in the program that writes "
				  "this, not in the series." },
	[AMENDS_PERSON] = { "person", "A person has looked at it." },
};

bool amends_find_because(enum amends_because *out, const char *word)
{
	for (size_t i = AMENDS_BASE; i < ARRAY_LEN(causes); i++) {
		if (strcmp(causes[i].word, word) == 0) {
			*out = (enum amends_because)i;
			return true;
		}
	}
	return false;
}

/* What the mail said, a line each. */
static void add_told(struct buf *out, const struct told *told)
{
	AUTO(strings_release) struct strings lines = { 0 };

	told_say(&lines, told);
	for (size_t i = 0; i < lines.n && i < MAX_LINES; i++)
		wrap_add(out, &item, lines.v[i]);
	if (lines.n > MAX_LINES)
		wrap_addf(out, &item, "and %zu more", lines.n - MAX_LINES);
}

void amends_write(struct buf *out, const struct amends *a)
{
	AUTO(buf_release) struct buf told = { 0 };
	AUTO(buf_release) struct buf because = { 0 };
	const char *values[CORRECTION_FIELDS] = { 0 };

	buf_init(&told, BODY_MAX_BYTES);
	buf_init(&because, BODY_MAX_BYTES);
	add_told(&told, a->told);
	wrap_add(&because, &prose, causes[a->because].says);
	values[CORRECTION_TOLD] = buf_text(&told);
	values[CORRECTION_WHY] = a->why;
	values[CORRECTION_BECAUSE] = buf_text(&because);
	fill_write(out, a->replies->v[REPLY_CORRECTION], values, WIDTH);
	out->overflow |= told.overflow;
}
