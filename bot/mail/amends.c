/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/amends.h"

#include "bot/base/wrap.h"
#include "bot/mail/fill.h"

#define WIDTH 72
#define MAX_LINES 12 /* of what was said; the rest is counted */

static const struct wrap item = { .width = WIDTH, .indent = 2, .hang = 2 };

static const struct {
	const char *word;
	enum reply says;
} causes[] = {
	[AMENDS_UNSAID] = { "", REPLIES },
	[AMENDS_BASE] = { "base", REPLY_BECAUSE_BASE },
	[AMENDS_TOOL] = { "tool", REPLY_BECAUSE_TOOL },
	[AMENDS_PERSON] = { "person", REPLY_BECAUSE_PERSON },
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

/* What the mail said, a line each; how many are left. */
static size_t add_told(struct buf *out, const struct told *told)
{
	AUTO(strings_release) struct strings lines = { 0 };

	told_say(&lines, told);
	for (size_t i = 0; i < lines.n && i < MAX_LINES; i++)
		wrap_add(out, &item, lines.v[i]);
	return lines.n > MAX_LINES ? lines.n - MAX_LINES : 0;
}

static void add_because(struct buf *out, const struct amends *a)
{
	if (a->because != AMENDS_UNSAID)
		fill_write(out, a->replies->v[causes[a->because].says], NULL,
			   WIDTH);
}

void amends_write(struct buf *out, const struct amends *a)
{
	AUTO(buf_release) struct buf told = { 0 };
	AUTO(buf_release) struct buf because = { 0 };
	AUTO(mem_free) char *more = NULL;
	const char *values[CORRECTION_FIELDS] = { 0 };
	size_t left;

	buf_init(&told, BODY_MAX_BYTES);
	buf_init(&because, BODY_MAX_BYTES);
	left = add_told(&told, a->told);
	more = left > 0 ? xasprintf("%zu", left) : NULL;
	add_because(&because, a);
	values[CORRECTION_TOLD] = buf_text(&told);
	values[CORRECTION_MORE] = more;
	values[CORRECTION_WHY] = a->why;
	values[CORRECTION_BECAUSE] = buf_text(&because);
	fill_write(out, a->replies->v[REPLY_CORRECTION], values, WIDTH);
	out->overflow |= told.overflow || because.overflow;
}
