/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Patches are sorted into sets, one a sending; the newest set wins. What puts
 * two patches into one set is, in this order: the cover they answer (directly
 * or through each other), else their author, version and total. A third of the
 * covers on the filesystem lists has no [PATCH 0/n], and in many of those
 * series the version stands on the cover alone, so a cover is known by what
 * answers it, and gives its version to patches that name none.
 */
#include "bot/stages/assemble.h"

#include <strings.h>

#include "bot/base/mem.h"
#include "bot/stages/thread.h"

/* git send-email writes a series in seconds; a slow relay takes minutes. */
#define SAME_SENDING_S (60 * 60)
/* A broken series is mended by hand, the same day. */
#define SAME_DAY_S (24 * 60 * 60)

/* v2.1 is newer than v2: one number orders both parts of a version. */
static unsigned version_key(const struct subject *s)
{
	return s->version * (SUBJECT_MAX_VERSION + 1) + s->version_minor;
}

struct set {
	size_t cover;		  /* THREAD_NONE: none */
	const struct mail *first; /* the mail that began it; for its author */
	unsigned version;	  /* version_key */
	unsigned total;		  /* as announced */
	unsigned highest; /* index seen; above total when one was added */
	unsigned n_found;
	int64_t date;  /* the latest of its mails */
	size_t *slots; /* @highest of them: patch k is mail slots[k - 1] */
};

/* What was found out about a patch, for those that answer it. */
struct place {
	bool is_known;
	size_t cover;
	unsigned version; /* version_key */
};

struct sorting {
	struct thread thread;
	struct place *places; /* one a mail */
	struct set *sets;
	size_t n_sets;
	struct strings notes;
};

static void sorting_release(struct sorting *s)
{
	for (size_t i = 0; i < s->n_sets; i++)
		free(s->sets[i].slots);
	free(s->sets);
	free(s->places);
	strings_release(&s->notes);
	thread_release(&s->thread);
}
DEFINE_AUTO_VALUE(struct sorting, sorting_release)

static const struct mail *mail_at(const struct sorting *s, size_t i)
{
	return s->thread.mails[i];
}

/* A mail that counts: there, and not a second copy. */
static bool is_there(const struct sorting *s, size_t i)
{
	return mail_at(s, i) && !s->thread.is_copy[i];
}

static bool is_near(const struct mail *a, const struct mail *b, int64_t seconds)
{
	int64_t apart = a->date - b->date;

	return a->date == 0 || b->date == 0 ||
	       (apart <= seconds && apart >= -seconds);
}

static bool is_same_person(const struct mail_person *a,
			   const struct mail_person *b)
{
	return *a->addr && strcasecmp(a->addr, b->addr) == 0;
}

/* Who sent it counts: in a series, others may have written single patches. */
static bool is_same_sender(const struct mail *a, const struct mail *b)
{
	return is_same_person(&a->from, &b->from) ||
	       is_same_person(&a->author, &b->author);
}

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

/* A cover that only its children make one: "fix inode stats v2". */
static bool is_bare_cover_of(const struct mail *m, const struct mail *patch)
{
	if (m->subject->is_reply || m->diff || is_numbered_cover(m) ||
	    !is_same_sender(m, patch) || !is_near(m, patch, SAME_SENDING_S))
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
	      (s->total == p->total || is_same_sender(m, patch))))
		return false;
	if (!p->has_version || version_key(p) == version_key(s))
		return true;
	return !s->has_version && is_near(m, patch, SAME_SENDING_S);
}

/* Could @m be an earlier patch of the series that @patch is in? */
static bool is_sibling(const struct mail *m, const struct mail *patch)
{
	return mail_is_patch(m) && m->subject->has_position &&
	       patch->subject->has_position &&
	       m->subject->total == patch->subject->total;
}

/* Up from patch @i over its siblings to their cover. */
static size_t find_cover_above(const struct sorting *s, size_t i)
{
	const struct mail *patch = mail_at(s, i);
	size_t at = s->thread.parent[i];

	/* No more steps than siblings: hostile mails may answer in a circle. */
	for (unsigned n = 0; n <= patch->subject->total && at != THREAD_NONE;
	     n++) {
		const struct mail *m = mail_at(s, at);

		if (is_cover_of(m, patch))
			return at;
		if (!is_sibling(m, patch))
			break;
		at = s->places[at].is_known ? s->places[at].cover
					    : s->thread.parent[at];
	}
	return THREAD_NONE;
}

/* For series whose threading was lost: sent with --no-thread, or mangled. */
static size_t find_cover_by_marks(const struct sorting *s, size_t i)
{
	const struct mail *patch = mail_at(s, i);

	for (size_t c = 0; c < s->thread.n; c++) {
		const struct mail *m = mail_at(s, c);

		if (is_there(s, c) && is_numbered_cover(m) &&
		    m->subject->total == patch->subject->total &&
		    version_key(m->subject) == version_key(patch->subject) &&
		    is_same_sender(m, patch) && is_near(m, patch, SAME_DAY_S))
			return c;
	}
	return THREAD_NONE;
}

static size_t find_cover(const struct sorting *s, size_t i)
{
	size_t cover = find_cover_above(s, i);

	if (cover == THREAD_NONE && mail_at(s, i)->subject->has_position)
		cover = find_cover_by_marks(s, i);
	return cover;
}

/* A sibling above that names a version lends it to a patch that does not. */
static unsigned find_version(const struct sorting *s, size_t i, size_t cover)
{
	const struct mail *patch = mail_at(s, i);
	size_t at = i;

	if (cover != THREAD_NONE && !patch->subject->has_version)
		return version_key(mail_at(s, cover)->subject);
	for (unsigned n = 0; n <= patch->subject->total && at != THREAD_NONE;
	     n++) {
		const struct mail *m = mail_at(s, at);

		if (at != i && !is_sibling(m, patch))
			break;
		if (m->subject->has_version)
			return version_key(m->subject);
		if (s->places[at].is_known)
			return s->places[at].version;
		at = s->thread.parent[at];
	}
	return version_key(patch->subject);
}

static struct set *find_set(struct sorting *s, size_t cover, unsigned version,
			    const struct mail *patch)
{
	for (size_t i = 0; i < s->n_sets; i++) {
		struct set *set = &s->sets[i];

		if (set->cover != cover || set->version != version ||
		    set->total != patch->subject->total)
			continue;
		if (cover != THREAD_NONE ||
		    (patch->subject->has_position &&
		     set->first->subject->has_position &&
		     is_same_sender(set->first, patch)))
			return set;
	}
	return NULL;
}

static struct set *add_set(struct sorting *s, size_t cover, unsigned version,
			   const struct mail *first, unsigned total)
{
	struct set *set;

	s->sets = xreallocarray(s->sets, s->n_sets + 1, sizeof(*s->sets));
	set = &s->sets[s->n_sets++];
	*set = (struct set){
		.cover = cover,
		.first = first,
		.version = version,
		.total = total,
		.date = first->date,
	};
	return set;
}

/* The mail with patch @k, or THREAD_NONE. */
static size_t find_patch(const struct set *set, unsigned k)
{
	return k >= 1 && k <= set->highest ? set->slots[k - 1] : THREAD_NONE;
}

static void put_patch(struct set *set, unsigned k, size_t i)
{
	if (k > set->highest) {
		set->slots = xreallocarray(set->slots, k, sizeof(*set->slots));
		while (set->highest < k)
			set->slots[set->highest++] = THREAD_NONE;
	}
	set->n_found += set->slots[k - 1] == THREAD_NONE;
	set->slots[k - 1] = i;
}

static void note_left_out(struct sorting *s, const struct mail *m,
			  const char *why)
{
	strings_push_take(&s->notes,
			  xasprintf("left out: '%s' <%s>, %s", m->subject_raw,
				    m->message_id, why));
}

/* The same number twice in a set: the one that was sent later counts. */
static void add_patch(struct sorting *s, struct set *set, size_t i)
{
	const struct mail *patch = mail_at(s, i);
	unsigned k = patch->subject->index;
	size_t old = find_patch(set, k);

	if (patch->date > set->date)
		set->date = patch->date;
	if (old != THREAD_NONE && patch->date < mail_at(s, old)->date) {
		note_left_out(s, patch, "which was sent again");
		return;
	}
	if (old != THREAD_NONE)
		note_left_out(s, mail_at(s, old), "which was sent again");
	put_patch(set, k, i);
}

static void sort_patch(struct sorting *s, size_t i)
{
	const struct mail *patch = mail_at(s, i);
	size_t cover = find_cover(s, i);
	unsigned version = find_version(s, i, cover);
	struct set *set = find_set(s, cover, version, patch);

	s->places[i] = (struct place){ true, cover, version };
	if (!set)
		set = add_set(s, cover, version, patch, patch->subject->total);
	add_patch(s, set, i);
}

/* A cover whose patches are not here is a series with nothing but holes. */
static void sort_lone_cover(struct sorting *s, size_t i)
{
	const struct mail *m = mail_at(s, i);

	for (size_t k = 0; k < s->n_sets; k++) {
		if (s->sets[k].cover == i)
			return;
	}
	add_set(s, i, version_key(m->subject), m, m->subject->total);
}

static bool sort_patches(struct sorting *s,
			 bool (*is_wanted)(const struct mail *))
{
	bool found = false;

	for (size_t i = 0; i < s->thread.n; i++) {
		if (!is_there(s, i) || !mail_is_patch(mail_at(s, i)) ||
		    !is_wanted(mail_at(s, i)))
			continue;
		sort_patch(s, i);
		found = true;
	}
	return found;
}

static bool has_no_patch_tag(const struct mail *m)
{
	return !has_patch_tag(m);
}

/* A diff under a subject without any tag is a patch only if nothing else is. */
static void sort_mails(struct sorting *s)
{
	if (!sort_patches(s, has_patch_tag))
		(void)sort_patches(s, has_no_patch_tag);
	for (size_t i = 0; i < s->thread.n; i++) {
		if (is_there(s, i) && is_numbered_cover(mail_at(s, i)))
			sort_lone_cover(s, i);
	}
}

/* Who began: another's patch in the thread is an alternative, not a version. */
static const struct set *find_oldest(const struct sorting *s)
{
	const struct set *oldest = &s->sets[0];

	for (size_t i = 1; i < s->n_sets; i++) {
		if (s->sets[i].first->date < oldest->first->date)
			oldest = &s->sets[i];
	}
	return oldest;
}

static const struct mail *first_mail(const struct sorting *s,
				     const struct set *set)
{
	if (set->cover != THREAD_NONE)
		return mail_at(s, set->cover);
	for (unsigned k = 1; k <= set->highest; k++) {
		if (find_patch(set, k) != THREAD_NONE)
			return mail_at(s, find_patch(set, k));
	}
	return set->first;
}

static unsigned count_holes(const struct set *set)
{
	return set->total > set->n_found ? set->total - set->n_found : 0;
}

/*
 * Which of two sets of one version and one author to take. A series comes
 * before single patches in its thread. The same thing sent again: the later.
 * Two series sent together: the first, on which the other may build.
 */
static bool is_preferred(const struct sorting *s, const struct set *a,
			 const struct set *b)
{
	const struct mail *ma = first_mail(s, a);
	const struct mail *mb = first_mail(s, b);
	bool a_is_series = a->cover != THREAD_NONE || a->total > 1;
	bool b_is_series = b->cover != THREAD_NONE || b->total > 1;

	if (a_is_series != b_is_series)
		return a_is_series;
	if (a->cover != THREAD_NONE && a->cover == b->cover)
		return count_holes(a) < count_holes(b);
	if (!a_is_series || strcmp(ma->title, mb->title) == 0)
		return a->date > b->date;
	if (ma->subject->set_index != mb->subject->set_index)
		return ma->subject->set_index < mb->subject->set_index;
	return ma->date < mb->date;
}

static bool is_newer(const struct sorting *s, const struct set *a,
		     const struct set *b, const struct mail *starter)
{
	bool a_began = is_same_sender(a->first, starter);
	bool b_began = is_same_sender(b->first, starter);

	if (a->version != b->version)
		return a->version > b->version;
	if (a_began != b_began)
		return a_began;
	return is_preferred(s, a, b);
}

static struct set *find_newest(struct sorting *s)
{
	const struct mail *starter = find_oldest(s)->first;
	struct set *newest = &s->sets[0];

	for (size_t i = 1; i < s->n_sets; i++) {
		if (is_newer(s, &s->sets[i], newest, starter))
			newest = &s->sets[i];
	}
	return newest;
}

/* The set that holds patch @k of @total in a mail above mail @i, or NULL. */
static const struct set *find_replaced(const struct sorting *s, size_t i,
				       const struct set *newer)
{
	unsigned k = mail_at(s, i)->subject->index;
	size_t at = s->thread.parent[i];

	for (size_t n = 0; n < s->thread.n && at != THREAD_NONE; n++) {
		for (size_t set = 0; set < s->n_sets; set++) {
			const struct set *older = &s->sets[set];

			if (older->version < newer->version &&
			    older->total == newer->total &&
			    find_patch(older, k) == at)
				return older;
		}
		at = s->thread.parent[at];
	}
	return NULL;
}

/*
 * "[PATCH v2 3/8]" in answer to the old 3/8 replaces that one alone. All that
 * was sent has to be of that kind, else it is a series with holes.
 */
static const struct set *find_mended(const struct sorting *s,
				     const struct set *newer)
{
	const struct set *mended = NULL;

	for (unsigned k = 1; k <= newer->highest; k++) {
		size_t i = find_patch(newer, k);
		const struct set *older;

		if (i == THREAD_NONE)
			continue;
		older = find_replaced(s, i, newer);
		if (!older || (mended && older != mended))
			return NULL;
		mended = older;
	}
	return mended;
}

static void mend(struct sorting *s, struct set *set)
{
	const struct set *older;

	if (count_holes(set) == 0)
		return;
	older = find_mended(s, set);
	if (!older)
		return;
	if (set->cover == THREAD_NONE)
		set->cover = older->cover;
	for (unsigned k = 1; k <= older->highest; k++) {
		if (find_patch(set, k) != THREAD_NONE ||
		    find_patch(older, k) == THREAD_NONE)
			continue;
		put_patch(set, k, find_patch(older, k));
		strings_push_take(
			&s->notes,
			xasprintf("%u/%u is of v%u: only a part of "
				  "it was sent again",
				  k, set->total,
				  older->version / (SUBJECT_MAX_VERSION + 1)));
	}
}

static bool is_in(const struct set *set, size_t i)
{
	if (set->cover == i)
		return true;
	for (unsigned k = 1; k <= set->highest; k++) {
		if (find_patch(set, k) == i)
			return true;
	}
	return false;
}

static const char *why_left_out(const struct sorting *s, const struct set *set,
				const struct set *chosen)
{
	if (set->version < chosen->version)
		return "an older version";
	if (strcmp(first_mail(s, set)->title, first_mail(s, chosen)->title) !=
	    0)
		return "another series";
	return "which was sent again";
}

/* One line for a set: its first mail that the chosen one did not take over. */
static void note_set(struct sorting *s, const struct set *set,
		     const struct set *chosen)
{
	size_t i = set->cover;

	for (unsigned k = 1;
	     k <= set->highest && (i == THREAD_NONE || is_in(chosen, i)); k++)
		i = find_patch(set, k);
	if (i != THREAD_NONE && !is_in(chosen, i))
		note_left_out(s, mail_at(s, i), why_left_out(s, set, chosen));
}

/* Every diff that is not in the revision is accounted for. */
static void note_rest(struct sorting *s, const struct set *chosen)
{
	for (size_t i = 0; i < s->n_sets; i++) {
		if (&s->sets[i] != chosen)
			note_set(s, &s->sets[i], chosen);
	}
	for (size_t i = 0; i < s->thread.n; i++) {
		if (is_there(s, i) && mail_at(s, i)->diff &&
		    mail_at(s, i)->subject->is_reply)
			note_left_out(s, mail_at(s, i),
				      "a reply that carries a diff");
	}
}

/* b4 and git write the base under the cover, or under patch 1 without one. */
static const char *find_base_commit(const struct revision *r)
{
	if (r->cover && r->cover->trailers->base_commit)
		return r->cover->trailers->base_commit;
	return r->patches[0] ? r->patches[0]->trailers->base_commit : NULL;
}

static void fill_slots(struct revision *r, const struct set *set,
		       struct mail **mails)
{
	for (unsigned k = 1; k <= r->total; k++) {
		size_t i = find_patch(set, k);

		if (i == THREAD_NONE)
			strings_push_take(&r->missing,
					  xasprintf("%u/%u", k, set->total));
		else
			r->patches[k - 1] = TAKE(mails[i]);
	}
}

/* A cover may have none: somebody forgot its Subject:. */
static const char *find_title(const struct sorting *s, const struct set *set)
{
	const char *title = first_mail(s, set)->title;

	for (unsigned k = 1; k <= set->highest && *title == '\0'; k++) {
		if (find_patch(set, k) != THREAD_NONE)
			title = mail_at(s, find_patch(set, k))->title;
	}
	return title;
}

static struct revision *make_revision(struct sorting *s, const struct set *set,
				      struct mail **mails)
{
	struct revision *r = xcalloc(1, sizeof(*r));
	const struct mail *first = first_mail(s, set);

	r->title = xstrdup(find_title(s, set));
	r->version = set->version / (SUBJECT_MAX_VERSION + 1);
	r->version_minor = set->version % (SUBJECT_MAX_VERSION + 1);
	r->is_rfc = first->subject->is_rfc;
	r->is_resend = first->subject->is_resend;
	r->total = set->highest > set->total ? set->highest : set->total;
	r->notes = s->notes;
	s->notes = (struct strings){ 0 };
	r->patches = xcalloc(r->total, sizeof(*r->patches));
	fill_slots(r, set, mails);
	if (set->cover != THREAD_NONE)
		r->cover = TAKE(mails[set->cover]);
	r->base_commit = find_base_commit(r);
	return r;
}

static int refuse(const struct sorting *s, struct err *err)
{
	const char *why = "";

	for (size_t i = 0; i < s->thread.n; i++) {
		if (is_there(s, i) && mail_at(s, i)->diff)
			why = ": a diff in a reply is not one";
	}
	return err_set(err, ERR_INPUT, "no patch in %zu mail%s%s", s->thread.n,
		       s->thread.n == 1 ? "" : "s", why);
}

int assemble_run(struct revision **out, struct mail **mails, size_t n,
		 struct err *err)
{
	AUTO(sorting_release) struct sorting s = { 0 };
	struct set *set;

	thread_init(&s.thread, mails, n);
	s.places = xcalloc(n + 1, sizeof(*s.places));
	sort_mails(&s);
	if (s.n_sets == 0)
		return refuse(&s, err);
	set = find_newest(&s);
	mend(&s, set);
	note_rest(&s, set);
	if (set->highest > set->total)
		strings_push_take(&s.notes,
				  xasprintf("%u/%u was added to the series",
					    set->highest, set->total));
	*out = make_revision(&s, set, mails);
	return 0;
}
