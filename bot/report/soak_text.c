/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/report/soak_text.h"

#include <string.h>

#include "bot/base/wrap.h"

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
	const char *rounds = field(&s->last, "soak.rounds");

	if (s->lost)
		wrap_addf(out, &line_at, "%s: %s", whose, s->lost);
	if (s->refused)
		wrap_addf(out, &line_at, "%s: %s", whose, s->refused);
	if (s->runs == 0)
		return;
	wrap_addf(out, &line_at,
		  "%s: collided in %u of %u runs; in the last one, %s round%s, "
		  "%s",
		  whose, s->collided, s->runs, rounds,
		  strcmp(rounds, "1") == 0 ? "" : "s",
		  s->last.how ? s->last.how : "?");
	add_calls(out, &s->last);
}

static void add_broken(struct buf *out, const struct soak_pair *p,
		       enum soak_kernel kernel, bool has_patched)
{
	static const char *const after[] = { " of the base", " of the series" };
	const struct soak_side *s = &p->v[kernel];

	for (size_t i = 0; i < s->n; i++) {
		const struct soak_broken *b = &s->v[i];

		if (has_patched && kernel == SOAK_PATCHED && !b->is_new)
			continue; /* told of the base */
		wrap_addf(out, &line_at, "%s: %s", b->contract, b->how);
		wrap_addf(out, &inside,
			  "in %u of %u runs%s, first with seed %u: %s", b->runs,
			  s->runs, has_patched ? after[kernel] : "", b->seed,
			  b->promise);
		if (has_patched && kernel == SOAK_PATCHED)
			wrap_addf(
				out, &inside,
				"in none of %u run%s of the base; who meets "
				"whom is up to the scheduler, so run it again "
				"before you believe it",
				p->v[SOAK_BASE].runs,
				p->v[SOAK_BASE].runs == 1 ? "" : "s");
	}
}

static void add_pair(struct buf *out, const struct soak_pair *p,
		     bool has_patched)
{
	buf_adds(out, "\n");
	wrap_addf(out, &(struct wrap){ .width = WIDTH, .hang = 2 }, "%s %s: %s",
		  p->filesystem, p->scenario, head(p->verdict, has_patched));
	add_broken(out, p, SOAK_PATCHED, has_patched);
	add_broken(out, p, SOAK_BASE, has_patched);
	add_side(out, "base", &p->v[SOAK_BASE]);
	if (has_patched)
		add_side(out, "patched", &p->v[SOAK_PATCHED]);
}

void soak_text_from(struct buf *out, const struct soak_record *r)
{
	const struct wrap w = { .width = WIDTH };

	if (r->is_base_kernel)
		buf_adds(out, "the series changes nothing in this kernel: it "
			      "is that of the base\n");
	if (r->why)
		wrap_add(out, &w, r->why);
	wrap_addf(out, &w,
		  "seed %u: %zu mix%s, %u run%s of %.1f s of each on %s, in "
		  "%.1f s of wall time",
		  r->seed, r->n, r->n == 1 ? "" : "es", r->runs,
		  r->runs == 1 ? "" : "s", r->run_ms / 1000.0,
		  r->has_patched ? "the base and after the series" : "the base",
		  (double)r->ms / 1000.0);
	for (size_t i = 0; i < r->n; i++)
		add_pair(out, &r->v[i], r->has_patched);
}
