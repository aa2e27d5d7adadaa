/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/since.h"

#include "bot/base/mem.h"
#include "rules/delta.h"

#define MAX_VERSIONS 200 /* of one series, the newest, that are looked at */

/* -1, 0 or 1, as @a was sent before or after @b. */
static int compare_places(const struct revisions_row *a,
			  const struct revisions_row *b)
{
	if (a->version != b->version)
		return a->version < b->version ? -1 : 1;
	if (a->version_minor != b->version_minor)
		return a->version_minor < b->version_minor ? -1 : 1;
	return a->date < b->date ? -1 : a->date > b->date;
}

static int compare_rows(const void *left, const void *right)
{
	return compare_places(left, right);
}

/* "v2"; of one that was sent again "an earlier v2". */
static char *name_version(const struct revisions_row *row,
			  const struct revisions_row *now)
{
	AUTO(mem_free) char *name = NULL;

	if (row->version_minor)
		name = xasprintf("v%u.%u", row->version, row->version_minor);
	else
		name = xasprintf("v%u", row->version);
	if (row->id != now->id && row->version == now->version &&
	    row->version_minor == now->version_minor)
		return xasprintf("an earlier %s", name);
	return TAKE(name);
}

/* Why nobody was told of it. */
static char *say_skipped(const struct revisions_row *row, const char *name)
{
	const char *why = row->reason ? row->reason : "nobody was told";

	switch (row->state) {
	case REVISIONS_WAITING:
	case REVISIONS_INCOMPLETE:
		return xasprintf("%s did not arrive whole", name);
	case REVISIONS_READY:
	case REVISIONS_PLACED:
	case REVISIONS_JUDGED:
		return xasprintf("%s was not tried yet", name);
	case REVISIONS_PARKED:
		return xasprintf("%s could not be tried here", name);
	case REVISIONS_SUPERSEDED:
		return xasprintf("%s was not tried: %s before its turn came",
				 name, why);
	case REVISIONS_ASIDE:
		return xasprintf("%s was not tried: %s", name, why);
	case REVISIONS_DONE:
		break;
	}
	return xasprintf("%s was tried, and not answered: %s%s%s", name,
			 row->verdict ? row->verdict : "",
			 row->verdict && row->reason ? ", " : "",
			 row->reason ? row->reason : "");
}

/* Each version between the two, and numbers of which nothing came in. */
static void list_skipped(struct strings *out, const struct revisions_list *all,
			 const struct revisions_row *then,
			 const struct revisions_row *now)
{
	unsigned last = then->version;

	for (size_t i = 0; i < all->n; i++) {
		const struct revisions_row *row = &all->v[i];
		AUTO(mem_free) char *name = name_version(row, now);

		if (compare_places(row, then) <= 0 ||
		    compare_places(row, now) > 0)
			continue;
		if (row->version > last + 1)
			strings_push_take(
				out, xasprintf(row->version > last + 2
						       ? "v%u and more did not "
							 "come in here"
						       : "v%u did not come in "
							 "here",
					       last + 1));
		last = row->version;
		if (row->id != now->id)
			strings_push_take(out, say_skipped(row, name));
	}
}

static int find_skipped(struct strings *out, struct store *st,
			const struct revisions_row *then,
			const struct revisions_row *now, struct err *err)
{
	AUTO(revisions_list_release) struct revisions_list all = { 0 };
	const struct revisions_which which = { .series = now->series };

	if (revisions_all(&all, st, &which, MAX_VERSIONS, err) < 0)
		return -1;
	if (all.n > 0)
		qsort(all.v, all.n, sizeof(*all.v), compare_rows);
	list_skipped(out, &all, then, now);
	return 0;
}

static int fill(struct review *r, struct store *st,
		const struct outbox_row *answer,
		const struct revisions_row *now, struct err *err)
{
	AUTO(revisions_row_release) struct revisions_row then = { 0 };
	AUTO(told_release) struct told told = { 0 };
	AUTO(strings_release) struct strings skipped = { 0 };
	AUTO(mem_free) char *name = NULL;
	bool found;

	if (told_parse(&told, answer->told, err) < 0)
		return err_wrap(err, "mail %lld", (long long)answer->id);
	if (revisions_find(&found, &then, st, answer->revision, err) < 0 ||
	    find_skipped(&skipped, st, &then, now, err) < 0)
		return -1;
	name = name_version(&then, now);
	delta_find(r, &(struct delta_before){
			      .since = name,
			      .answer = answer->message_id,
			      .told = &told,
			      .is_itself = then.id == now->id,
			      .skipped = &skipped,
		      });
	return 0;
}

int since_find(bool *found, struct outbox_row *answer, struct review *r,
	       struct store *st, const struct revisions_row *revision,
	       struct err *err)
{
	const struct outbox_place place = {
		.series = revision->series,
		.version = revision->version,
		.version_minor = revision->version_minor,
		.date = revision->date,
	};

	if (outbox_find_answer(found, answer, st, &place, err) < 0)
		return -1;
	return *found ? fill(r, st, answer, revision, err) : 0;
}
