/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/stages/follow.h"

#include <string.h>
#include <time.h>

#include "bot/base/clock.h"
#include "bot/base/fs.h"
#include "bot/base/progress.h"
#include "bot/mail/http.h"
#include "bot/stages/fetch.h"
#include "bot/stages/intake.h"
#include "bot/stages/keep.h"
#include "bot/store/hosts.h"
#include "bot/store/lists.h"

#define QUIET_MS 10000 /* a word on a fetch, where nobody watches */

/* ---- the mirror ---- */

struct teller {
	FILE *out;
	bool is_terminal;
	int64_t told_ms;
};

static void tell(void *arg, const char *text)
{
	struct teller *t = arg;
	int64_t now = clock_ms();

	if (!t->out || (!t->is_terminal && now - t->told_ms < QUIET_MS))
		return;
	t->told_ms = now;
	fprintf(t->out, t->is_terminal ? "\r\033[K%s" : "%s\n", text);
	fflush(t->out);
}

static int64_t wait_after(unsigned failures, unsigned leave_s)
{
	int64_t wait = FOLLOW_MAX_WAIT_S;

	if (failures < 6)
		wait = (int64_t)FOLLOW_FIRST_WAIT_S << failures;
	if (wait > FOLLOW_MAX_WAIT_S)
		wait = FOLLOW_MAX_WAIT_S;
	return wait > leave_s ? wait : leave_s;
}

/* Other lists, and `collider review`, ask the same server. */
static int spare_host(const struct store_txn *txn, const char *url,
		      int64_t until, const char *why, struct err *err)
{
	AUTO(mem_free) char *host = http_host(url);
	const struct hosts_row row = { .not_before = until,
				       .why = (char *)(uintptr_t)why };

	return *host ? hosts_put(txn, host, &row, err) : 0;
}

/* How the server answered, and what came of it, at once. */
static int record_fetch(const struct follow_spec *spec, struct store *st,
			const struct lists_row *before,
			const struct fetch_result *r, const struct err *why,
			struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	int64_t now = time(NULL);
	struct lists_row row = { .name = (char *)(uintptr_t)spec->list,
				 .checked = now };

	if (why->kind) {
		row.checked = before->checked;
		row.failures = before->failures + 1;
		row.not_before = now + wait_after(before->failures, r->leave_s);
		row.error = (char *)(uintptr_t)why->msg;
	}
	if (store_begin(&txn, st, err) < 0 || lists_put(&txn, &row, err) < 0)
		return -1;
	if (why->kind && r->leave_s &&
	    spare_host(&txn, spec->url, now + r->leave_s, why->msg, err) < 0)
		return -1;
	for (size_t i = 0; i < r->epochs.n; i++)
		if (lists_put_epoch(&txn, spec->list, &r->epochs.v[i], err) < 0)
			return -1;
	return store_commit(&txn, err);
}

/* @why says how the server answered; -1 is of the store. */
static int ask_server(const struct follow_spec *spec, struct store *st,
		      const struct lists_row *before, struct err *why,
		      struct err *err)
{
	AUTO(mem_free)
	char *dir = xasprintf("%s/%s", spec->mirrors, spec->list);
	AUTO(lists_epochs_release) struct lists_epochs known = { 0 };
	AUTO(fetch_result_release) struct fetch_result r = { 0 };
	struct teller teller = { .out = spec->progress,
				 .is_terminal = spec->progress &&
						isatty(fileno(spec->progress)),
				 .told_ms = clock_ms() };

	if (lists_get_epochs(&known, st, spec->list, err) < 0)
		return -1;
	(void)!fetch_run(&r,
			 &(struct fetch_spec){ .dir = dir,
					       .url = spec->url,
					       .agent = spec->agent,
					       .first = spec->first,
					       .known = &known,
					       .user = spec->place.user,
					       .on_progress = tell,
					       .arg = &teller },
			 why);
	if (teller.is_terminal)
		fputs("\r\033[K", spec->progress);
	return record_fetch(spec, st, before, &r, why, err);
}

/* A server is asked for one list at a time. */
static int lock_host(int *out, const struct follow_spec *spec, const char *host,
		     struct err *err)
{
	AUTO(mem_free) char *path = xasprintf("%s/.%s", spec->mirrors, host);

	return *host ? fs_lock(out, path, err) : 0;
}

static int fetch(struct follow_result *out, const struct follow_spec *spec,
		 struct store *st, struct err *why, struct err *err)
{
	AUTO(lists_row_release) struct lists_row before = { 0 };
	AUTO(hosts_row_release) struct hosts_row host = { 0 };
	AUTO(mem_free) char *name = http_host(spec->url);
	AUTO(fd_close) int lock = -1;
	int64_t start = clock_ms();
	int64_t until;
	bool found;
	int rc;

	if (lock_host(&lock, spec, name, err) < 0 ||
	    lists_find(&found, &before, st, spec->list, err) < 0 ||
	    hosts_find(&host, st, name, err) < 0)
		return -1;
	until = before.not_before > host.not_before ? before.not_before
						    : host.not_before;
	if (until > time(NULL)) {
		out->left_alone_until = until;
		return 0;
	}
	rc = ask_server(spec, st, &before, why, err);
	out->fetch_ms = clock_ms() - start;
	return rc;
}

/* ---- what came in ---- */

struct taking {
	struct take take;
	struct progress progress;
	int64_t came;	/* mails that the box at hand has told of */
	int64_t before; /* that one told of which crashed at the same place */
	bool is_stuck;	/* and did so twice */
	int64_t unread; /* as struct intake_spec has it */
};

static int take_mail(void *arg, const struct intake_head *head,
		     const char *bytes, size_t len, struct err *err)
{
	struct taking *t = arg;

	(void)bytes; /* keep.h reads those that are in scope */
	(void)len;
	t->came += head->what != INTAKE_REWRITTEN && head->what != INTAKE_GONE;
	progress_update(&t->progress, t->take.counts.walked + t->take.n);
	return take_add(&t->take, head, err);
}

static int run_box(struct taking *t, const struct follow_spec *spec,
		   const struct lists_epoch *e, struct err *err)
{
	AUTO(mem_free)
	char *mirror =
		xasprintf("%s/%s/git/%u.git", spec->mirrors, spec->list, e->n);

	t->came = 0;
	return intake_run(
		&(struct intake_spec){ .mirror = mirror,
				       .seen = t->take.seen ? t->take.seen : "",
				       .tip = e->tip,
				       .watch = spec->watch,
				       .heads_only = true,
				       .unread = t->unread,
				       .user = spec->place.user,
				       .take = take_mail,
				       .arg = t },
		err);
}

/*
 * A box crashed. Somebody may have sent a mail that does that: it is tried
 * once more, and then told of without being read. False: that was no help.
 */
static bool may_go_on(struct taking *t)
{
	bool is_further = t->came > t->before;

	t->before = t->take.is_rewritten ? t->came : 0;
	if (is_further) {
		t->is_stuck = false;
		t->unread = t->take.is_rewritten ? t->unread : 0;
		return true;
	}
	if (t->unread)
		return false;
	if (t->is_stuck)
		t->unread = t->came + 1;
	t->is_stuck = true;
	return true;
}

static int run_boxes(struct taking *t, const struct follow_spec *spec,
		     const struct lists_epoch *e, struct err *err)
{
	for (;;) {
		struct err why = ERR_INIT;

		if (run_box(t, spec, e, &why) == 0)
			return take_end(&t->take, e->tip, err);
		if (why.kind != ERR_RETRY)
			return err_set(err, why.kind, "%s", why.msg);
		if (take_cut(&t->take, err) < 0)
			return -1;
		if (!may_go_on(t))
			return err_set(err, why.kind, "%s", why.msg);
	}
}

static void add_counts(struct take_counts *sum, const struct take_counts *one)
{
	sum->mails += one->mails;
	sum->removed += one->removed;
	sum->rejected += one->rejected;
	sum->walked += one->walked;
}

static int take_epoch(struct follow_result *out, const struct follow_spec *spec,
		      struct store *st, const struct lists_epoch *e,
		      struct err *err)
{
	AUTO(mem_free) char *what = xasprintf("taking in epoch %u", e->n);
	struct taking t = { 0 };
	int rc;

	take_init(&t.take, st, spec->list, e->n, e->seen);
	progress_start(&t.progress, spec->progress, what, 0);
	rc = run_boxes(&t, spec, e, err);
	progress_end(&t.progress, rc == 0 ? "done" : "failed");
	add_counts(&out->taken, &t.take.counts);
	take_release(&t.take);
	return rc < 0 ? err_wrap(err, "epoch %u of list '%s'", e->n, spec->list)
		      : 0;
}

static bool is_news(const struct lists_epoch *e)
{
	return e->tip && (!e->seen || strcmp(e->tip, e->seen) != 0);
}

static int take_epochs(struct follow_result *out,
		       const struct follow_spec *spec, struct store *st,
		       struct err *err)
{
	AUTO(lists_epochs_release) struct lists_epochs all = { 0 };
	int64_t start = clock_ms();

	if (lists_get_epochs(&all, st, spec->list, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++)
		if (is_news(&all.v[i]) &&
		    take_epoch(out, spec, st, &all.v[i], err) < 0)
			return -1;
	out->take_ms = clock_ms() - start;
	return 0;
}

static int write_mails(struct follow_result *out,
		       const struct follow_spec *spec, struct store *st,
		       struct err *err)
{
	int64_t start = clock_ms();
	uint64_t written = 0;
	int rc;

	rc = keep_run(&written,
		      &(struct keep_spec){ .mirrors = spec->mirrors,
					   .place = &spec->place,
					   .progress = spec->progress },
		      st, err);
	out->written += written;
	out->write_ms += clock_ms() - start;
	return rc;
}

static int index_mails(struct follow_result *out,
		       const struct follow_spec *spec, struct store *st,
		       struct err *err)
{
	int64_t start = clock_ms();
	int rc =
		index_run(&out->archive, &spec->place, st, spec->progress, err);

	out->index_ms += clock_ms() - start;
	return rc;
}

/* A file that was lost comes from the mirror again; once is enough for all. */
static int fill_archive(struct follow_result *out,
			const struct follow_spec *spec, struct store *st,
			struct err *err)
{
	if (write_mails(out, spec, st, err) < 0 ||
	    index_mails(out, spec, st, err) < 0)
		return -1;
	if (out->archive.missing == 0)
		return 0;
	if (write_mails(out, spec, st, err) < 0)
		return -1;
	return index_mails(out, spec, st, err);
}

static int take_in(struct follow_result *out, const struct follow_spec *spec,
		   struct store *st, struct err *err)
{
	AUTO(fd_close) int lock = -1;

	if (fs_lock(&lock, spec->place.archive, err) < 0 ||
	    index_prepare(&spec->place, err) < 0)
		return -1;
	if (spec->reindex && index_forget(&spec->place, st, err) < 0)
		return -1;
	if (take_epochs(out, spec, st, err) < 0)
		return -1;
	return fill_archive(out, spec, st, err);
}

int follow_run(struct follow_result *out, const struct follow_spec *spec,
	       struct store *st, struct err *err)
{
	struct err why = ERR_INIT;

	*out = (struct follow_result){ 0 };
	if (fetch(out, spec, st, &why, err) < 0 ||
	    take_in(out, spec, st, err) < 0)
		return -1;
	return why.kind ? err_set(err, why.kind, "%s", why.msg) : 0;
}
