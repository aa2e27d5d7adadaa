/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/index.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "bot/base/fs.h"
#include "bot/base/progress.h"
#include "bot/mail/archive.h"
#include "bot/mail/maildir.h"
#include "bot/run/boxed.h"
#include "bot/stages/sent.h"
#include "bot/store/mails.h"

#define INSIDE "/archive" /* where a box sees it */

/* ---- in the box ---- */

static int put_one(json_t *missing, struct archive *a, const json_t *item,
		   struct err *err)
{
	AUTO(strings_release) struct strings tags = { 0 };
	struct archive_mail mail = { .tags = &tags };
	enum archive_outcome outcome;

	if (json_get_string(&mail.message_id, item, "message_id", err) < 0 ||
	    json_get_string(&mail.name, item, "name", err) < 0 ||
	    json_get_string(&mail.content, item, "content", err) < 0 ||
	    json_get_strings(&tags, item, "tags", INDEX_BATCH, err) < 0 ||
	    archive_put(&outcome, a, &mail, err) < 0)
		return -1;
	if (outcome == ARCHIVE_MISSING)
		json_array_append_new(missing, json_string(mail.message_id));
	return 0;
}

static int put_all(json_t *missing, struct archive *a, const json_t *request,
		   struct err *err)
{
	AUTO(strings_release) struct strings gone = { 0 };
	json_t *list;
	json_t *item;
	size_t i;

	if (json_get_strings(&gone, request, "remove", INDEX_BATCH, err) < 0 ||
	    json_get_array(&list, request, "put", INDEX_BATCH, err) < 0)
		return -1;
	for (size_t n = 0; n < gone.n; n++)
		if (archive_remove(a, gone.v[n], err) < 0)
			return -1;
	json_array_foreach(list, i, item)
	{
		if (put_one(missing, a, item, err) < 0)
			return -1;
	}
	return 0;
}

int index_box(const json_t *request, int out, struct err *err)
{
	AUTO(json_free) json_t *answer = json_object();
	AUTO(archive_free) struct archive *a = NULL;
	json_t *missing = json_array();
	const char *dir;
	bool create;

	json_object_set_new(answer, "missing", missing);
	if (json_get_string(&dir, request, "archive", err) < 0 ||
	    json_get_bool(&create, request, "create", err) < 0 ||
	    archive_open(&a, dir, create ? ARCHIVE_CREATE : ARCHIVE_WRITE,
			 err) < 0 ||
	    put_all(missing, a, request, err) < 0 || archive_close(a, err) < 0)
		return -1;
	return boxed_send(out, answer, err);
}

int index_select_box(const json_t *request, int out, struct err *err)
{
	AUTO(json_free) json_t *answer = json_object();
	AUTO(archive_free) struct archive *a = NULL;
	AUTO(strings_release) struct strings ids = { 0 };
	AUTO(strings_release) struct strings found = { 0 };
	const char *query;
	const char *dir;

	if (json_get_string(&dir, request, "archive", err) < 0 ||
	    json_get_string(&query, request, "query", err) < 0 ||
	    json_get_strings(&ids, request, "ids", INDEX_BATCH, err) < 0 ||
	    archive_open(&a, dir, ARCHIVE_READ, err) < 0 ||
	    archive_select(&found, a, query, &ids, err) < 0)
		return -1;
	json_object_set_new(answer, "matches", json_from_strings(&found));
	return boxed_send(out, answer, err);
}

/* ---- in the worker ---- */

/* An answer of the box: some of the ids that it was asked about. */
struct answer {
	const char *key; /* "missing", "matches" */
	struct strings ids;
};

static void answer_release(struct answer *a)
{
	strings_release(&a->ids);
}
DEFINE_AUTO_VALUE(struct answer, answer_release)

static int take_answer(void *arg, const char *bytes, size_t len,
		       struct err *err)
{
	AUTO(json_free) json_t *frame = NULL;
	struct answer *a = arg;

	strings_release(&a->ids);
	if (boxed_read(&frame, bytes, len, err) < 0)
		return -1;
	return json_get_strings(&a->ids, frame, a->key, INDEX_BATCH, err);
}

static int run_box(struct answer *out, const struct index_place *place,
		   const char *name, const json_t *request, struct err *err)
{
	AUTO(mem_free) char *index = xasprintf("%s/.notmuch", place->archive);
	const struct sandbox_bind binds[] = {
		{ .from = place->archive, .to = INSIDE },
		{ .from = index, .to = INSIDE "/.notmuch", .writable = true },
	};
	bool writes = strcmp(name, "index") == 0;

	return boxed_run(
		&(struct boxed_spec){
			.name = name,
			.profile = "pure",
			.binds = binds,
			.n_binds = writes ? 2 : 1,
			.request = request,
			.user = place->user,
			.max_frame = INDEX_MAX_FRAME,
			.on_frame = take_answer,
			.arg = out,
		},
		err);
}

static bool has_index(const struct index_place *place)
{
	AUTO(mem_free)
	char *path = xasprintf("%s/.notmuch/xapian", place->archive);

	return fs_exists(path);
}

int index_prepare(const struct index_place *place, struct err *err)
{
	AUTO(mem_free) char *index = xasprintf("%s/.notmuch", place->archive);

	if (maildir_make(place->archive, err) < 0 ||
	    fs_mkdirs(index, 0755, err) < 0)
		return -1;
	if (geteuid() == 0 && lchown(index, place->uid, place->gid) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot chown '%s'", index);
	return 0;
}

int index_forget(const struct index_place *place, struct store *st,
		 struct err *err)
{
	AUTO(mem_free)
	char *path = xasprintf("%s/.notmuch/xapian", place->archive);
	AUTO(store_end) struct store_txn txn = { 0 };

	if (store_begin(&txn, st, err) < 0 || mails_unindex(&txn, err) < 0 ||
	    store_commit(&txn, err) < 0)
		return -1;
	return fs_remove_tree(path, err);
}

static int forget_loudly(const struct index_place *place, struct store *st,
			 const char *why, struct err *err)
{
	fprintf(stderr, "the archive's index is made anew: %s\n", why);
	return index_forget(place, st, err);
}

/* ---- one batch ---- */

struct batch {
	struct mails_list written;
	struct mails_list deleted;
};

static void batch_release(struct batch *b)
{
	mails_list_release(&b->written);
	mails_list_release(&b->deleted);
}
DEFINE_AUTO_VALUE(struct batch, batch_release)

/* Mails of one thread's revisions, and what tag each has for that. */
struct tagged {
	int64_t thread; /* 0: none yet */
	struct strings ids;
	struct strings tags; /* as many */
};

static void tagged_release(struct tagged *t)
{
	strings_release(&t->ids);
	strings_release(&t->tags);
}
DEFINE_AUTO_VALUE(struct tagged, tagged_release)

static void tag_all(struct tagged *out, const struct strings *ids,
		    const char *tag)
{
	for (size_t i = 0; i < ids->n; i++) {
		strings_push(&out->ids, ids->v[i]);
		strings_push(&out->tags, tag);
	}
}

/* "does-not-apply" */
static char *tag_of(const char *verdict)
{
	char *tag = xstrdup(verdict);

	for (char *p = tag; *p; p++)
		if (*p == ' ')
			*p = '-';
	return tag;
}

static int read_revision(struct tagged *out, struct store *st, int64_t id,
			 struct err *err)
{
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	AUTO(strings_release) struct strings ids = { 0 };
	AUTO(mem_free) char *series = NULL;
	AUTO(mem_free) char *verdict = NULL;
	AUTO(sent_free) struct sent *sent = NULL;
	struct err ignored = ERR_INIT; /* facts that cannot be read: no tags */
	bool found;

	if (revisions_find(&found, &row, st, id, err) < 0)
		return -1;
	if (!found || !row.facts || sent_parse(&sent, row.facts, &ignored) < 0)
		return 0;
	sent_mails(&ids, sent);
	series = xasprintf("series-%lld", (long long)row.series);
	tag_all(out, &ids, series);
	if (row.verdict) {
		verdict = tag_of(row.verdict);
		tag_all(out, &ids, verdict);
	}
	return 0;
}

static int read_thread(struct tagged *out, struct store *st, int64_t thread,
		       struct err *err)
{
	const struct revisions_which which = { .thread = thread };
	AUTO(revisions_list_release) struct revisions_list all = { 0 };

	tagged_release(out);
	*out = (struct tagged){ .thread = thread };
	if (revisions_all(&all, st, &which, INDEX_BATCH, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++)
		if (read_revision(out, st, all.v[i].id, err) < 0)
			return -1;
	return 0;
}

static void add_kind(json_t *tags, const struct mails_row *m)
{
	AUTO(mem_free) char *version = NULL;

	if (m->flags & MAILS_IS_REPLY) {
		json_array_append_new(tags, json_string("reply"));
		return;
	}
	if (!(m->flags & (MAILS_IS_PATCH | MAILS_IS_COVER)))
		return;
	version = xasprintf("v%u", m->version);
	json_array_append_new(tags,
			      json_string(m->flags & MAILS_IS_COVER ? "cover"
								    : "patch"));
	json_array_append_new(tags, json_string(version));
}

static void add_revisions(json_t *tags, const struct mails_row *m,
			  const struct tagged *t)
{
	for (size_t i = 0; i < t->ids.n; i++)
		if (strcmp(t->ids.v[i], m->message_id) == 0)
			json_array_append_new(tags, json_string(t->tags.v[i]));
}

static json_t *describe(const struct index_place *place,
			const struct mails_row *m, const struct tagged *t)
{
	AUTO(mem_free)
	char *found = maildir_find(place->archive, m->message_id);
	AUTO(mem_free) char *name = maildir_name(m->message_id);
	json_t *item = json_object();
	json_t *tags = json_array();

	json_set_str(item, "message_id", m->message_id);
	json_set_str(item, "name", found ? found : name);
	json_set_str(item, "content", m->blob);
	json_array_append_new(tags, json_string(m->list));
	add_kind(tags, m);
	add_revisions(tags, m, t);
	json_object_set_new(item, "tags", tags);
	return item;
}

static int describe_all(json_t *out, const struct index_place *place,
			struct store *st, const struct batch *b,
			struct err *err)
{
	AUTO(tagged_release) struct tagged t = { 0 };

	for (size_t i = 0; i < b->written.n; i++) {
		const struct mails_row *m = &b->written.v[i];

		if (t.thread != m->thread &&
		    read_thread(&t, st, m->thread, err) < 0)
			return -1;
		json_array_append_new(out, describe(place, m, &t));
	}
	return 0;
}

static int make_request(json_t **out, const struct index_place *place,
			struct store *st, const struct batch *b,
			struct err *err)
{
	AUTO(json_free) json_t *request = json_object();
	AUTO(strings_release) struct strings gone = { 0 };
	json_t *put = json_array();

	json_object_set_new(request, "put", put);
	if (describe_all(put, place, st, b, err) < 0)
		return -1;
	for (size_t i = 0; i < b->deleted.n; i++)
		strings_push(&gone, b->deleted.v[i].message_id);
	json_set_str(request, "archive", INSIDE);
	json_set_bool(request, "create", !has_index(place));
	json_object_set_new(request, "remove", json_from_strings(&gone));
	*out = TAKE(request);
	return 0;
}

static int move_all(struct index_counts *counts, struct store *st,
		    const struct batch *b, const struct strings *missing,
		    struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	bool moved;

	if (store_begin(&txn, st, err) < 0)
		return -1;
	for (size_t i = 0; i < b->deleted.n; i++, counts->removed++)
		if (mails_move(&moved, &txn, b->deleted.v[i].id, MAILS_DELETED,
			       MAILS_GONE, err) < 0)
			return -1;
	for (size_t i = 0; i < b->written.n; i++) {
		const struct mails_row *m = &b->written.v[i];
		bool gone = strings_has(missing, m->message_id);

		if (mails_move(&moved, &txn, m->id, MAILS_WRITTEN,
			       gone ? MAILS_WANTED : MAILS_INDEXED, err) < 0)
			return -1;
		counts->missing += gone;
		counts->indexed += !gone;
	}
	return store_commit(&txn, err);
}

static int run_batch(struct index_counts *counts,
		     const struct index_place *place, struct store *st,
		     const struct batch *b, struct err *err)
{
	AUTO(json_free) json_t *request = NULL;
	AUTO(answer_release) struct answer answer = { .key = "missing" };

	if (make_request(&request, place, st, b, err) < 0 ||
	    run_box(&answer, place, "index", request, err) < 0)
		return err_wrap(err, "indexing the archive");
	for (size_t i = 0; i < b->deleted.n; i++)
		if (maildir_remove(place->archive, b->deleted.v[i].message_id,
				   err) < 0)
			return -1;
	return move_all(counts, st, b, &answer.ids, err);
}

static int next_batch(struct batch *out, struct store *st, struct err *err)
{
	batch_release(out);
	if (mails_in_state(&out->written, st, MAILS_WRITTEN, INDEX_BATCH, err) <
	    0)
		return -1;
	return mails_in_state(&out->deleted, st, MAILS_DELETED, INDEX_BATCH,
			      err);
}

static bool is_empty(const struct batch *b)
{
	return b->written.n == 0 && b->deleted.n == 0;
}

/* Damage is mended once; what is damaged again has another cause. */
static int run_batches(struct index_counts *out,
		       const struct index_place *place, struct store *st,
		       struct progress *progress, struct err *err)
{
	AUTO(batch_release) struct batch b = { 0 };
	bool mended = false;

	for (;;) {
		struct err why = ERR_INIT;

		if (next_batch(&b, st, err) < 0)
			return -1;
		if (is_empty(&b))
			return 0;
		if (run_batch(out, place, st, &b, &why) == 0) {
			progress_update(progress, out->indexed);
			continue;
		}
		if (why.kind != ERR_INPUT || mended)
			return err_set(err, why.kind, "%s", why.msg);
		mended = true;
		if (forget_loudly(place, st, why.msg, err) < 0)
			return -1;
	}
}

int index_run(struct index_counts *out, const struct index_place *place,
	      struct store *st, FILE *show, struct err *err)
{
	struct progress progress;
	uint64_t lost = 0;
	uint64_t total;
	int rc;

	if (index_prepare(place, err) < 0)
		return -1;
	if (!has_index(place) && mails_count(&lost, st, MAILS_INDEXED, err) < 0)
		return -1;
	if (lost && forget_loudly(place, st, "it is gone", err) < 0)
		return -1;
	if (mails_count(&total, st, MAILS_WRITTEN, err) < 0)
		return -1;
	progress_start(&progress, total ? show : NULL, "indexing the archive",
		       total);
	rc = run_batches(out, place, st, &progress, err);
	progress_end(&progress, rc == 0 ? "done" : "failed");
	return rc;
}

static int find_mails(struct batch *out, struct store *st,
		      const struct revisions_row *revision, struct err *err)
{
	AUTO(sent_free) struct sent *sent = NULL;
	AUTO(strings_release) struct strings ids = { 0 };
	struct mails_list *list = &out->written;

	if (!revision->facts || sent_parse(&sent, revision->facts, err) < 0)
		return revision->facts ? -1 : 0;
	sent_mails(&ids, sent);
	list->v = xcalloc(ids.n + 1, sizeof(*list->v));
	for (size_t i = 0; i < ids.n && list->n < INDEX_BATCH; i++) {
		struct mails_row *row = &list->v[list->n];
		bool found;

		if (mails_find(&found, row, st, ids.v[i], err) < 0)
			return -1;
		if (found && row->state == MAILS_INDEXED)
			list->n++;
		else
			mails_row_release(row);
	}
	return 0;
}

int index_tag(const struct index_place *place, struct store *st,
	      const struct revisions_row *revision, struct err *err)
{
	AUTO(answer_release) struct answer answer = { .key = "missing" };
	AUTO(batch_release) struct batch b = { 0 };
	AUTO(json_free) json_t *request = NULL;

	if (!has_index(place))
		return 0;
	if (find_mails(&b, st, revision, err) < 0)
		return -1;
	if (is_empty(&b))
		return 0;
	if (make_request(&request, place, st, &b, err) < 0)
		return -1;
	json_set_bool(request, "create", false);
	if (run_box(&answer, place, "index", request, err) < 0)
		return err_wrap(err, "tagging revision %lld",
				(long long)revision->id);
	return 0;
}

int index_select(struct strings *out, const struct index_place *place,
		 const char *query, const struct strings *ids, struct err *err)
{
	AUTO(strings_release) struct strings found = { 0 };

	for (size_t i = 0; i < ids->n; i += INDEX_BATCH) {
		AUTO(json_free) json_t *request = json_object();
		AUTO(answer_release) struct answer a = { .key = "matches" };
		struct strings some = { ids->v + i, ids->n - i };

		if (some.n > INDEX_BATCH)
			some.n = INDEX_BATCH;
		json_set_str(request, "archive", INSIDE);
		json_set_str(request, "query", query);
		json_object_set_new(request, "ids", json_from_strings(&some));
		if (run_box(&a, place, "select", request, err) < 0)
			return err_wrap(err, "asking the archive");
		for (size_t k = 0; k < some.n; k++)
			if (strings_has(&a.ids, some.v[k]))
				strings_push(&found, some.v[k]);
	}
	*out = found;
	found = (struct strings){ 0 };
	return 0;
}
