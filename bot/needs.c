/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/needs.h"

#include <assert.h>

#include "bot/base/span.h"
#include "bot/mail/maildir.h"
#include "bot/stages/fit.h"
#include "bot/stages/patchids.h"
#include "bot/store/mails.h"
#include "bot/store/revisions.h"

#define MAX_ROWS 1000  /* revisions of a thread, or of an author */
#define SET_DAYS 86400 /* all sets of one are sent in a day */
#define MAX_CANDIDATES 3000
#define MAX_CANDIDATE_BYTES (32u << 20)

/* Where a need is looked for. */
struct search {
	struct needs *out;
	struct letters *letters;
	const struct config *config;
	struct store *store;
	const char *list; /* NULL: on all */
};

void needs_release(struct needs *needs)
{
	free(needs->v);
	strings_release(&needs->words);
	strings_release(&needs->seen);
	*needs = (struct needs){ 0 };
}

int needs_read_mails(struct letters *out, const struct config *config,
		     const struct strings *ids, struct err *err)
{
	AUTO(mem_free) char *archive = config_state_path(config, "archive");

	for (size_t i = 0; i < ids->n; i++) {
		AUTO(mem_free) char *name = maildir_find(archive, ids->v[i]);
		AUTO(mem_free) char *path = NULL;

		if (!name)
			return err_set(err, ERR_RETRY,
				       "mail '%s' is not in the archive",
				       ids->v[i]);
		path = xasprintf("%s/%s", archive, name);
		if (letters_add_file(out, path, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- the list ---- */

static const char *keep(struct needs *needs, const char *word)
{
	if (!word)
		return NULL;
	strings_push(&needs->words, word);
	return needs->words.v[needs->words.n - 1];
}

static int push(struct search *s, const char *kind, const char *value,
		const char *subject, const char *why, size_t n, struct err *err)
{
	struct needs *out = s->out;

	if (out->n == NEEDS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d series are needed",
			       NEEDS_MAX);
	out->v = xreallocarray(out->v, out->n + 1, sizeof(*out->v));
	out->v[out->n++] = (struct place_need){
		.kind = keep(out, kind),
		.value = keep(out, value),
		.subject = keep(out, subject),
		.why = keep(out, why),
		.n = n,
	};
	return 0;
}

static int push_unknown(struct search *s, const char *kind, const char *value,
			const char *why, struct err *err)
{
	return push(s, kind, value, NULL, why, 0, err);
}

/* ---- finding ---- */

static bool has_mail(const struct sent *sent, const char *message_id)
{
	if (strcmp(sent->key, message_id) == 0 ||
	    (sent->cover && strcmp(sent->cover, message_id) == 0))
		return true;
	for (size_t i = 0; i < sent->n_patches; i++)
		if (strcmp(sent->patches[i].message_id, message_id) == 0)
			return true;
	return false;
}

static int read_row(struct sent **out, struct store *st, int64_t id,
		    struct err *err)
{
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	bool found;

	*out = NULL;
	if (revisions_find(&found, &row, st, id, err) < 0)
		return -1;
	return found && row.facts ? sent_parse(out, row.facts, err) : 0;
}

/* The revision that @message_id is a mail of; NULL: none. */
static int find_by_mail(struct sent **out, const struct search *s,
			const char *message_id, struct err *err)
{
	AUTO(revisions_list_release) struct revisions_list rows = { 0 };
	AUTO(mails_row_release) struct mails_row mail = { 0 };
	bool found;

	*out = NULL;
	if (mails_find(&found, &mail, s->store, message_id, err) < 0)
		return -1;
	if (!found)
		return 0;
	if (revisions_all(&rows, s->store,
			  &(struct revisions_which){ .thread = mail.thread },
			  MAX_ROWS, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.n; i++) {
		AUTO(sent_free) struct sent *sent = NULL;

		if (read_row(&sent, s->store, rows.v[i].id, err) < 0)
			return -1;
		if (sent && has_mail(sent, message_id)) {
			*out = TAKE(sent);
			return 0;
		}
	}
	return 0;
}

/* "id:v2": that version; "id": the newest. */
static int find_by_change(struct sent **out, const struct search *s,
			  const char *value, struct err *err)
{
	AUTO(revisions_list_release) struct revisions_list rows = { 0 };
	const char *colon = strrchr(value, ':');
	AUTO(mem_free) char *id = NULL;
	struct span version;
	uint64_t wanted = 0;

	*out = NULL;
	id = colon ? xstrndup(value, (size_t)(colon - value)) : xstrdup(value);
	version = span_cstr(colon ? colon + 1 : "");
	if (span_eat(&version, "v") &&
	    !span_uint(&version, SUBJECT_MAX_VERSION, &wanted))
		return 0;
	if (revisions_all(&rows, s->store,
			  &(struct revisions_which){ .change_id = id },
			  MAX_ROWS, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.n && !*out; i++)
		if ((!wanted || rows.v[i].version == wanted) &&
		    read_row(out, s->store, rows.v[i].id, err) < 0)
			return -1;
	return 0;
}

static int add_all(struct search *s, const struct sent *sent, unsigned depth,
		   struct err *err);

static int add_letters(size_t *n, struct search *s, const struct sent *sent,
		       struct err *err)
{
	AUTO(strings_release) struct strings ids = { 0 };

	for (size_t i = 0; i < sent->n_patches; i++)
		strings_push(&ids, sent->patches[i].message_id);
	*n = ids.n;
	return needs_read_mails(s->letters, s->config, &ids, err);
}

/* What @sent needs, and then @sent; each once. */
static int add_sent(struct search *s, const char *kind, const char *value,
		    const struct sent *sent, unsigned depth, struct err *err)
{
	size_t n;

	if (strings_has(&s->out->seen, sent->key))
		return 0;
	if (!sent_is_whole(sent) || sent->kind == SENT_PULL)
		return push_unknown(s, kind, value, "is incomplete here", err);
	if (depth == NEEDS_MAX_DEPTH)
		return push_unknown(s, kind, value, "needs too much itself",
				    err);
	strings_push(&s->out->seen, sent->key);
	if (add_all(s, sent, depth + 1, err) < 0 ||
	    add_letters(&n, s, sent, err) < 0)
		return -1;
	return push(s, kind, value, sent->title, NULL, n, err);
}

/* ---- by the name of a patch ---- */

/* The patches that are looked at; an id and a title each. */
struct candidates {
	struct letters letters;
	struct strings ids;
	struct strings titles;
};

static void candidates_release(struct candidates *c)
{
	letters_release(&c->letters);
	strings_release(&c->ids);
	strings_release(&c->titles);
}
DEFINE_AUTO_VALUE(struct candidates, candidates_release)

/* A mail that the archive lost is no candidate. */
static int add_candidates(struct candidates *c, const struct search *s,
			  const struct sent *sent, struct err *err)
{
	AUTO(mem_free) char *archive = config_state_path(s->config, "archive");

	for (size_t i = 0; i < sent->n_patches; i++) {
		const struct sent_patch *p = &sent->patches[i];
		AUTO(mem_free) char *name = NULL;
		AUTO(mem_free) char *path = NULL;

		name = maildir_find(archive, p->message_id);
		if (!name || strings_has(&c->ids, p->message_id))
			continue;
		path = xasprintf("%s/%s", archive, name);
		if (letters_add_file(&c->letters, path, err) < 0)
			return -1;
		strings_push(&c->ids, p->message_id);
		strings_push_take(&c->titles,
				  xasprintf("%u/%u of %s", p->index,
					    sent->total, sent->title));
	}
	return 0;
}

/* The newest of all that is kept. */
static int list_candidates(struct candidates *c, const struct search *s,
			   struct err *err)
{
	AUTO(revisions_list_release) struct revisions_list rows = { 0 };

	if (revisions_all(&rows, s->store, &(struct revisions_which){ 0 },
			  MAX_ROWS, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.n && c->ids.n < MAX_CANDIDATES &&
			   c->letters.bytes < MAX_CANDIDATE_BYTES;
	     i++) {
		AUTO(sent_free) struct sent *sent = NULL;

		if (read_row(&sent, s->store, rows.v[i].id, err) < 0 ||
		    (sent && add_candidates(c, s, sent, err) < 0))
			return -1;
	}
	return 0;
}

static int add_patch(struct search *s, const char *value,
		     const struct candidates *c, size_t at, struct err *err)
{
	AUTO(strings_release) struct strings ids = { 0 };

	if (at == PATCHIDS_NONE)
		return push_unknown(s, "patch-id", value,
				    "is not in the archive", err);
	assert(at < c->ids.n && c->ids.v && c->titles.v);
	strings_push(&ids, c->ids.v[at]);
	if (needs_read_mails(s->letters, s->config, &ids, err) < 0)
		return -1;
	return push(s, "patch-id", value, c->titles.v[at], NULL, 1, err);
}

/* A patch each, in the order that they are named in. */
static int add_patches(struct search *s, const struct strings *wanted,
		       struct err *err)
{
	AUTO(candidates_release) struct candidates c = { 0 };
	AUTO(mem_free) size_t *found = NULL;

	if (wanted->n == 0)
		return 0;
	if (list_candidates(&c, s, err) < 0 ||
	    patchids_find(&found, &c.letters, wanted, s->config->user, err) < 0)
		return -1;
	for (size_t i = 0; i < wanted->n; i++)
		if (add_patch(s, wanted->v[i], &c, found[i], err) < 0)
			return -1;
	return 0;
}

/* ---- by other names ---- */

static int add_named(struct search *s, enum sent_need need, const char *value,
		     unsigned depth, struct err *err)
{
	const char *kind = need == SENT_CHANGE_ID ? "change-id" : "message-id";
	AUTO(sent_free) struct sent *found = NULL;
	int rc = 0;

	if (need == SENT_MESSAGE_ID)
		rc = find_by_mail(&found, s, value, err);
	else
		rc = find_by_change(&found, s, value, err);
	if (rc < 0)
		return -1;
	if (!found)
		return push_unknown(s, kind, value, "is not in the archive",
				    err);
	return add_sent(s, kind, value, found, depth, err);
}

/* ---- sets ---- */

static bool is_near(int64_t a, int64_t b)
{
	return a - b <= SET_DAYS && b - a <= SET_DAYS;
}

static bool is_before(const struct sent *other, const struct sent *sent)
{
	return other->kind == SENT_KERNEL &&
	       other->set_total == sent->set_total && other->set_index > 0 &&
	       other->set_index < sent->set_index &&
	       other->version == sent->version;
}

/*
 * The set right before it; that one names those before it in turn. What of a
 * set is not for the kernel, or not in scope, has no number here: it is no
 * need.
 */
static int find_set_before(struct sent **out, const struct search *s,
			   const struct sent *sent, struct err *err)
{
	AUTO(revisions_list_release) struct revisions_list rows = { 0 };
	const struct revisions_which which = { .list = s->list,
					       .author = sent->author };

	*out = NULL;
	if (revisions_all(&rows, s->store, &which, MAX_ROWS, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.n; i++) {
		AUTO(sent_free) struct sent *other = NULL;

		if (!is_near(rows.v[i].date, sent->date))
			continue;
		if (read_row(&other, s->store, rows.v[i].id, err) < 0)
			return -1;
		if (!other || !is_before(other, sent) ||
		    (*out && (*out)->set_index >= other->set_index))
			continue;
		sent_free(*out);
		*out = TAKE(other);
	}
	return 0;
}

static int add_set(struct search *s, const struct sent *sent, unsigned depth,
		   struct err *err)
{
	AUTO(sent_free) struct sent *before = NULL;
	AUTO(mem_free) char *value = NULL;

	if (sent->set_index < 2)
		return 0;
	if (find_set_before(&before, s, sent, err) < 0)
		return -1;
	if (!before)
		return 0;
	value = xasprintf("%u/%u", before->set_index, before->set_total);
	return add_sent(s, FIT_SET, value, before, depth, err);
}

/* ---- all of it ---- */

static int add_all(struct search *s, const struct sent *sent, unsigned depth,
		   struct err *err)
{
	AUTO(strings_release) struct strings patches = { 0 };

	if (add_set(s, sent, depth, err) < 0)
		return -1;
	for (size_t i = 0; i < sent->n_needs; i++) {
		const struct sent_prerequisite *p = &sent->needs[i];

		if (p->need == SENT_PATCH_ID)
			strings_push(&patches, p->value);
		else if (add_named(s, p->need, p->value, depth, err) < 0)
			return -1;
	}
	return add_patches(s, &patches, err);
}

int needs_of_sent(struct needs *out, struct letters *letters,
		  const struct config *config, struct store *st,
		  const struct sent *sent, const char *list, struct err *err)
{
	struct search s = { out, letters, config, st, list };

	strings_push(&out->seen, sent->key); /* it cannot need itself */
	return add_all(&s, sent, 0, err);
}

int needs_of_review(struct needs *out, struct letters *letters,
		    const struct config *config, struct store *st,
		    const struct review *r, struct err *err)
{
	struct search s = { out, letters, config, st, NULL };
	AUTO(strings_release) struct strings patches = { 0 };

	strings_push(&out->seen, r->message_id);
	for (size_t i = 0; i < r->base.n_prerequisites; i++) {
		const struct review_prerequisite *p = &r->base.prerequisites[i];
		bool is_change = strcmp(p->kind, "change-id") == 0;

		if (strcmp(p->kind, "patch-id") == 0)
			strings_push(&patches, p->value);
		else if (add_named(&s,
				   is_change ? SENT_CHANGE_ID : SENT_MESSAGE_ID,
				   p->value, 0, err) < 0)
			return -1;
	}
	return add_patches(&s, &patches, err);
}
