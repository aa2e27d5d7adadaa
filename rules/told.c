/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/told.h"

#include <assert.h>

#include "bot/base/buf.h"
#include "bot/base/json.h"
#include "rules/print.h"

#define MAX_PLACES 24	    /* of one sentence, that are named */
#define MAX_SENTENCE 16000  /* bytes */
#define MAX_MISSING_NAMES 8 /* of patches that did not come */

void told_release(struct told *t)
{
	for (size_t i = 0; i < t->n; i++) {
		free(t->v[i].print);
		free(t->v[i].kind);
		free(t->v[i].guest);
		free(t->v[i].filesystem);
		free(t->v[i].scenario);
		free(t->v[i].says);
	}
	free(t->v);
	*t = (struct told){ 0 };
}

const struct told_item *told_find(const struct told *t, const char *print)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->v[i].print, print) == 0)
			return &t->v[i];
	return NULL;
}

static struct told_item *add_item(struct told *t)
{
	t->v = xreallocarray(t->v, t->n + 1, sizeof(*t->v));
	t->v[t->n] = (struct told_item){ 0 };
	return &t->v[t->n++];
}

static char *dup_maybe(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

/* ---- of a review ---- */

/* Consumes @print and @says. */
static void take_finding(struct told *t, const struct finding *f, char *print,
			 char *says)
{
	struct told_item *item;

	if (t->n == TOLD_MAX_ITEMS || told_find(t, print)) {
		free(print);
		free(says);
		return;
	}
	item = add_item(t);
	item->print = print;
	item->kind = xstrdup(review_finding_name(f->kind));
	item->guest = dup_maybe(f->guest);
	if (f->filesystem && f->scenario) {
		item->filesystem = xstrdup(f->filesystem);
		item->scenario = xstrdup(f->scenario);
	}
	item->says = says;
}

static char *say_diagnostic(const struct finding *f, size_t at)
{
	const struct review_diagnostic *d = &f->diagnostics.v[at];

	return xasprintf("%s in %s: %s",
			 f->kind == FINDING_WARNING ? "the compiler warns"
						    : "the build breaks",
			 d->file, d->text);
}

static void add_finding(struct told *t, const struct finding *f)
{
	if (f->kind == FINDING_WARNING && f->diagnostics.n > 0) {
		for (size_t i = 0; i < f->diagnostics.n; i++)
			take_finding(t, f, print_diagnostic(f, i),
				     say_diagnostic(f, i));
		return;
	}
	take_finding(t, f, print_finding(f),
		     f->diagnostics.n > 0 ? say_diagnostic(f, 0)
					  : xstrdup(f->says));
}

static void add_words(struct told *t, const char *kind, const char *what,
		      char *says)
{
	struct told_item *item = add_item(t);

	item->print = print_words(kind, what);
	item->kind = xstrdup(kind);
	item->says = says;
}

static void add_conflict(struct told *t, const struct review *r)
{
	const struct review_conflict *c = &r->conflict;

	add_words(t, TOLD_CONFLICT, c->file ? c->file : "",
		  xasprintf("patch %u/%u does not apply%s%s", c->patch,
			    r->total, c->file ? " to " : "",
			    c->file ? c->file : ""));
}

static void add_holes(struct told *t, const struct review *r)
{
	AUTO(buf_release) struct buf names = { 0 };

	buf_init(&names, MAX_SENTENCE);
	for (size_t i = 0; i < r->missing.n && i < MAX_MISSING_NAMES; i++)
		buf_addf(&names, "%s%s", i ? ", " : "", r->missing.v[i]);
	add_words(t, TOLD_HOLES, buf_text(&names),
		  xasprintf("%s did not arrive", buf_text(&names)));
}

void told_from_review(struct told *out, const struct review *r)
{
	*out = (struct told){ 0 };
	if (r->verdict == VERDICT_DOES_NOT_APPLY) {
		if (r->conflict.patch > 0)
			add_conflict(out, r);
		return;
	}
	if (r->missing.n > 0) {
		add_holes(out, r);
		return;
	}
	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].kind != FINDING_FIXED &&
		    r->findings[i].kind != FINDING_QUESTION)
			add_finding(out, &r->findings[i]);
}

/* ---- in words ---- */

static bool is_alike(const struct told_item *a, const struct told_item *b)
{
	return strcmp(a->kind, b->kind) == 0 && strcmp(a->says, b->says) == 0 &&
	       !a->filesystem == !b->filesystem;
}

static bool is_first(const struct told *t, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_alike(&t->v[i], &t->v[at]))
			return false;
	return true;
}

/* "xfs C01 C08, ext4 C01" of those alike @at. */
static void add_places(struct buf *out, const struct told *t, size_t at)
{
	const char *place = NULL;
	size_t n = 0;

	for (size_t i = at; i < t->n; i++) {
		const struct told_item *item = &t->v[i];

		if (!is_alike(item, &t->v[at]) || ++n > MAX_PLACES)
			continue;
		if (!place || strcmp(place, item->filesystem) != 0)
			buf_addf(out, "%s%s", place ? ", " : "",
				 item->filesystem);
		buf_addf(out, " %s", item->scenario);
		place = item->filesystem;
	}
	if (n > MAX_PLACES)
		buf_addf(out, " and %zu more", n - MAX_PLACES);
}

void told_say(struct strings *out, const struct told *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct buf line;

		if (!is_first(t, i))
			continue;
		buf_init(&line, MAX_SENTENCE);
		if (t->v[i].filesystem) {
			add_places(&line, t, i);
			buf_adds(&line, ": ");
		}
		buf_adds(&line, t->v[i].says);
		strings_push_take(out, buf_take(&line));
	}
}

/* ---- as bytes ---- */

char *told_print(const struct told *t)
{
	AUTO(json_free) json_t *array = json_array();
	char *text;

	for (size_t i = 0; i < t->n; i++) {
		const struct told_item *item = &t->v[i];
		json_t *o = json_object();

		json_set_str(o, "print", item->print);
		json_set_str(o, "kind", item->kind);
		json_set_str(o, "guest", item->guest);
		json_set_str(o, "filesystem", item->filesystem);
		json_set_str(o, "scenario", item->scenario);
		json_set_str(o, "says", item->says);
		json_array_append_new(array, o);
	}
	text = json_dumps(array, JSON_COMPACT);
	assert(text); /* json_set_str lets nothing in that is not UTF-8 */
	return text;
}

static char *dup_string(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? xstrdup(text) : NULL;
}

static int read_item(struct told *t, const json_t *o, struct err *err)
{
	struct told_item *item = add_item(t);

	item->print = dup_string(o, "print");
	item->kind = dup_string(o, "kind");
	item->guest = dup_string(o, "guest");
	item->filesystem = dup_string(o, "filesystem");
	item->scenario = dup_string(o, "scenario");
	item->says = dup_string(o, "says");
	if (!item->print || !item->kind || !item->says ||
	    !item->filesystem != !item->scenario)
		return err_set(err, ERR_INPUT,
			       "what was told is not readable: item %zu", t->n);
	return 0;
}

int told_parse(struct told *out, const char *text, struct err *err)
{
	AUTO(json_free) json_t *array = NULL;
	AUTO(told_release) struct told t = { 0 };

	*out = (struct told){ 0 };
	if (!*text)
		return 0;
	array = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_array(array) || json_array_size(array) > TOLD_MAX_ITEMS)
		return err_set(err, ERR_INPUT, "what was told is no list");
	for (size_t i = 0; i < json_array_size(array); i++)
		if (read_item(&t, json_array_get(array, i), err) < 0)
			return -1;
	*out = t;
	t = (struct told){ 0 };
	return 0;
}
