/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/cause.h"

#include "rules/words.h"

static bool is_same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static const char *find_loss(const struct finding *f)
{
	return f->says ? words_loss(f->says) : NULL;
}

static bool is_same_loss(const struct finding *a, const struct finding *b)
{
	const char *loss = find_loss(a);

	return loss && is_same_text(loss, find_loss(b));
}

bool cause_is_same(const struct finding *a, const struct finding *b)
{
	return a->kind == b->kind && a->patch == b->patch &&
	       a->clean == b->clean && a->is_told == b->is_told &&
	       (is_same_text(a->says, b->says) || is_same_loss(a, b));
}

char *cause_says(const struct review *r, const struct finding *f)
{
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *other = &r->findings[i];

		if (cause_is_same(other, f) &&
		    !is_same_text(other->says, f->says))
			return words_any_size(find_loss(f));
	}
	return xstrdup(f->says);
}
