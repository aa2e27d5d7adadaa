/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/steps.h"

#include <inttypes.h>
#include <time.h>

#include "bot/answering.h"
#include "bot/base/fs.h"
#include "bot/draft.h"
#include "bot/following.h"
#include "bot/posting.h"
#include "bot/probe.h"
#include "bot/report/record.h"
#include "bot/sender.h"
#include "bot/session.h"
#include "bot/stages/series.h"
#include "bot/store/answers.h"
#include "bot/store/attempts.h"
#include "bot/wishes.h"

/* ---- what a review leaves behind ---- */

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
	AUTO(mem_free)
	char *path = posting_review_path(item->config, item->revision.id);
	AUTO(mem_free) char *text = record_print(r);

	return write_below(item->config, "results", path, text, strlen(text),
			   err);
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

/* "TREE" or "TREE COMMIT", as bot/obey.c writes it. */
static int place_revision(struct review *out, struct session *session,
			  const struct item *item, struct err *err)
{
	AUTO(answers_wishes_release) struct answers_wishes wishes = { 0 };
	struct session_place_spec where = { .list = item->list };
	AUTO(mem_free) char *tree = NULL;
	AUTO(mem_free) char *base = NULL;
	const struct answers_wish *wish;
	struct span words, word;

	if (answers_get_wishes(&wishes, item->store, item->revision.series,
			       err) < 0)
		return -1;
	wish = answers_find_wish(&wishes, WISHES_BASE, item->revision.key);
	words = span_cstr(wish ? wish->words : "");
	if (span_word(&words, &word))
		tree = span_dup(word);
	if (span_word(&words, &word))
		base = span_dup(word);
	where.tree = tree;
	where.base = base;
	return session_place_revision(out, session, &item->revision, &where,
				      err);
}

int steps_place(struct item *item, struct err *err)
{
	AUTO(session_free) struct session *session = NULL;
	AUTO(review_release) struct review review = { 0 };

	if (open_session(&session, item, err) < 0 ||
	    place_revision(&review, session, item, err) < 0 ||
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
	AUTO(review_release) struct review review = { 0 };
	struct posting posting = { .config = item->config,
				   .store = item->store,
				   .revision = &item->revision,
				   .review = &review,
				   .now = time(NULL) };
	bool is_probe;

	if (posting_review(&review, item->config, item->revision.id, err) < 0 ||
	    probe_draft(&is_probe, &posting, err) < 0)
		return -1;
	if (is_probe)
		return 0;
	tag_mails(item);
	return draft_run(&posting, &review, err);
}

/* ---- send ---- */

int steps_send(struct item *item, struct err *err)
{
	AUTO(mem_free) char *secret = NULL;
	struct sender_counts n;

	if (sender_read_secret(&secret, err) < 0)
		return -1;
	return sender_run(&n,
			  &(struct sender_spec){ .config = item->config,
						 .store = item->store,
						 .secret = secret,
						 .progress = stdout,
						 .now = time(NULL) },
			  err);
}

/* ---- answers ---- */

int steps_answers(struct item *item, struct err *err)
{
	return answering_run(&(struct answering){ .config = item->config,
						  .store = item->store,
						  .progress = stdout,
						  .now = time(NULL) },
			     err);
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
