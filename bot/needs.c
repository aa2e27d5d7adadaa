/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/needs.h"

#include "bot/base/span.h"
#include "bot/mail/maildir.h"
#include "bot/stages/fit.h"
#include "bot/store/mails.h"
#include "bot/store/revisions.h"

#define MAX_ROWS 1000  /* revisions of a thread, or of an author */
#define SET_DAYS 86400 /* all sets of one are sent in a day */

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

static int add_named(struct search *s, enum sent_need need, const char *value,
		     unsigned depth, struct err *err)
{
	static const char *const kinds[] = {
		[SENT_MESSAGE_ID] = "message-id",
		[SENT_CHANGE_ID] = "change-id",
		[SENT_PATCH_ID] = "patch-id",
	};
	AUTO(sent_free) struct sent *found = NULL;
	int rc = 0;

	if (need == SENT_MESSAGE_ID)
		rc = find_by_mail(&found, s, value, err);
	else if (need == SENT_CHANGE_ID)
		rc = find_by_change(&found, s, value, err);
	if (rc < 0)
		return -1;
	if (!found)
		return push_unknown(s, kinds[need], value,
				    "is not in the archive", err);
	return add_sent(s, kinds[need], value, found, depth, err);
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
	if (add_set(s, sent, depth, err) < 0)
		return -1;
	for (size_t i = 0; i < sent->n_needs; i++)
		if (add_named(s, sent->needs[i].need, sent->needs[i].value,
			      depth, err) < 0)
			return -1;
	return 0;
}

int needs_of_sent(struct needs *out, struct letters *letters,
		  const struct config *config, struct store *st,
		  const struct sent *sent, const char *list, struct err *err)
{
	struct search s = { out, letters, config, st, list };

	strings_push(&out->seen, sent->key); /* it cannot need itself */
	return add_all(&s, sent, 0, err);
}

static enum sent_need need_of(const char *kind)
{
	return strcmp(kind, "change-id") == 0  ? SENT_CHANGE_ID
	       : strcmp(kind, "patch-id") == 0 ? SENT_PATCH_ID
					       : SENT_MESSAGE_ID;
}

int needs_of_review(struct needs *out, struct letters *letters,
		    const struct config *config, struct store *st,
		    const struct review *r, struct err *err)
{
	struct search s = { out, letters, config, st, NULL };

	strings_push(&out->seen, r->message_id);
	for (size_t i = 0; i < r->base.n_prerequisites; i++) {
		const struct review_prerequisite *p = &r->base.prerequisites[i];

		if (add_named(&s, need_of(p->kind), p->value, 0, err) < 0)
			return -1;
	}
	return 0;
}
