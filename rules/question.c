/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * question.c - what reading a patch, without running it, makes one ask
 *
 * Two kinds of rules may ask about one hunk: those that count words of the
 * diff, and those that know the function. What a word makes one ask is dropped
 * where the function is known.
 */
#include "rules/question.h"

#include "bot/base/span.h"

#define DIFF_RULE "diff/" /* how the rules that count words are called */

void questions_take(struct questions *list, struct question *q)
{
	if (list->n == QUESTIONS_MAX) {
		question_release(q);
		return;
	}
	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = *q;
	*q = (struct question){ 0 };
}

void question_release(struct question *q)
{
	free(q->rule);
	free(q->says);
	free(q->promise);
	strings_release(&q->sources);
	free(q->file);
	*q = (struct question){ 0 };
}

void questions_release(struct questions *list)
{
	for (size_t i = 0; i < list->n; i++)
		question_release(&list->v[i]);
	free(list->v);
	*list = (struct questions){ 0 };
}

/* ---- the record ---- */

static json_t *question_to_json(const struct question *q)
{
	json_t *o = json_object();

	json_set_str(o, "rule", q->rule);
	json_set_str(o, "says", q->says);
	json_set_str(o, "promise", q->promise);
	json_object_set_new(o, "sources", json_from_strings(&q->sources));
	json_set_str(o, "file", q->file);
	json_set_int(o, "first", q->first);
	json_set_int(o, "last", q->last);
	return o;
}

json_t *questions_to_json(const struct questions *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(array, question_to_json(&list->v[i]));
	return array;
}

static int question_from_json(struct question *q, const json_t *o,
			      struct err *err)
{
	const char *rule, *says, *promise, *file;
	int64_t first, last;

	if (json_get_string(&rule, o, "rule", err) < 0 ||
	    json_get_string(&says, o, "says", err) < 0 ||
	    json_get_string(&promise, o, "promise", err) < 0 ||
	    json_get_strings(&q->sources, o, "sources", QUESTION_MAX_SOURCES,
			     err) < 0 ||
	    json_get_string(&file, o, "file", err) < 0 ||
	    json_get_int(&first, o, "first", 0, UINT32_MAX, err) < 0 ||
	    json_get_int(&last, o, "last", first, UINT32_MAX, err) < 0)
		return -1;
	q->rule = xstrdup(rule);
	q->says = xstrdup(says);
	q->promise = xstrdup(promise);
	q->file = xstrdup(file);
	q->first = (unsigned)first;
	q->last = (unsigned)last;
	return 0;
}

int questions_from_json(struct questions *out, const json_t *array,
			struct err *err)
{
	if (!json_is_array(array))
		return err_set(err, ERR_INPUT, "the questions are no list");
	if (json_array_size(array) > QUESTIONS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d questions",
			       QUESTIONS_MAX);
	for (size_t i = 0; i < json_array_size(array); i++) {
		AUTO(question_release) struct question q = { 0 };

		if (question_from_json(&q, json_array_get(array, i), err) < 0)
			return err_wrap(err, "question %zu", i + 1);
		questions_take(out, &q);
	}
	return 0;
}

/* ---- into the review ---- */

static bool is_within(const struct review_hunk *h, const struct question *q)
{
	return strcmp(h->file, q->file) == 0 && h->start <= q->last &&
	       q->first < h->start + (h->length ? h->length : 1);
}

/* Of the hunks in its lines the one that matters most; NULL: none has text. */
static const struct review_hunk *find_hunk(const struct review_patch *p,
					   const struct question *q)
{
	const struct review_hunk *best = NULL;

	for (size_t i = 0; i < p->n_hunks; i++) {
		const struct review_hunk *h = &p->hunks[i];

		if (h->text && is_within(h, q) &&
		    (!best || h->points > best->points))
			best = h;
	}
	return best;
}

static void add_one(struct review *r, unsigned n, const struct question *q)
{
	const struct review_patch *p = &r->patches[n - 1];
	const struct review_hunk *h = find_hunk(p, q);
	struct finding *f = review_add_finding(r);

	f->kind = FINDING_QUESTION;
	f->patch = n;
	f->clean = n - 1;
	f->message_id = xstrdup(p->message_id);
	f->says = xstrdup(q->says);
	f->contract = xstrdup(q->rule);
	f->promise = xstrdup(q->promise);
	for (size_t i = 0; i < q->sources.n; i++)
		strings_push(&f->sources, q->sources.v[i]);
	if (h) {
		f->quote_file = xstrdup(h->file);
		f->quote = xstrdup(h->text);
	}
}

void questions_add(struct review *r, unsigned n, const struct questions *list)
{
	for (size_t i = 0; i < list->n; i++)
		add_one(r, n, &list->v[i]);
}

/* ---- what was seen beside it ---- */

bool question_is_same_hunk(const struct finding *a, const struct finding *b)
{
	return a->patch == b->patch && a->quote && b->quote &&
	       strcmp(a->quote_file, b->quote_file) == 0 &&
	       strcmp(a->quote, b->quote) == 0;
}

bool question_is_answered_by(const struct finding *f)
{
	return f->patched.seen > 0 &&
	       (f->kind == FINDING_REGRESSION || f->kind == FINDING_UNCOVERED ||
		f->kind == FINDING_REPAIRED);
}

static bool is_of_words(const struct finding *f)
{
	return f->contract &&
	       strncmp(f->contract, DIFF_RULE, strlen(DIFF_RULE)) == 0;
}

/* A rule that knows the function asks about the same hunk. */
static bool is_known_better(const struct review *r, const struct finding *f)
{
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *other = &r->findings[i];

		if (other->kind == FINDING_QUESTION && !is_of_words(other) &&
		    question_is_same_hunk(other, f))
			return true;
	}
	return false;
}

static void drop_known_better(struct review *r)
{
	for (size_t i = r->n_findings; i > 0; i--) {
		const struct finding *f = &r->findings[i - 1];

		if (f->kind == FINDING_QUESTION && is_of_words(f) &&
		    is_known_better(r, f))
			review_remove_finding(r, i - 1);
	}
}

/* "fs/ext4/file.c" is about ext4 and ext4ind; mm/ and fs/iomap/ about all. */
static bool is_about(const struct finding *question, const char *filesystem)
{
	struct span path =
		span_cstr(question->quote_file ? question->quote_file : "");
	struct span name;

	if (span_starts(path, "block/"))
		return strcmp(filesystem, "blockdev") == 0;
	if (!span_eat(&path, "fs/") || !span_until(&path, '/', &name) ||
	    span_is(name, "iomap"))
		return true;
	return strncmp(filesystem, name.p, span_len(name)) == 0;
}

/* The worst that was found of the same patch where the question looks. */
static const struct finding *find_seen(const struct review *r,
				       const struct finding *question)
{
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];

		if ((f->kind == FINDING_REGRESSION ||
		     f->kind == FINDING_UNCOVERED ||
		     f->kind == FINDING_CHANGED) &&
		    f->filesystem && f->scenario &&
		    f->clean < question->patch && question->patch <= f->patch &&
		    is_about(question, f->filesystem))
			return f;
	}
	return NULL;
}

static char *answer(const struct review *r, const struct finding *question)
{
	const struct finding *seen = find_seen(r, question);
	size_t told = 0;

	if (seen)
		return xasprintf("%s on %s shows it: %s", seen->scenario,
				 seen->filesystem, seen->says);
	for (size_t i = 0; i < r->n_pairs; i++)
		told += r->pairs[i].verdict >= PAIR_SAME &&
			is_about(question, r->pairs[i].filesystem);
	if (told == 0)
		return xstrdup("no collision that was run can tell");
	return xasprintf("none of the %zu collisions that were run there "
			 "shows it",
			 told);
}

void questions_settle(struct review *r)
{
	drop_known_better(r);
	for (size_t i = 0; i < r->n_findings; i++) {
		struct finding *f = &r->findings[i];

		if (f->kind != FINDING_QUESTION)
			continue;
		free(f->answer);
		f->answer = answer(r, f);
	}
}
