/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/mail/amends.h"

#include "bot/base/wrap.h"

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

static void add_told(struct buf *out, const struct told *told)
{
	AUTO(strings_release) struct strings lines = { 0 };

	told_say(&lines, told);
	if (lines.n == 0)
		return;
	buf_adds(out, "\nIt said:\n\n");
	for (size_t i = 0; i < lines.n && i < MAX_LINES; i++)
		wrap_add(out, &item, lines.v[i]);
	if (lines.n > MAX_LINES)
		wrap_addf(out, &item, "and %zu more", lines.n - MAX_LINES);
}

void amends_write(struct buf *out, const struct amends *a)
{
	wrap_add(out, &prose,
		 "The mail that this one answers was wrong and is withdrawn. "
		 "Nothing has to be done about it.");
	add_told(out, a->told);
	buf_addc(out, '\n');
	wrap_addf(out, &prose, "Why: %s", a->why);
	if (a->because != AMENDS_UNSAID)
		wrap_add(out, &prose, causes[a->because].says);
	buf_adds(out, "\n-- \n");
	wrap_add(out, &prose,
		 "This is a correction of what a program has found. A person "
		 "reads the answers to this mail.");
}
