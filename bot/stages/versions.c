/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/versions.h"

#include <strings.h>

#include "bot/base/buf.h"
#include "bot/base/mem.h"
#include "bot/base/span.h"

/* Comments on comments between a mail and what it is a newer version of. */
#define MAX_CLIMBED 200
/* Sets of one person that look alike, and are looked through. */
#define MAX_TRIED 64
/* Patches that stand in more than one set: of hostile mails alone so many. */
#define MAX_FILLED 20000

const char *versions_title(const struct sets *s, size_t set)
{
	const struct set *v = &s->v[set];
	const char *title = "";

	if (sets_owns_cover(s, set) ||
	    (v->mended != SETS_NONE && v->cover != THREAD_NONE))
		title = sets_mail(s, v->cover)->title;
	for (size_t i = 0; i < v->n && *title == '\0'; i++)
		title = sets_mail(s, v->v[i].mail)->title;
	return title;
}

static const struct mail *first_of(const struct sets *s, size_t set)
{
	return sets_mail(s, s->v[set].first);
}

static bool is_series(const struct set *set)
{
	return set->cover != THREAD_NONE || set->total > 1;
}

/* ---- a part is sent again ---- */

/*
 * The nearest set above @mail that is an older one of as many patches: what it
 * answers, directly or through comments. SETS_NONE: none.
 */
static size_t find_above(const struct sets *s, size_t mail, size_t newer)
{
	size_t at = s->thread.parent[mail];

	for (int n = 0; n < MAX_CLIMBED && at != THREAD_NONE; n++) {
		size_t set = s->set_of[at];

		if (set != SETS_NONE && set != newer &&
		    s->v[set].total == s->v[newer].total &&
		    s->v[set].version < s->v[newer].version)
			return set;
		at = s->thread.parent[at];
	}
	return SETS_NONE;
}

/* Does patch @index in @mail answer the patch of that number in @older? */
static bool is_below(const struct sets *s, size_t mail, unsigned index,
		     size_t older)
{
	size_t at = s->thread.parent[mail];

	for (int n = 0; n < MAX_CLIMBED && at != THREAD_NONE; n++) {
		if (s->set_of[at] == older &&
		    sets_mail(s, at)->subject->index == index)
			return true;
		at = s->thread.parent[at];
	}
	return false;
}

/* It answers a mail of @older at all, or is called like its patch. */
static bool is_like(const struct sets *s, size_t mail, unsigned index,
		    size_t newer, size_t older)
{
	size_t same = set_find(&s->v[older], index);

	if (same == THREAD_NONE)
		return false;
	return find_above(s, mail, newer) == older ||
	       subject_same_name(sets_mail(s, mail)->title,
				 sets_mail(s, same)->title);
}

/* The newest older set of these marks, whatever was resent of it. */
static size_t find_by_marks(const struct sets *s, const struct set_marks *v,
			    size_t at)
{
	for (size_t n = 1; n <= MAX_TRIED && n <= at; n++) {
		const struct set_marks *m = &v[at - n];

		if (strcasecmp(m->sender, v[at].sender) != 0 ||
		    m->total != v[at].total)
			break;
		if (m->version < v[at].version && s->v[m->set].n > 0)
			return m->set;
	}
	return SETS_NONE;
}

/*
 * All that was sent has to be of that kind, else it is a series with holes. By
 * title alone a set may pass for a part that is one with a lost mail: then
 * at most half of it may have been sent.
 */
static bool is_part_of(const struct sets *s, size_t newer, size_t older)
{
	const struct set *set = &s->v[newer];
	bool is_answer = true;
	bool is_alike = !sets_owns_cover(s, newer) && 2 * set->n <= set->total;

	for (size_t i = 0; i < set->n && (is_answer || is_alike); i++) {
		unsigned k = set->v[i].index;
		size_t mail = set->v[i].mail;

		is_answer = is_answer && is_below(s, mail, k, older);
		is_alike = is_alike && is_like(s, mail, k, newer, older);
	}
	return set->n > 0 && (is_answer || is_alike);
}

static size_t find_mended(const struct sets *s, const struct set_marks *v,
			  size_t at)
{
	size_t newer = v[at].set;
	const struct set *set = &s->v[newer];
	size_t older;

	if (set->n == 0 || set_holes(set) == 0)
		return SETS_NONE;
	older = find_above(s, set->v[0].mail, newer);
	if (older == SETS_NONE)
		older = find_by_marks(s, v, at);
	return older != SETS_NONE && is_part_of(s, newer, older) ? older
								 : SETS_NONE;
}

#define NOTE_MAX 16384 /* bytes: every other one of 2,000 patches */

/* "1-2, 4", growing. */
struct ranges {
	struct buf text;
	unsigned from, to; /* the last range, not written yet; 0: none */
};

static void end_range(struct ranges *r)
{
	if (r->from == 0)
		return;
	buf_addf(&r->text, "%s%u", r->text.len ? ", " : "", r->from);
	if (r->to > r->from)
		buf_addf(&r->text, "-%u", r->to);
}

static void add_to_ranges(struct ranges *r, unsigned k)
{
	if (r->from == 0 || k != r->to + 1) {
		end_range(r);
		r->from = k;
	}
	r->to = k;
}

/* Patches of @older take the holes of @newer. */
static void fill(struct sets *s, struct set *newer, const struct set *older)
{
	struct ranges taken = { 0 };

	buf_init(&taken.text, NOTE_MAX);
	for (size_t i = 0; i < older->n; i++) {
		unsigned k = older->v[i].index;

		if (set_find(newer, k) != THREAD_NONE)
			continue;
		set_add(newer, k, older->v[i].mail);
		add_to_ranges(&taken, k);
	}
	end_range(&taken);
	strings_push_take(&newer->notes,
			  xasprintf("%s of %u: as in v%u, only a part was sent "
				    "again",
				    buf_text(&taken.text), newer->total,
				    sets_version(older->version)));
	buf_release(&taken.text);
	if (newer->cover == THREAD_NONE)
		newer->cover = older->cover;
	newer->mended = (size_t)(older - s->v);
}

/* "[PATCH v2] x" in answer to "[PATCH 3/8] x": its number is not said. */
static void number(struct sets *s, size_t lone)
{
	struct set *set = &s->v[lone];
	const struct mail *patch = sets_mail(s, set->v[0].mail);
	size_t at = s->thread.parent[set->v[0].mail];

	for (int n = 0; n < MAX_CLIMBED && at != THREAD_NONE; n++) {
		const struct mail *m = sets_mail(s, at);
		size_t older = s->set_of[at];

		if (older != SETS_NONE && older != lone && m->diff &&
		    s->v[older].total > 1 && sets_same_sender(m, patch) &&
		    subject_same_name(m->title, patch->title)) {
			set->total = s->v[older].total;
			set->v[0].index = m->subject->index;
			if (set->version <= s->v[older].version)
				set->version = s->v[older].version;
			fill(s, set, &s->v[older]);
			return;
		}
		at = s->thread.parent[at];
	}
}

void versions_mend(struct sets *s)
{
	size_t filled = 0;
	size_t n;
	AUTO(mem_free) struct set_marks *v = sets_list_marks(&n, s);

	/* by version, so that what is filled may fill the next one */
	for (size_t i = 0; i < n && filled < MAX_FILLED; i++) {
		size_t older = find_mended(s, v, i);

		if (older == SETS_NONE)
			continue;
		filled += s->v[older].n;
		fill(s, &s->v[v[i].set], &s->v[older]);
	}
	for (size_t i = 0; i < s->n && filled < MAX_FILLED; i++) {
		const struct set *set = &s->v[i];

		if (!is_series(set) && set->n == 1 &&
		    !sets_mail(s, set->v[0].mail)->subject->has_position)
			number(s, i);
		filled += set->mended != SETS_NONE ? set->n : 0;
	}
}

/* ---- who replaces whom ---- */

struct titled {
	const char *sender;
	struct span name;
	unsigned version;
	int64_t date;
	size_t set;
};

static int compare_named(const struct titled *a, const struct titled *b)
{
	size_t len_a = span_len(a->name);
	size_t len_b = span_len(b->name);
	int order = strcasecmp(a->sender, b->sender);

	if (order == 0)
		order = len_a < len_b ? -1 : len_a > len_b;
	return order ? order : strncasecmp(a->name.p, b->name.p, len_a);
}

static int compare_titled(const void *left, const void *right)
{
	const struct titled *a = left;
	const struct titled *b = right;
	int order = compare_named(a, b);

	if (order == 0)
		order = a->version < b->version ? -1 : a->version > b->version;
	if (order == 0)
		order = a->date < b->date ? -1 : a->date > b->date;
	return order ? order : a->set < b->set ? -1 : a->set > b->set;
}

/* Same author, same title: the one before it in version and date. */
static void link_titles(size_t *out, const struct sets *s)
{
	AUTO(mem_free) struct titled *v = xcalloc(s->n + 1, sizeof(*v));

	for (size_t i = 0; i < s->n; i++)
		v[i] = (struct titled){
			.sender = sets_sender(first_of(s, i)),
			.name = subject_name(versions_title(s, i)),
			.version = s->v[i].version,
			.date = first_of(s, i)->date,
			.set = i,
		};
	if (s->n > 0)
		qsort(v, s->n, sizeof(*v), compare_titled);
	for (size_t i = 1; i < s->n; i++) {
		if (span_len(v[i].name) > 0 &&
		    compare_named(&v[i], &v[i - 1]) == 0)
			out[v[i].set] = v[i - 1].set;
	}
}

/* It answers an older set of the same author, under another title. */
static size_t find_answered(const struct sets *s, size_t set)
{
	size_t at = s->thread.parent[s->v[set].first];

	for (int n = 0; n < MAX_CLIMBED && at != THREAD_NONE; n++) {
		size_t older = s->set_of[at];

		if (older != SETS_NONE && older != set &&
		    s->v[older].version < s->v[set].version &&
		    is_series(&s->v[older]) == is_series(&s->v[set]) &&
		    sets_same_sender(first_of(s, older), first_of(s, set)))
			return older;
		at = s->thread.parent[at];
	}
	return SETS_NONE;
}

size_t *versions_replaced(const struct sets *s)
{
	size_t *out = xcalloc(s->n + 1, sizeof(*out));

	for (size_t i = 0; i < s->n; i++)
		out[i] = SETS_NONE;
	link_titles(out, s);
	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i].mended != SETS_NONE)
			out[i] = s->v[i].mended;
		else if (out[i] == SETS_NONE)
			out[i] = find_answered(s, i);
	}
	return out;
}

size_t versions_below(const struct sets *s, size_t set)
{
	const struct mail *patch = first_of(s, set);
	size_t at = s->thread.parent[s->v[set].first];

	if (is_series(&s->v[set]) || patch->subject->has_version)
		return SETS_NONE;
	for (int n = 0; n < MAX_CLIMBED && at != THREAD_NONE; n++) {
		size_t above = s->set_of[at];

		if (above != SETS_NONE && above != set)
			return is_series(&s->v[above]) &&
					       sets_same_sender(first_of(s,
									 above),
								patch)
				       ? above
				       : SETS_NONE;
		at = s->thread.parent[at];
	}
	return SETS_NONE;
}

/* ---- the newest ---- */

/* Who began: another's patch in the thread is an alternative, not a version. */
static const struct mail *find_starter(const struct sets *s)
{
	const struct mail *starter = first_of(s, 0);

	for (size_t i = 1; i < s->n; i++) {
		if (first_of(s, i)->date < starter->date)
			starter = first_of(s, i);
	}
	return starter;
}

/*
 * Which of two sets of one version and one author to take. A series comes
 * before single patches in its thread. The same thing sent again: the later.
 * Two series sent together: the first, on which the other may build.
 */
static bool is_preferred(const struct sets *s, size_t a, size_t b)
{
	const struct set *sa = &s->v[a];
	const struct set *sb = &s->v[b];
	const struct subject *first_a =
		sets_mail(s, set_first_mail(sa))->subject;
	const struct subject *first_b =
		sets_mail(s, set_first_mail(sb))->subject;

	if (is_series(sa) != is_series(sb))
		return is_series(sa);
	if (sa->cover != THREAD_NONE && sa->cover == sb->cover &&
	    sa->mended == SETS_NONE && sb->mended == SETS_NONE)
		return set_holes(sa) < set_holes(sb);
	if (!is_series(sa) ||
	    subject_same_name(versions_title(s, a), versions_title(s, b)))
		return sa->date > sb->date;
	if (first_a->set_index != first_b->set_index)
		return first_a->set_index < first_b->set_index;
	return first_of(s, a)->date < first_of(s, b)->date;
}

static bool is_newer(const struct sets *s, size_t a, size_t b,
		     const struct mail *starter)
{
	bool a_began = sets_same_sender(first_of(s, a), starter);
	bool b_began = sets_same_sender(first_of(s, b), starter);

	if (s->v[a].version != s->v[b].version)
		return s->v[a].version > s->v[b].version;
	if (a_began != b_began)
		return a_began;
	return is_preferred(s, a, b);
}

size_t versions_newest(const struct sets *s)
{
	const struct mail *starter = find_starter(s);
	size_t newest = 0;

	for (size_t i = 1; i < s->n; i++) {
		if (is_newer(s, i, newest, starter))
			newest = i;
	}
	return newest;
}

/* The set of a mail, or of the nearest mail above it that is in one. */
static size_t find_set(const struct sets *s, const char *message_id)
{
	size_t at = THREAD_NONE;

	for (size_t i = 0; i < s->thread.n && at == THREAD_NONE; i++)
		if (sets_has_mail(s, i) && sets_mail(s, i)->message_id &&
		    strcmp(sets_mail(s, i)->message_id, message_id) == 0)
			at = i;
	for (int n = 0; n < MAX_CLIMBED && at != THREAD_NONE; n++) {
		if (s->set_of[at] != SETS_NONE)
			return s->set_of[at];
		at = s->thread.parent[at];
	}
	return SETS_NONE;
}

/* For each set the newest one that replaces it, or SETS_NONE. */
static size_t *list_next(const struct sets *s)
{
	AUTO(mem_free) size_t *replaced = versions_replaced(s);
	size_t *next = xcalloc(s->n + 1, sizeof(*next));

	for (size_t i = 0; i < s->n; i++)
		next[i] = SETS_NONE;
	for (size_t i = 0; i < s->n; i++) {
		size_t older = replaced[i];

		if (older != SETS_NONE &&
		    (next[older] == SETS_NONE ||
		     is_newer(s, i, next[older], first_of(s, older))))
			next[older] = i;
	}
	return next;
}

size_t versions_newest_of(const struct sets *s, const char *message_id)
{
	AUTO(mem_free) size_t *next = NULL;
	size_t set = find_set(s, message_id);

	if (set == SETS_NONE)
		return SETS_NONE;
	next = list_next(s);
	/* no chain of versions is longer than there are sets */
	for (size_t n = 0; n < s->n && next[set] != SETS_NONE; n++)
		set = next[set];
	return set;
}
