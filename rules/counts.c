/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/counts.h"

#include "bot/base/wrap.h"
#include "rules/cause.h"
#include "rules/tell.h"

#define MAX_LINE_BYTES 8000

/* Filesystems on which the same scenarios show it. */
struct place {
	struct strings names;
	struct strings scenarios;
};

struct places {
	struct place *v;
	size_t n;
};

static void places_release(struct places *list)
{
	for (size_t i = 0; i < list->n; i++) {
		strings_release(&list->v[i].names);
		strings_release(&list->v[i].scenarios);
	}
	free(list->v);
}
DEFINE_AUTO_VALUE(struct places, places_release)

static bool is_counted_alike(const struct finding *a, const struct finding *b)
{
	return cause_is_same(a, b) && a->base.seen == b->base.seen &&
	       a->base.runs == b->base.runs &&
	       a->patched.seen == b->patched.seen &&
	       a->patched.runs == b->patched.runs;
}

static bool is_counted_before(const struct review *r, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_counted_alike(&r->findings[i], &r->findings[at]))
			return true;
	return false;
}

/* That of @name, new if need be; valid until the next one is added. */
static struct place *get_place(struct places *list, char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].names.v[0], name) == 0) {
			free(name);
			return &list->v[i];
		}
	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n] = (struct place){ 0 };
	strings_push_take(&list->v[list->n].names, name);
	return &list->v[list->n++];
}

static bool has_same(const struct strings *a, const struct strings *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i], b->v[i]) != 0)
			return false;
	return true;
}

/* Places with the same scenarios become one; the first stays where it is. */
static void join_places(struct places *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		struct place *p = &list->v[i];
		size_t to = 0;

		while (to < kept &&
		       !has_same(&list->v[to].scenarios, &p->scenarios))
			to++;
		if (to == kept) {
			list->v[kept++] = *p;
			continue;
		}
		strings_push(&list->v[to].names, p->names.v[0]);
		strings_release(&p->names);
		strings_release(&p->scenarios);
	}
	list->n = kept;
}

/* Without a path it is the guest as a whole, and nowhere. */
static void add_place(struct places *list, const struct finding *f)
{
	if (f->base.path && f->filesystem && f->scenario)
		strings_push(&get_place(list,
					tell_place(f->filesystem, f->guest))
				      ->scenarios,
			     f->scenario);
}

static void add_words(struct buf *out, const struct strings *words)
{
	for (size_t i = 0; i < words->n; i++)
		buf_addf(out, "%s%s", i ? " " : "", words->v[i]);
}

/* "xfs xfs1k: C01 C09", a line for those that share their scenarios. */
static void tell_places(struct buf *out, struct places *list,
			const struct wrap *w)
{
	join_places(list);
	for (size_t i = 0; i < list->n; i++) {
		AUTO(buf_release) struct buf line = { 0 };

		buf_init(&line, MAX_LINE_BYTES);
		add_words(&line, &list->v[i].names);
		buf_adds(&line, ": ");
		add_words(&line, &list->v[i].scenarios);
		wrap_add(out, w, buf_text(&line));
	}
}

/*
 * "seen in 0 of 2 runs on the base, in 2 of 2 with the series:", and
 * where.
 */
static void add_counted(struct buf *out, const struct review *r, size_t at,
			unsigned width)
{
	const struct wrap head = { .width = width, .indent = 2, .hang = 2 };
	const struct wrap row = { .width = width, .indent = 4, .hang = 2 };
	const struct finding *f = &r->findings[at];
	AUTO(places_release) struct places places = { 0 };

	for (size_t i = at; i < r->n_findings; i++)
		if (is_counted_alike(&r->findings[i], f))
			add_place(&places, &r->findings[i]);
	wrap_addf(out, &head,
		  "seen in %u of %u runs on the base, in %u of %u with the "
		  "series%s",
		  f->base.seen, f->base.runs, f->patched.seen, f->patched.runs,
		  places.n ? ":" : ": a boot");
	tell_places(out, &places, &row);
}

void counts_tell(struct buf *out, const struct review *r,
		 const struct finding *f, unsigned width)
{
	if (f->patched.runs == 0)
		return;
	for (size_t i = 0; i < r->n_findings; i++)
		if (cause_is_same(&r->findings[i], f) &&
		    !is_counted_before(r, i))
			add_counted(out, r, i, width);
}

void counts_where(struct buf *out, const struct finding *const *list, size_t n,
		  const struct wrap *w)
{
	AUTO(places_release) struct places places = { 0 };

	for (size_t i = 0; i < n; i++)
		add_place(&places, list[i]);
	tell_places(out, &places, w);
}
