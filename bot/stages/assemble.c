/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/assemble.h"

#include <strings.h>

#include "bot/base/mem.h"
#include "bot/stages/sets.h"
#include "bot/stages/together.h"
#include "bot/stages/versions.h"
#include "parsers/project.h"

/* ---- every revision ---- */

void assembled_release(struct assembled *a)
{
	sent_list_release(&a->sent);
	for (size_t i = 0; i < a->n_left; i++)
		free(a->left[i].message_id);
	free(a->left);
	*a = (struct assembled){ 0 };
}

/* What is known of all sets, while each is written down. */
struct writing {
	struct sets sets;
	struct together *together; /* one a set */
	size_t *replaced;	   /* one a set */
};

static void writing_release(struct writing *w)
{
	free(w->together);
	free(w->replaced);
	sets_release(&w->sets);
}
DEFINE_AUTO_VALUE(struct writing, writing_release)

static bool has_name(const struct mail *m)
{
	size_t len = strlen(m->message_id);

	return len > 0 && len <= SENT_MAX_ID;
}

/* The cover or the patch that its author sent first as a part of it. */
static const struct mail *key_of(const struct sets *s, size_t set)
{
	const struct set *v = &s->v[set];

	if (sets_owns_cover(s, set))
		return sets_mail(s, v->cover);
	for (size_t i = 0; i < v->n; i++) {
		if (s->set_of[v->v[i].mail] == set)
			return sets_mail(s, v->v[i].mail);
	}
	return sets_mail(s, v->first);
}

/* What its author says of the whole: the cover, else the first patch sent. */
static const struct mail *speaker_of(const struct sets *s, size_t set)
{
	const struct set *v = &s->v[set];

	return v->cover != THREAD_NONE ? sets_mail(s, v->cover)
				       : key_of(s, set);
}

static bool is_robot(const struct mail *m)
{
	static const char *const starts[] = { "lkp@", "syzbot", "kernel-bot",
					      "patchwork-bot",
					      "bugzilla-daemon@" };

	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		if (strncasecmp(m->from.addr, starts[i], strlen(starts[i])) ==
		    0)
			return true;
	}
	return false;
}

static enum sent_kind kind_of(const struct sets *s, size_t set,
			      const char *project)
{
	const struct mail *m = speaker_of(s, set);
	const struct set *v = &s->v[set];
	const struct subject *patch =
		v->n ? sets_mail(s, v->v[0].mail)->subject : m->subject;

	if (m->subject->is_pull)
		return SENT_PULL;
	if (m->subject->is_stable || patch->is_stable)
		return SENT_STABLE;
	if (is_robot(m))
		return SENT_ROBOT;
	return project_is_kernel(project) ? SENT_KERNEL : SENT_USERSPACE;
}

/* A name that is only shown may be cut, where a character begins. */
static char *cut(const char *text)
{
	size_t len = strlen(text);

	if (len > SENT_MAX_TEXT / 4) {
		len = SENT_MAX_TEXT / 4;
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
	}
	return xstrndup(text, len);
}

/* b4 and git write it under the cover, or under patch 1 without one. */
static void add_trailers(struct sent *out, const struct trailers *t)
{
	for (size_t i = 0; i < t->prerequisite_message_ids.n; i++)
		sent_add_need(out, SENT_MESSAGE_ID,
			      t->prerequisite_message_ids.v[i]);
	for (size_t i = 0; i < t->prerequisite_change_ids.n; i++)
		sent_add_need(out, SENT_CHANGE_ID,
			      t->prerequisite_change_ids.v[i]);
	for (size_t i = 0; i < t->prerequisite_patch_ids.n; i++)
		sent_add_need(out, SENT_PATCH_ID,
			      t->prerequisite_patch_ids.v[i]);
	if (!out->base_commit && t->base_commit)
		out->base_commit = xstrdup(t->base_commit);
	if (!out->change_id && t->change_id &&
	    strlen(t->change_id) <= SENT_MAX_ID)
		out->change_id = xstrdup(t->change_id);
}

static void add_set_need(struct sent *out, const struct sets *s, size_t set)
{
	if (set != SETS_NONE && has_name(key_of(s, set)))
		sent_add_need(out, SENT_MESSAGE_ID, key_of(s, set)->message_id);
}

static void add_needs(struct sent *out, const struct writing *w, size_t set)
{
	const struct set *v = &w->sets.v[set];
	size_t first = set_find(v, 1);

	if (v->cover != THREAD_NONE)
		add_trailers(out, sets_mail(&w->sets, v->cover)->trailers);
	if (first != THREAD_NONE)
		add_trailers(out, sets_mail(&w->sets, first)->trailers);
	add_set_need(out, &w->sets, w->together[set].before);
	add_set_need(out, &w->sets, versions_below(&w->sets, set));
}

static void add_patches(struct sent *out, const struct sets *s,
			const struct set *set)
{
	out->patches = xcalloc(set->n + 1, sizeof(*out->patches));
	for (size_t i = 0; i < set->n; i++) {
		const struct mail *m = sets_mail(s, set->v[i].mail);

		if (has_name(m))
			out->patches[out->n_patches++] =
				(struct sent_patch){ set->v[i].index,
						     xstrdup(m->message_id) };
	}
}

static char *dup_key(const struct sets *s, size_t set)
{
	if (set == SETS_NONE || !has_name(key_of(s, set)))
		return NULL;
	return xstrdup(key_of(s, set)->message_id);
}

static void add_marks(struct sent *out, const struct mail *m)
{
	out->is_rfc = m->subject->is_rfc;
	out->is_resend = m->subject->is_resend;
	out->set_index = m->subject->set_index;
	out->set_total = m->subject->set_total;
	out->author_name = cut(m->author.name);
	out->author = cut(sets_sender(m));
}

static void add_notes(struct sent *out, const struct set *set)
{
	for (size_t i = 0; i < set->notes.n && i < SUBJECT_MAX_TOTAL; i++)
		strings_push(&out->notes, set->notes.v[i]);
	if (set_total(set) > set->total)
		strings_push_take(&out->notes,
				  xasprintf("%u/%u was added to the series",
					    set_total(set), set->total));
}

static struct sent *write_set(const struct writing *w, size_t i)
{
	const struct sets *s = &w->sets;
	const struct set *set = &s->v[i];
	const char *project = w->together[i].project;
	size_t first = set_find(set, 1);
	struct sent *out = xcalloc(1, sizeof(*out));

	out->key = xstrdup(key_of(s, i)->message_id);
	out->title = cut(versions_title(s, i));
	if (first != THREAD_NONE)
		out->first_title = cut(sets_mail(s, first)->title);
	out->version = sets_version(set->version);
	out->version_minor = sets_version_minor(set->version);
	out->total = set_total(set);
	out->is_mended = set->mended != SETS_NONE;
	out->date = set->date;
	if (set->cover != THREAD_NONE && has_name(sets_mail(s, set->cover)))
		out->cover = xstrdup(sets_mail(s, set->cover)->message_id);
	add_marks(out, speaker_of(s, i));
	add_patches(out, s, set);
	add_needs(out, w, i);
	out->kind = kind_of(s, i, project);
	out->project = xstrdup(project);
	out->replaces = dup_key(s, w->replaced[i]);
	out->pair = dup_key(s, w->together[i].pair);
	add_notes(out, set);
	return out;
}

/*
 * "[GIT PULL] fixes": nothing to apply, but it was sent and is accounted for.
 */
static struct sent *write_pull(const struct mail *m)
{
	struct sent *out = xcalloc(1, sizeof(*out));

	out->key = xstrdup(m->message_id);
	out->title = cut(m->title);
	out->version = m->subject->version;
	out->version_minor = m->subject->version_minor;
	out->date = m->date;
	add_marks(out, m);
	out->kind = SENT_PULL;
	out->project = xstrdup(PROJECT_KERNEL);
	return out;
}

static const char *why_left(const struct mail *m)
{
	if (!has_name(m))
		return "it has no usable Message-ID";
	if (!m->diff)
		return NULL;
	if (m->subject->is_reply)
		return "a reply that carries a diff";
	if (m->subject->index == 0)
		return "a cover that carries a diff";
	return sets_is_patch(m) ? "it was sent again"
				: "its subject has no tag of a patch";
}

static void add_left(struct assembled *out, const struct mail *m)
{
	const char *why = why_left(m);

	if (!why)
		return;
	if (out->n_left == ASSEMBLE_MAX_LEFT) {
		out->n_unnamed++;
		return;
	}
	out->left =
		xreallocarray(out->left, out->n_left + 1, sizeof(*out->left));
	out->left[out->n_left++] =
		(struct assemble_left){ xstrndup(m->message_id, SENT_MAX_ID),
					why };
}

/* Mails that are in no set. */
static void add_others(struct assembled *out, const struct sets *s)
{
	for (size_t i = 0; i < s->thread.n; i++) {
		const struct mail *m = sets_mail(s, i);

		if (!sets_has_mail(s, i) || s->set_of[i] != SETS_NONE)
			continue;
		if (m->subject->is_pull && !m->subject->is_reply && has_name(m))
			sent_list_add_take(&out->sent, write_pull(m));
		else
			add_left(out, m);
	}
}

void assemble_all(struct assembled *out, struct mail *const *mails, size_t n)
{
	AUTO(writing_release) struct writing w = { 0 };

	*out = (struct assembled){ 0 };
	sets_init(&w.sets, mails, n);
	versions_mend(&w.sets);
	w.together = together_find(&w.sets);
	w.replaced = versions_replaced(&w.sets);
	for (size_t i = 0; i < w.sets.n; i++) {
		if (has_name(key_of(&w.sets, i)))
			sent_list_add_take(&out->sent, write_set(&w, i));
	}
	add_others(out, &w.sets);
}

/* ---- the newest ---- */

static void note_left_out(struct strings *notes, const struct mail *m,
			  const char *why)
{
	strings_push_take(notes, xasprintf("left out: '%s' <%s>, %s",
					   m->subject_raw, m->message_id, why));
}

static bool is_in(const struct set *set, size_t mail)
{
	unsigned k;

	if (set->cover == mail)
		return true;
	for (k = 0; k < set->n && set->v[k].mail != mail;)
		k++;
	return k < set->n;
}

static const char *why_left_out(const struct sets *s, size_t set, size_t chosen)
{
	if (s->v[set].version < s->v[chosen].version)
		return "an older version";
	if (strcmp(versions_title(s, set), versions_title(s, chosen)) != 0)
		return "another series";
	return "which was sent again";
}

/* One line for a set: its first mail that the chosen one did not take over. */
static void note_set(struct strings *notes, const struct sets *s, size_t set,
		     size_t chosen)
{
	const struct set *v = &s->v[set];
	size_t mail = v->cover;

	for (size_t i = 0;
	     i < v->n && (mail == THREAD_NONE || is_in(&s->v[chosen], mail));
	     i++)
		mail = v->v[i].mail;
	if (mail != THREAD_NONE && !is_in(&s->v[chosen], mail))
		note_left_out(notes, sets_mail(s, mail),
			      why_left_out(s, set, chosen));
}

/* Every diff that is not in the revision is accounted for. */
static void note_rest(struct strings *notes, const struct sets *s,
		      size_t chosen)
{
	for (size_t i = 0; i < s->n; i++) {
		if (i != chosen)
			note_set(notes, s, i, chosen);
	}
	for (size_t i = 0; i < s->thread.n; i++) {
		if (sets_has_mail(s, i) && s->set_of[i] == SETS_NONE &&
		    sets_mail(s, i)->diff && sets_mail(s, i)->subject->is_reply)
			note_left_out(notes, sets_mail(s, i),
				      "a reply that carries a diff");
	}
}

static const char *find_base_commit(const struct revision *r)
{
	if (r->cover && r->cover->trailers->base_commit)
		return r->cover->trailers->base_commit;
	return r->patches[0] ? r->patches[0]->trailers->base_commit : NULL;
}

static void fill_slots(struct revision *r, const struct set *set,
		       struct mail **mails)
{
	size_t next = 0;

	r->patches = xcalloc(r->total, sizeof(*r->patches));
	for (unsigned k = 1; k <= r->total; k++) {
		if (next == set->n || set->v[next].index != k) {
			strings_push_take(&r->missing,
					  xasprintf("%u/%u", k, set->total));
			continue;
		}
		r->patches[k - 1] = TAKE(mails[set->v[next].mail]);
		next++;
	}
}

static struct revision *make_revision(struct sets *s, size_t chosen,
				      struct mail **mails)
{
	struct revision *r = xcalloc(1, sizeof(*r));
	struct set *set = &s->v[chosen];
	const struct mail *speaker = speaker_of(s, chosen);

	r->title = xstrdup(versions_title(s, chosen));
	r->version = sets_version(set->version);
	r->version_minor = sets_version_minor(set->version);
	r->is_rfc = speaker->subject->is_rfc;
	r->is_resend = speaker->subject->is_resend;
	r->total = set_total(set);
	r->notes = set->notes;
	set->notes = (struct strings){ 0 };
	note_rest(&r->notes, s, chosen);
	if (r->total > set->total)
		strings_push_take(&r->notes,
				  xasprintf("%u/%u was added to the series",
					    r->total, set->total));
	fill_slots(r, set, mails);
	if (set->cover != THREAD_NONE)
		r->cover = TAKE(mails[set->cover]);
	r->base_commit = find_base_commit(r);
	return r;
}

static int refuse(const struct sets *s, struct err *err)
{
	const char *why = "";

	for (size_t i = 0; i < s->thread.n; i++) {
		if (sets_has_mail(s, i) && sets_mail(s, i)->diff)
			why = ": a diff in a reply is not one";
	}
	return err_set(err, ERR_INPUT, "no patch in %zu mail%s%s", s->thread.n,
		       s->thread.n == 1 ? "" : "s", why);
}

int assemble_run_of(struct revision **out, struct mail **mails, size_t n,
		    const char *message_id, struct err *err)
{
	AUTO(sets_release) struct sets s = { 0 };
	size_t chosen = SETS_NONE;

	sets_init(&s, mails, n);
	if (s.n == 0)
		return refuse(&s, err);
	versions_mend(&s);
	if (message_id)
		chosen = versions_newest_of(&s, message_id);
	if (chosen == SETS_NONE)
		chosen = versions_newest(&s);
	*out = make_revision(&s, chosen, mails);
	return 0;
}

int assemble_run(struct revision **out, struct mail **mails, size_t n,
		 struct err *err)
{
	return assemble_run_of(out, mails, n, NULL, err);
}
