/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/steps.h"

#include <inttypes.h>
#include <time.h>

#include "bot/base/fs.h"
#include "bot/base/hash.h"
#include "bot/base/span.h"
#include "bot/following.h"
#include "bot/report/record.h"
#include "bot/session.h"
#include "bot/stages/series.h"
#include "bot/store/attempts.h"
#include "bot/store/drafts.h"

/* ---- what a review leaves behind ---- */

/* results/12.json */
static char *result_path(const struct item *item)
{
	AUTO(mem_free)
	char *below =
		xasprintf("results/%lld.json", (long long)item->revision.id);

	return config_state_path(item->config, below);
}

static int write_below(const struct config *config, const char *folder,
		       const char *path, const char *data, size_t len,
		       struct err *err)
{
	AUTO(mem_free) char *dir = config_state_path(config, folder);

	if (fs_mkdirs(dir, 0755, err) < 0)
		return -1;
	return fs_write(path, data, len, err);
}

static int write_result(const struct item *item, const struct review *r,
			struct err *err)
{
	AUTO(mem_free) char *path = result_path(item);
	AUTO(mem_free) char *text = record_print(r);

	return write_below(item->config, "results", path, text, strlen(text),
			   err);
}

static int read_result(struct review *out, const struct item *item,
		       struct err *err)
{
	AUTO(mem_free) char *path = result_path(item);
	AUTO(buf_release) struct buf text = { 0 };

	if (fs_read(&text, path, RECORD_MAX_BYTES, err) < 0)
		return -1;
	return record_parse(out, buf_text(&text), text.len, err);
}

static int open_session(struct session **out, const struct item *item,
			struct err *err)
{
	AUTO(session_free) struct session *s = NULL;

	if (session_open(&s, item->config, item->store, err) < 0)
		return -1;
	s->config_path = item->config_file;
	s->progress = stdout;
	*out = TAKE(s);
	return 0;
}

/* ---- place ---- */

static int put_attempts(const struct store_txn *txn, int64_t revision,
			const struct review_base *base, struct err *err)
{
	AUTO(mem_free)
	struct attempt *v = xcalloc(base->n_attempts, sizeof(*v));

	for (size_t i = 0; i < base->n_attempts; i++) {
		const struct review_attempt *a = &base->attempts[i];

		v[i] = (struct attempt){
			.at = time(NULL),
			.tree = a->tree,
			.base = a->commit,
			.how = a->how,
			.matched = a->blobs_matched,
			.total = a->blobs_total,
			.applies = a->applies,
			.why = a->why,
		};
	}
	return attempts_put(txn, revision, v, base->n_attempts, err);
}

/* One that is not placed has its verdict already. */
static int commit_placed(const struct item *item, const struct review *r,
			 struct err *err)
{
	AUTO(mem_free) char *text = record_print(r);
	bool is_placed = review_is_placed(r);
	const struct revisions_result result = {
		.placed = text,
		.verdict = is_placed ? NULL : review_verdict_name(r->verdict),
		.reason = r->why,
	};
	AUTO(store_end) struct store_txn txn = { 0 };
	bool moved;

	if (store_begin(&txn, item->store, err) < 0 ||
	    revisions_move(&moved, &txn, &item->revision,
			   is_placed ? REVISIONS_PLACED : REVISIONS_JUDGED,
			   &result, err) < 0)
		return -1;
	if (!moved)
		return 0;
	if (put_attempts(&txn, item->revision.id, &r->base, err) < 0)
		return -1;
	return store_commit(&txn, err);
}

int steps_place(struct item *item, struct err *err)
{
	AUTO(session_free) struct session *session = NULL;
	AUTO(review_release) struct review review = { 0 };

	if (open_session(&session, item, err) < 0 ||
	    session_place_revision(&review, session, &item->revision,
				   item->list, err) < 0 ||
	    write_result(item, &review, err) < 0)
		return -1;
	return commit_placed(item, &review, err);
}

/* ---- try ---- */

static int commit_judged(const struct item *item, const struct review *r,
			 struct err *err)
{
	const struct revisions_result result = {
		.verdict = review_verdict_name(r->verdict),
		.reason = r->why,
	};
	AUTO(store_end) struct store_txn txn = { 0 };
	bool moved;

	if (store_begin(&txn, item->store, err) < 0 ||
	    revisions_move(&moved, &txn, &item->revision, REVISIONS_JUDGED,
			   &result, err) < 0)
		return -1;
	return moved ? store_commit(&txn, err) : 0;
}

int steps_try(struct item *item, struct err *err)
{
	const char *placed = item->revision.placed;
	AUTO(session_free) struct session *session = NULL;
	AUTO(review_release) struct review review = { 0 };

	if (record_parse(&review, placed, strlen(placed), err) < 0 ||
	    open_session(&session, item, err) < 0 ||
	    session_try(&review, session, err) < 0 ||
	    write_result(item, &review, err) < 0)
		return -1;
	return commit_judged(item, &review, err);
}

/* ---- compose ---- */

/* What stands between '<' and '>' in our own header, folded or not. */
static int read_message_id(char **out, const struct buf *mail, struct err *err)
{
	struct span rest = span_of(buf_text(mail), mail->len);
	struct span line, before, id;

	for (struct span at = rest; span_line(&rest, &line); at = rest) {
		if (!span_starts_nocase(at, "message-id:") ||
		    !span_until(&at, '<', &before) ||
		    !span_until(&at, '>', &id))
			continue;
		*out = span_dup(id);
		return 0;
	}
	return err_set(err, ERR_SYSTEM, "the reply has no Message-ID");
}

/* drafts/<hash of its Message-ID>.eml: the same reply is the same file. */
static char *draft_path(const struct config *config, const char *message_id)
{
	AUTO(hasher_free) struct hasher *h = hasher_new();
	AUTO(mem_free) char *below = NULL;
	struct hash hash;

	hasher_adds(h, message_id);
	hasher_get(&hash, h);
	below = xasprintf("drafts/%.20s.eml", hash.hex);
	return config_state_path(config, below);
}

/* @message_id NULL: there is nothing to draft. */
static int commit_done(const struct item *item, const char *message_id,
		       const char *path, struct err *err)
{
	const struct revisions_result result = {
		.reason = item->revision.reason,
	};
	AUTO(store_end) struct store_txn txn = { 0 };
	bool moved;

	if (store_begin(&txn, item->store, err) < 0 ||
	    revisions_move(&moved, &txn, &item->revision, REVISIONS_DONE,
			   &result, err) < 0)
		return -1;
	if (!moved)
		return 0;
	if (message_id &&
	    drafts_put(&txn, item->revision.id, message_id, path, err) < 0)
		return -1;
	return store_commit(&txn, err);
}

/* So that notmuch finds it by its verdict; without that it goes on, too. */
static void tag_mails(const struct item *item)
{
	const struct config *c = item->config;
	AUTO(mem_free) char *archive = config_state_path(c, "archive");
	const struct index_place place = { .archive = archive,
					   .user = c->user,
					   .uid = c->uid,
					   .gid = c->gid };
	struct err err = ERR_INIT;

	if (index_tag(&place, item->store, &item->revision, &err) < 0)
		fprintf(stderr, "no tags: %s\n", err.msg);
}

int steps_compose(struct item *item, struct err *err)
{
	AUTO(session_free) struct session *session = NULL;
	AUTO(review_release) struct review review = { 0 };
	AUTO(buf_release) struct buf mail = { 0 };
	AUTO(mem_free) char *message_id = NULL;
	AUTO(mem_free) char *path = NULL;
	bool wanted;

	if (read_result(&review, item, err) < 0 ||
	    open_session(&session, item, err) < 0 ||
	    session_draft(&mail, &wanted, &review, session, time(NULL), err) <
		    0)
		return -1;
	tag_mails(item);
	if (!wanted)
		return commit_done(item, NULL, NULL, err);
	if (read_message_id(&message_id, &mail, err) < 0)
		return -1;
	path = draft_path(item->config, message_id);
	if (write_below(item->config, "drafts", path, buf_text(&mail), mail.len,
			err) < 0)
		return -1;
	return commit_done(item, message_id, path, err);
}

/* ---- lists ---- */

int steps_follow(struct item *item, struct err *err)
{
	const struct following following = {
		.config = item->config,
		.list = item->list,
		.progress =
			item->asked.checked ? NULL : stdout, /* it is long */
	};
	struct follow_result result;
	int rc = following_run(&result, &following, item->store, err);

	if (following_is_news(&result))
		following_tell(stdout, item->list->name, &result);
	return rc;
}

static void tell_series(const struct series_counts *n)
{
	if (n->added || n->changed || n->superseded || n->ended || n->refused)
		printf("revisions: %" PRIu64 " new, %" PRIu64
		       " changed, %" PRIu64 " superseded, %" PRIu64
		       " no longer waited for; threads refused: %" PRIu64 "\n",
		       n->added, n->changed, n->superseded, n->ended,
		       n->refused);
}

int steps_assemble(struct item *item, struct err *err)
{
	const struct config *c = item->config;
	AUTO(mem_free) char *archive = config_state_path(c, "archive");
	const struct series_spec spec = {
		.place = { .archive = archive,
			   .user = c->user,
			   .uid = c->uid,
			   .gid = c->gid },
		.wait = c->series_wait,
		.max_age = c->series_max_age,
		.select = c->series_select,
	};
	struct series_counts counts = { 0 };
	int rc = series_run(&counts, &spec, item->store, time(NULL), err);

	tell_series(&counts);
	return rc;
}
