/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/order.h"

#include <strings.h>

#include "bot/store/revisions.h"

/* As in together.c: a patch bomb of thirty series takes an hour or two. */
#define SAME_BOMB_S (24 * 60 * 60)

/* What was found for one series; keys are owned. */
struct found {
	char *before; /* the series of the bomb before it */
	unsigned before_index;
	bool before_is_version; /* of its version */
	int64_t before_apart;
	char *pair;
	int64_t pair_apart;
};

static void found_release(struct found *f)
{
	free(f->before);
	free(f->pair);
}
DEFINE_AUTO_VALUE(struct found, found_release)

static int64_t apart(const struct sent *a, const struct sent *b)
{
	/* dates are what strangers say: no overflow */
	double d = (double)a->date - (double)b->date;

	d = d < 0 ? -d : d;
	return d > SAME_BOMB_S ? SAME_BOMB_S + 1 : (int64_t)d;
}

static bool is_before(const struct sent *other, const struct sent *s)
{
	return other->set_index > 0 && other->set_index < s->set_index &&
	       other->set_total == s->set_total &&
	       strcmp(other->project, s->project) == 0;
}

/* The highest number below its own, then its version, then the nearest. */
static bool is_closer(const struct found *f, const struct sent *other,
		      bool is_version, int64_t distance)
{
	if (!f->before || other->set_index != f->before_index)
		return !f->before || other->set_index > f->before_index;
	if (is_version != f->before_is_version)
		return is_version;
	return distance < f->before_apart;
}

static void replace(char **text, const char *with)
{
	free(*text);
	*text = xstrdup(with);
}

static void see(struct found *f, const struct sent *s, const struct sent *other)
{
	int64_t distance = apart(s, other);
	bool is_version = s->version == other->version;

	if (distance > SAME_BOMB_S || strcmp(s->key, other->key) == 0 ||
	    strcasecmp(s->author, other->author) != 0)
		return;
	if (is_before(other, s) && is_closer(f, other, is_version, distance)) {
		replace(&f->before, other->key);
		f->before_index = other->set_index;
		f->before_is_version = is_version;
		f->before_apart = distance;
	}
	if (s->kind == SENT_USERSPACE && other->kind == SENT_KERNEL &&
	    (!f->pair || distance < f->pair_apart)) {
		replace(&f->pair, other->key);
		f->pair_apart = distance;
	}
}

static int see_row(struct found *f, const struct sent *s, struct store *st,
		   int64_t id, struct err *err)
{
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	AUTO(sent_free) struct sent *other = NULL;
	struct err why = ERR_INIT;
	bool is_there;

	if (revisions_find(&is_there, &row, st, id, err) < 0)
		return -1;
	/* facts of an older collider that do not read say nothing */
	if (is_there && row.facts && sent_parse(&other, row.facts, &why) == 0)
		see(f, s, other);
	return 0;
}

static int see_store(struct found *f, const struct sent *s, struct store *st,
		     struct err *err)
{
	AUTO(revisions_list_release) struct revisions_list list = { 0 };
	AUTO(mem_free) char *author = sent_author(s);
	const struct revisions_which which = { .author = author };

	if (*author == '\0')
		return 0;
	if (revisions_all(&list, st, &which, ORDER_MAX_ROWS, err) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++) {
		struct sent row = { .date = list.v[i].date };

		if (apart(s, &row) <= SAME_BOMB_S &&
		    see_row(f, s, st, list.v[i].id, err) < 0)
			return -1;
	}
	return 0;
}

static void see_batch(struct found *f, const struct sent *s,
		      const struct sorted_list *threads)
{
	for (size_t i = 0; i < threads->n; i++) {
		const struct sent_list *list = &threads->v[i].sent;

		for (size_t k = 0; k < list->n; k++)
			see(f, s, list->v[k]);
	}
}

static int settle(struct sent *s, const struct sorted_list *threads,
		  struct store *st, unsigned *looked, struct err *err)
{
	AUTO(found_release) struct found f = { 0 };
	bool is_lone = s->kind == SENT_USERSPACE && !s->pair;

	if (s->set_index < 2 && !is_lone)
		return 0;
	see_batch(&f, s, threads);
	if (((s->set_index > 1 && f.before_index + 1 < s->set_index) ||
	     (is_lone && !f.pair)) &&
	    (*looked)++ < ORDER_MAX_LOOKS && see_store(&f, s, st, err) < 0)
		return -1;
	if (f.before)
		sent_add_need(s, SENT_MESSAGE_ID, f.before);
	if (is_lone)
		s->pair = TAKE(f.pair);
	return 0;
}

int order_run(struct sorted_list *threads, struct store *st, struct err *err)
{
	unsigned looked = 0;

	for (size_t i = 0; i < threads->n; i++) {
		const struct sent_list *list = &threads->v[i].sent;

		for (size_t k = 0; k < list->n; k++) {
			if (settle(list->v[k], threads, st, &looked, err) < 0)
				return -1;
		}
	}
	return 0;
}
