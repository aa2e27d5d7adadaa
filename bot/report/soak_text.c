/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/soak_text.h"

#include <string.h>

#include "bot/base/wrap.h"
#include "rules/words.h"

#define WIDTH 78
#define CALLS ".calls"
#define FIELDS_MAX 32768 /* bytes: OUTCOME_MAX_FIELDS of the longest */

static const struct wrap line_at = { .width = WIDTH, .indent = 2, .hang = 4 };
static const struct wrap inside = { .width = WIDTH, .indent = 4, .hang = 2 };

static const char *head(enum soak_verdict verdict, bool has_patched)
{
	switch (verdict) {
	case SOAK_NOT_RUN:
		return "not run";
	case SOAK_CANNOT_COLLIDE:
		return "cannot collide in this kernel, so it proves nothing";
	case SOAK_NEVER_COLLIDED:
		return "did not collide, so it proves nothing";
	case SOAK_HELD:
		return "nothing was broken";
	case SOAK_BROKEN_BEFORE:
		return "broken, but on the base as well";
	case SOAK_BROKEN:
		return has_patched ? "broken after the series, not on the base"
				   : "broken";
	}
	return "";
}

static bool is_calls(const char *name)
{
	size_t len = strlen(name);

	return len > strlen(CALLS) &&
	       strcmp(name + len - strlen(CALLS), CALLS) == 0;
}

/* "write.B 112, dio.D 1118 (EAGAIN 110; EIO 1), ..." */
static void add_calls(struct buf *out, const struct outcome *o)
{
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, FIELDS_MAX);
	for (size_t i = 0; i < o->n; i++) {
		const char *name = o->v[i].name, *value = o->v[i].value;
		size_t n = strcspn(value, ";");

		if (!is_calls(name))
			continue;
		buf_addf(&text, "%s%.*s %.*s", text.len ? ", " : "",
			 (int)(strlen(name) - strlen(CALLS)), name, (int)n,
			 value);
		if (value[n])
			buf_addf(&text, " (%s)",
				 value + n + 1 + strspn(value + n + 1, " "));
	}
	wrap_add(out, &inside, buf_text(&text));
}

static const char *field(const struct outcome *o, const char *name)
{
	const char *value = outcome_find(o, name);

	return value ? value : "?";
}

static void add_side(struct buf *out, const char *whose,
		     const struct soak_side *s)
{
	if (s->lost)
		wrap_addf(out, &line_at, "%s: %s", whose, s->lost);
	if (s->refused)
		wrap_addf(out, &line_at, "%s: %s", whose, s->refused);
	if (s->runs == 0)
		return;
	wrap_addf(out, &line_at,
		  "%s: collided in %u of %u runs; in the last one, %s rounds, "
		  "%s",
		  whose, s->collided, s->runs, field(s->last, "soak.rounds"),
		  s->last->how);
	add_calls(out, s->last);
}

/* "fault.returned": "round 2: dio of 8192 at 4096 returned 0" speaks for itself. */
static char *tell_how(const struct soak_broken *b)
{
	const struct contract_clause *clause;
	struct outcome looked_at = *b->first;

	looked_at.provoked = true;
	clause = contract_find_broken(b->contract, &looked_at);
	if (strncmp(clause->field, "fault.", 6) == 0)
		return xstrdup(field(b->first, clause->field));
	return words_broken(clause, b->first);
}

static void add_broken(struct buf *out, const struct soak_pair *p,
		       enum soak_kernel kernel, bool has_patched)
{
	static const char *const after[] = { " of the base", " of the series" };
	const struct soak_side *s = &p->v[kernel];

	for (size_t i = 0; i < s->n; i++) {
		const struct soak_broken *b = &s->v[i];
		AUTO(mem_free) char *how = tell_how(b);

		if (has_patched && kernel == SOAK_PATCHED && !soak_is_new(p, b))
			continue; /* told of the base */
		wrap_addf(out, &line_at, "%s: %s", b->contract->id, how);
		wrap_addf(out, &inside,
			  "in %u of %u runs%s, first with seed %s: %s", b->runs,
			  s->runs, has_patched ? after[kernel] : "",
			  field(b->first, "soak.seed"), b->contract->says);
		if (has_patched && kernel == SOAK_PATCHED)
			wrap_addf(
				out, &inside,
				"in none of %u runs of the base; who meets "
				"whom is up to the scheduler, so run it again "
				"before you believe it",
				p->v[SOAK_BASE].runs);
	}
}

void soak_text_pair(struct buf *out, const struct soak_pair *p,
		    bool has_patched)
{
	buf_addf(out, "\n%s %s: %s\n", p->filesystem, p->scenario,
		 head(p->verdict, has_patched));
	add_broken(out, p, SOAK_PATCHED, has_patched);
	add_broken(out, p, SOAK_BASE, has_patched);
	add_side(out, "base", &p->v[SOAK_BASE]);
	if (has_patched)
		add_side(out, "patched", &p->v[SOAK_PATCHED]);
}
