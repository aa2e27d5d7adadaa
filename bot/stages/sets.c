/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A third of the covers on the filesystem lists has no [PATCH 0/n], and in many
 * of those series the version stands on the cover alone. So a cover is known by
 * what answers it, and gives its version to patches that name none.
 *
 * Three steps: each patch is given a place (its cover, or the first patch that
 * it and its siblings answer, and its version), parents before children; equal
 * places are a set; sets with holes that only marks connect are joined.
 */
#include "bot/stages/sets.h"

#include <strings.h>

#include "bot/base/mem.h"

/* git send-email writes a series in seconds; a slow relay takes minutes. */
#define SAME_SENDING_S (60 * 60)
/* A broken series is mended by hand, the same day. */
#define SAME_DAY_S (24 * 60 * 60)
/* Mails of one person that look alike, and that a lost patch is tried with. */
#define MAX_TRIED 64
/* Comments on comments between a patch and its newer version. */
#define MAX_CLIMBED 200

unsigned sets_version_key(const struct subject *s)
{
	return s->version * (SUBJECT_MAX_VERSION + 1) + s->version_minor;
}

unsigned sets_version(unsigned key)
{
	return key / (SUBJECT_MAX_VERSION + 1);
}

unsigned sets_version_minor(unsigned key)
{
	return key % (SUBJECT_MAX_VERSION + 1);
}

bool sets_has_mail(const struct sets *s, size_t mail)
{
	return s->thread.mails[mail] && !s->thread.is_copy[mail];
}

const struct mail *sets_mail(const struct sets *s, size_t mail)
{
	return s->thread.mails[mail];
}

const char *sets_sender(const struct mail *m)
{
	return *m->from.addr ? m->from.addr : m->author.addr;
}

static bool is_same_person(const struct mail_person *a,
			   const struct mail_person *b)
{
	return *a->addr && strcasecmp(a->addr, b->addr) == 0;
}

bool sets_same_sender(const struct mail *a, const struct mail *b)
{
	return is_same_person(&a->from, &b->from) ||
	       is_same_person(&a->author, &b->author);
}

bool sets_is_near(const struct mail *a, const struct mail *b, int64_t seconds)
{
	int64_t apart = a->date - b->date;

	return a->date == 0 || b->date == 0 ||
	       (apart <= seconds && apart >= -seconds);
}

/* ---- one set ---- */

/* Where @index is among the patches, or would be put. */
static size_t find_at(const struct set *set, unsigned index)
{
	size_t low = 0;
	size_t high = set->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (set->v[mid].index < index)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

size_t set_find(const struct set *set, unsigned index)
{
	size_t at = find_at(set, index);

	return at < set->n && set->v[at].index == index ? set->v[at].mail
							: THREAD_NONE;
}

bool sets_owns_cover(const struct sets *s, size_t set)
{
	size_t cover = s->v[set].cover;

	return cover != THREAD_NONE && s->set_of[cover] == set;
}

void set_add(struct set *set, unsigned index, size_t mail)
{
	size_t at = find_at(set, index);

	set->v = xreallocarray(set->v, set->n + 1, sizeof(*set->v));
	memmove(&set->v[at + 1], &set->v[at], (set->n - at) * sizeof(*set->v));
	set->v[at] = (struct set_patch){ index, mail };
	set->n++;
}

unsigned set_total(const struct set *set)
{
	unsigned highest = set->n ? set->v[set->n - 1].index : 0;

	return highest > set->total ? highest : set->total;
}

size_t set_holes(const struct set *set)
{
	return set_total(set) - set->n;
}

size_t set_first_mail(const struct set *set)
{
	return set->cover != THREAD_NONE ? set->cover : set->v[0].mail;
}

static void release_set(struct set *set)
{
	free(set->v);
	strings_release(&set->notes);
}

/* ---- what a mail is ---- */

static bool is_numbered_cover(const struct mail *m)
{
	return !m->subject->is_reply && m->subject->has_position &&
	       m->subject->index == 0;
}

static bool has_patch_tag(const struct mail *m)
{
	const struct subject *s = m->subject;

	return s->is_patch || s->is_rfc || s->is_resend || s->has_version;
}

bool sets_is_patch(const struct mail *m)
{
	return mail_is_patch(m) && has_patch_tag(m);
}

/* A cover that only its children make one: "fix inode stats v2". */
static bool is_bare_cover_of(const struct mail *m, const struct mail *patch)
{
	if (m->subject->is_reply || m->diff || is_numbered_cover(m) ||
	    !sets_same_sender(m, patch) ||
	    !sets_is_near(m, patch, SAME_SENDING_S))
		return false;
	return patch->subject->has_position || m->has_diffstat ||
	       m->subject->is_patchset;
}

static bool is_cover_of(const struct mail *m, const struct mail *patch)
{
	const struct subject *s = m->subject;
	const struct subject *p = patch->subject;

	if (!is_bare_cover_of(m, patch) &&
	    !(is_numbered_cover(m) && p->has_position &&
	      (s->total == p->total || sets_same_sender(m, patch))))
		return false;
	if (!p->has_version || sets_version_key(p) == sets_version_key(s))
		return true;
	return !s->has_version && sets_is_near(m, patch, SAME_SENDING_S);
}

/* Could @m be an earlier patch of the series that @patch is in? */
static bool is_sibling(const struct mail *m, const struct mail *patch)
{
	return m->diff && m->subject->index != 0 && m->subject->has_position &&
	       patch->subject->has_position &&
	       m->subject->total == patch->subject->total;
}

/* ---- places ---- */

/* What was found out about a patch, for those that answer it. */
struct place {
	bool is_known;
	size_t cover; /* or THREAD_NONE; then */
	size_t head;  /* the first of the siblings that it answers, or itself */
	unsigned version;
};

struct sorting {
	struct sets *sets;
	struct place *places; /* one a mail */
	struct set_row *rows; /* one a patch */
	size_t n_rows;
};

static void sorting_release(struct sorting *s)
{
	free(s->places);
	free(s->rows);
}
DEFINE_AUTO_VALUE(struct sorting, sorting_release)

/* A patch, and what decides which set it is in. */
struct set_row {
	size_t cover;
	size_t head;
	unsigned version;
	unsigned total;
	bool is_of_other; /* not by who sent the cover */
	unsigned index;
	int64_t date;
	size_t mail;
};

/*
 * "Re: [PATCH v2 3/5]" with a diff, in answer to the same author's older 3/5:
 * the newer version of that patch, although it looks like a suggestion.
 */
static bool is_newer_reply(const struct sorting *s, size_t i)
{
	const struct mail *patch = sets_mail(s->sets, i);
	size_t at = s->sets->thread.parent[i];

	if (!patch->subject->is_reply || !patch->diff ||
	    !patch->subject->has_version || !patch->subject->has_position ||
	    patch->subject->index == 0)
		return false;
	for (int n = 0; n < MAX_CLIMBED && at != THREAD_NONE; n++) {
		const struct mail *m = sets_mail(s->sets, at);

		if (s->places[at].is_known && is_sibling(m, patch) &&
		    m->subject->index == patch->subject->index)
			return s->places[at].version <
				       sets_version_key(patch->subject) &&
			       sets_same_sender(m, patch);
		at = s->sets->thread.parent[at];
	}
	return false;
}

/* What the patch above has found, when it is of the same series. */
static const struct place *place_above(const struct sorting *s, size_t i)
{
	size_t at = s->sets->thread.parent[i];

	if (at == THREAD_NONE || !s->places[at].is_known ||
	    !is_sibling(sets_mail(s->sets, at), sets_mail(s->sets, i)))
		return NULL;
	return &s->places[at];
}

static size_t find_cover(const struct sorting *s, size_t i,
			 const struct place *above)
{
	size_t at = above ? above->cover : s->sets->thread.parent[i];

	if (at == THREAD_NONE ||
	    !is_cover_of(sets_mail(s->sets, at), sets_mail(s->sets, i)))
		return THREAD_NONE;
	return at;
}

/* A cover or a sibling that names a version lends it to who does not. */
static unsigned find_version(const struct sorting *s, size_t i,
			     const struct place *above, size_t cover)
{
	const struct subject *subject = sets_mail(s->sets, i)->subject;

	if (subject->has_version)
		return sets_version_key(subject);
	if (cover != THREAD_NONE)
		return sets_version_key(sets_mail(s->sets, cover)->subject);
	return above ? above->version : sets_version_key(subject);
}

static size_t find_head(const struct sorting *s, size_t i,
			const struct place *above, const struct place *own)
{
	if (!above || above->cover != THREAD_NONE ||
	    own->cover != THREAD_NONE || above->version != own->version ||
	    !sets_same_sender(sets_mail(s->sets, above->head),
			      sets_mail(s->sets, i)))
		return i;
	return above->head;
}

static void add_row(struct sorting *s, size_t i)
{
	const struct mail *patch = sets_mail(s->sets, i);
	const struct place *place = &s->places[i];

	s->rows[s->n_rows++] = (struct set_row){
		.cover = place->cover,
		.head = place->cover == THREAD_NONE ? place->head : THREAD_NONE,
		.version = place->version,
		.total = patch->subject->total,
		.is_of_other = place->cover != THREAD_NONE &&
			       !sets_same_sender(
				       sets_mail(s->sets, place->cover), patch),
		.index = patch->subject->index,
		.date = patch->date,
		.mail = i,
	};
}

static void place_patch(struct sorting *s, size_t i)
{
	const struct place *above = place_above(s, i);
	struct place own = { .is_known = true };

	own.cover = find_cover(s, i, above);
	own.version = find_version(s, i, above, own.cover);
	own.head = find_head(s, i, above, &own);
	s->places[i] = own;
	add_row(s, i);
}

typedef bool is_wanted(const struct mail *m);

static bool has_no_patch_tag(const struct mail *m)
{
	return mail_is_patch(m) && !has_patch_tag(m);
}

static void place_mail(struct sorting *s, size_t i, is_wanted *wanted)
{
	if (sets_has_mail(s->sets, i) && !s->places[i].is_known &&
	    (wanted(sets_mail(s->sets, i)) || is_newer_reply(s, i)))
		place_patch(s, i);
}

/* Parents first; hostile mails may answer in a circle, which is cut. */
static void place_all(struct sorting *s, is_wanted *wanted)
{
	size_t n = s->sets->thread.n;
	AUTO(mem_free) size_t *above = xcalloc(n + 1, sizeof(*above));
	AUTO(mem_free) bool *is_visited = xcalloc(n + 1, sizeof(*is_visited));

	for (size_t i = 0; i < n; i++) {
		size_t depth = 0;
		size_t at = i;

		while (at != THREAD_NONE && !is_visited[at]) {
			is_visited[at] = true;
			above[depth++] = at;
			at = s->sets->thread.parent[at];
		}
		while (depth-- > 0)
			place_mail(s, above[depth], wanted);
	}
}

/* ---- equal places are a set ---- */

static int compare(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_sets(const struct set_row *a, const struct set_row *b)
{
	int order = compare(a->cover, b->cover);

	if (order == 0)
		order = compare(a->head, b->head);
	if (order == 0)
		order = compare(a->version, b->version);
	return order ? order : compare(a->total, b->total);
}

/*
 * Within a set by index; those of who sent the cover at the front, and of these
 * the one that was sent last.
 */
static int compare_rows(const void *left, const void *right)
{
	const struct set_row *a = left;
	const struct set_row *b = right;
	int order = compare_sets(a, b);

	if (order == 0)
		order = compare(a->index, b->index);
	if (order == 0)
		order = compare(a->is_of_other, b->is_of_other);
	if (order == 0)
		order = a->date > b->date ? -1 : a->date < b->date;
	return order ? order : compare(b->mail, a->mail);
}

static struct set *add_set(struct sets *s, size_t cover, unsigned version,
			   unsigned total)
{
	struct set *set;

	s->v = xreallocarray(s->v, s->n + 1, sizeof(*s->v));
	set = &s->v[s->n++];
	*set = (struct set){
		.cover = cover,
		.first = cover,
		.version = version,
		.total = total,
		.mended = SETS_NONE,
	};
	if (cover != THREAD_NONE)
		set->date = sets_mail(s, cover)->date;
	return set;
}

static void note_sent_again(struct sets *s, struct set *set, size_t mail)
{
	const struct mail *m = sets_mail(s, mail);

	strings_push_take(&set->notes,
			  xasprintf("left out: '%s' <%s>, which was sent again",
				    m->subject_raw, m->message_id));
}

/* The same number twice in a set: the one that was sent later counts. */
static void add_patch(struct sets *s, struct set *set,
		      const struct set_row *row)
{
	if (row->date > set->date)
		set->date = row->date;
	if (set_find(set, row->index) != THREAD_NONE) {
		note_sent_again(s, set, row->mail);
		return;
	}
	set_add(set, row->index, row->mail);
	if (set->first == THREAD_NONE ||
	    row->date < sets_mail(s, set->first)->date)
		set->first = row->mail;
}

/* Another's patch of a number that the series has: an alternative to it. */
static bool is_alternative(const struct sets *s, const struct set *set,
			   const struct set_row *row)
{
	size_t is = set_find(set, row->index);

	return row->is_of_other && is != THREAD_NONE &&
	       sets_same_sender(sets_mail(s, row->cover), sets_mail(s, is));
}

static size_t new_set(struct sets *s, const struct set_row *row)
{
	(void)add_set(s, row->cover, row->version, row->total);
	return s->n - 1;
}

static void add_rows(struct sorting *s)
{
	struct sets *sets = s->sets;
	size_t own = SETS_NONE;
	size_t other = SETS_NONE;

	qsort(s->rows, s->n_rows, sizeof(*s->rows), compare_rows);
	for (size_t i = 0; i < s->n_rows; i++) {
		const struct set_row *row = &s->rows[i];

		if (i == 0 || compare_sets(row, &row[-1]) != 0) {
			own = new_set(sets, row);
			other = SETS_NONE;
		}
		if (!is_alternative(sets, &sets->v[own], row)) {
			add_patch(sets, &sets->v[own], row);
			continue;
		}
		if (other == SETS_NONE)
			other = new_set(sets, row);
		sets->v[other].is_of_other = true;
		add_patch(sets, &sets->v[other], row);
	}
}

/* A cover whose patches are not here is a series with nothing but holes. */
static void add_lone_covers(struct sets *s)
{
	AUTO(mem_free) bool *is_used = xcalloc(s->thread.n + 1, sizeof(bool));

	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i].cover != THREAD_NONE)
			is_used[s->v[i].cover] = true;
	}
	for (size_t i = 0; i < s->thread.n; i++) {
		if (sets_has_mail(s, i) && is_numbered_cover(sets_mail(s, i)) &&
		    !is_used[i])
			(void)add_set(
				s, i,
				sets_version_key(sets_mail(s, i)->subject),
				sets_mail(s, i)->subject->total);
	}
}

/* ---- joining by marks ---- */

int sets_compare_marks(const struct set_marks *a, const struct set_marks *b)
{
	int order = strcasecmp(a->sender, b->sender);

	if (order == 0)
		order = compare(a->total, b->total);
	if (order == 0)
		order = compare(a->version, b->version);
	return order ? order : compare(a->is_resend, b->is_resend);
}

static int compare_marks(const void *left, const void *right)
{
	const struct set_marks *a = left;
	const struct set_marks *b = right;
	int order = sets_compare_marks(a, b);

	if (order == 0)
		order = a->date < b->date ? -1 : a->date > b->date;
	return order ? order : compare(a->set, b->set);
}

static bool is_numbered(const struct sets *s, const struct set *set)
{
	size_t mail = set->n ? set->v[0].mail : set->cover;

	return sets_mail(s, mail)->subject->has_position;
}

struct set_marks *sets_list_marks(size_t *n_out, const struct sets *s)
{
	struct set_marks *v = xcalloc(s->n + 1, sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct set *set = &s->v[i];
		const struct mail *first;

		if (set->first == THREAD_NONE)
			continue;
		first = sets_mail(s, set->first);
		if (!is_numbered(s, set))
			continue;
		v[n++] = (struct set_marks){
			.sender = sets_sender(first),
			.total = set->total,
			.version = set->version,
			.is_resend = first->subject->is_resend,
			.date = first->date,
			.set = i,
		};
	}
	qsort(v, n, sizeof(*v), compare_marks);
	*n_out = n;
	return v;
}

static bool is_disjoint(const struct set *a, const struct set *b)
{
	const struct set *few = a->n < b->n ? a : b;
	const struct set *many = a->n < b->n ? b : a;

	for (size_t i = 0; i < few->n; i++) {
		if (set_find(many, few->v[i].index) != THREAD_NONE)
			return false;
	}
	return true;
}

/* A cover without patches, and patches without a cover. */
static bool is_cover_for(const struct set *cover, const struct set *patches)
{
	return cover->n == 0 && patches->cover == THREAD_NONE;
}

/* Both are parts of what was sent together, as far as marks can tell. */
static bool may_join(const struct sets *s, const struct set *a,
		     const struct set *b)
{
	if (a->cover != THREAD_NONE && b->cover != THREAD_NONE)
		return false;
	if (!sets_is_near(sets_mail(s, a->first), sets_mail(s, b->first),
			  SAME_DAY_S))
		return false;
	if (is_cover_for(a, b) || is_cover_for(b, a))
		return true;
	return set_holes(a) && set_holes(b) && is_disjoint(a, b);
}

/* What is in @from moves to @into; @from is left without any mail. */
static void join(struct sets *s, struct set *into, struct set *from)
{
	if (from->n > into->n) { /* the fewer are the ones to move */
		struct set_patch *v = into->v;
		size_t n = into->n;

		into->v = from->v;
		into->n = from->n;
		from->v = v;
		from->n = n;
	}
	for (size_t i = 0; i < from->n; i++)
		set_add(into, from->v[i].index, from->v[i].mail);
	for (size_t i = 0; i < from->notes.n; i++)
		strings_push(&into->notes, from->notes.v[i]);
	if (into->cover == THREAD_NONE)
		into->cover = from->cover;
	if (from->date > into->date)
		into->date = from->date;
	if (sets_mail(s, from->first)->date < sets_mail(s, into->first)->date)
		into->first = from->first;
	release_set(from);
	*from = (struct set){ .cover = THREAD_NONE, .first = THREAD_NONE };
}

/* The nearest in time first, of those that look alike. */
static void join_lost(struct sets *s, const struct set_marks *v, size_t at)
{
	struct set *lost = &s->v[v[at].set];

	for (size_t n = 1; n <= MAX_TRIED && n <= at; n++) {
		struct set *other = &s->v[v[at - n].set];

		if (sets_compare_marks(&v[at - n], &v[at]) != 0)
			return;
		if (other->first == THREAD_NONE || !may_join(s, other, lost))
			continue;
		/* into the later one, which is nearer to what comes next */
		join(s, lost, other);
		return;
	}
}

static void join_all(struct sets *s)
{
	size_t n;
	AUTO(mem_free) struct set_marks *v = sets_list_marks(&n, s);

	for (size_t i = 0; i < n; i++)
		join_lost(s, v, i);
}

/* ---- patches in replies ---- */

static bool is_of_replies(const struct sets *s, const struct set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		if (!sets_mail(s, set->v[i].mail)->subject->is_reply)
			return false;
	}
	return set->n > 0;
}

/* Has another set of these marks the same patch? Then this one quotes it. */
static bool is_quotation(const struct sets *s, const struct set_marks *v,
			 size_t n, size_t at)
{
	size_t from = at > MAX_TRIED ? at - MAX_TRIED : 0;

	for (size_t i = from; i < n && i < from + 2 * MAX_TRIED; i++) {
		const struct set *other = &s->v[v[i].set];

		if (i != at && sets_compare_marks(&v[i], &v[at]) == 0 &&
		    !is_of_replies(s, other) &&
		    !is_disjoint(other, &s->v[v[at].set]))
			return true;
	}
	return false;
}

static void drop_quotations(struct sets *s)
{
	size_t n;
	AUTO(mem_free) struct set_marks *v = sets_list_marks(&n, s);

	for (size_t i = 0; i < n; i++) {
		struct set *set = &s->v[v[i].set];

		if (!is_of_replies(s, set) || !is_quotation(s, v, n, i))
			continue;
		release_set(set);
		*set = (struct set){ .cover = THREAD_NONE,
				     .first = THREAD_NONE };
	}
}

/* ---- all together ---- */

static size_t first_slot(const struct set *set)
{
	size_t least = set->cover;

	for (size_t i = 0; i < set->n; i++) {
		if (set->v[i].mail < least)
			least = set->v[i].mail;
	}
	return least;
}

static int compare_slots(const void *left, const void *right)
{
	const struct set *a = left;
	const struct set *b = right;
	int order = compare(first_slot(a), first_slot(b));

	if (order == 0)
		order = compare(a->version, b->version);
	return order ? order : compare(a->is_of_other, b->is_of_other);
}

/*
 * Of several sets under one cover it is the oldest's, of as many patches as it
 * announces, by the same sender.
 */
static void own_cover(struct sets *s, size_t set)
{
	size_t cover = s->v[set].cover;
	size_t owner;

	if (cover == THREAD_NONE)
		return;
	owner = s->set_of[cover];
	if (owner == SETS_NONE ||
	    (s->v[owner].version == s->v[set].version &&
	     !s->v[set].is_of_other &&
	     s->v[set].total == sets_mail(s, cover)->subject->total))
		s->set_of[cover] = set;
}

/* What was joined away goes; the rest is in an order that mails give. */
static void settle(struct sets *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i].first == THREAD_NONE)
			continue;
		s->v[n++] = s->v[i];
	}
	s->n = n;
	if (n > 0)
		qsort(s->v, n, sizeof(*s->v), compare_slots);
	for (size_t i = 0; i < s->thread.n; i++)
		s->set_of[i] = SETS_NONE;
	for (size_t i = 0; i < n; i++) {
		own_cover(s, i);
		for (size_t k = 0; k < s->v[i].n; k++)
			s->set_of[s->v[i].v[k].mail] = i;
	}
}

void sets_init(struct sets *out, struct mail *const *mails, size_t n)
{
	AUTO(sorting_release)
	struct sorting s = {
		.sets = out,
		.places = xcalloc(n + 1, sizeof(*s.places)),
		.rows = xcalloc(n + 1, sizeof(*s.rows)),
	};

	*out = (struct sets){ .set_of = xcalloc(n + 1, sizeof(size_t)) };
	thread_init(&out->thread, mails, n);
	place_all(&s, sets_is_patch);
	/* without any tag it is a patch only if nothing else is */
	if (s.n_rows == 0)
		place_all(&s, has_no_patch_tag);
	add_rows(&s);
	add_lone_covers(out);
	join_all(out);
	drop_quotations(out);
	settle(out);
}

void sets_release(struct sets *s)
{
	for (size_t i = 0; i < s->n; i++)
		release_set(&s->v[i]);
	free(s->v);
	free(s->set_of);
	thread_release(&s->thread);
	*s = (struct sets){ 0 };
}
