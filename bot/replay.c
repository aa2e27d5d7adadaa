/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay.c - what would have come of a list's past, before it is enabled
 *
 * The stages of the pipeline run in the foreground, one after the other, on a
 * database, an archive and results of their own (config->replay); mirrors,
 * trees and lanes are those that are there. Nothing is drafted.
 */
#include <assert.h>
#include <getopt.h>
#include <time.h>

#include "bot/base/fs.h"
#include "bot/base/progress.h"
#include "bot/base/span.h"
#include "bot/bases.h"
#include "bot/command.h"
#include "bot/pipeline.h"
#include "bot/posting.h"
#include "bot/report/record.h"
#include "bot/report/tally.h"
#include "bot/session.h"
#include "bot/store/attempts.h"
#include "bot/store/threads.h"

#define MAX_ROWS 1000000 /* revisions of one list: decades */

static const char usage[] =
	"usage: collider replay LIST --since DATE [OPTION]...\n"
	"\n"
	"Run the past of a list of the configuration, which need not be "
	"enabled,\n"
	"through the pipeline, without drafting any mail, and end with a "
	"table of\n"
	"what came of it. What is made goes to <state>/replay/LIST.\n"
	"\n"
	"  --since DATE   first day of the series, as 2026-01-31\n"
	"  --until DATE   the day after the last one; default: all that came\n"
	"  --tree NAME    try this tree of the configuration alone\n"
	"  --no-review    stop when the series are applied\n"
	"  --continue     go on with an earlier replay of the list\n"
	"  --config FILE  in place of config/collider.conf\n"
	"  --help         show this\n"
	"\n"
	"Exit code: 0; 2 when it could not be done; 64 usage or "
	"configuration.\n";

struct request {
	const char *list;
	const char *tree;
	const char *config;
	int64_t since; /* seconds since the epoch; -1: not said */
	int64_t until;
	bool no_review;
	bool goes_on;
};

struct replay {
	const struct request *want;
	struct config *config;
	struct config_list *list; /* of config */
	struct store *live;	  /* for lanes, and what their kernels did */
	struct store *store;
	struct session *session; /* NULL until one is reviewed */
};

static void replay_release(struct replay *r)
{
	session_free(r->session);
	store_free(r->store);
	store_free(r->live);
	config_free(r->config);
}
DEFINE_AUTO_VALUE(struct replay, replay_release)

/* ---- the place ---- */

static int find_list(struct replay *r, struct err *err)
{
	const char *name = r->want->list;

	for (size_t i = 0; i < r->config->n_lists; i++)
		if (strcmp(r->config->lists[i].name, name) == 0)
			r->list = &r->config->lists[i];
	if (!r->list)
		return err_set(err, ERR_CONFIG,
			       "no list '%.64s' in the configuration", name);
	if (r->want->tree && !config_find_tree(r->config, r->want->tree))
		return err_set(err, ERR_CONFIG,
			       "no tree '%.64s' in the configuration",
			       r->want->tree);
	if (!r->want->tree)
		return 0;
	strings_release(&r->list->trees);
	strings_push(&r->list->trees, r->want->tree);
	return 0;
}

/* What the mirror has is known, so that it need not be asked for. */
static int copy_epochs(const struct replay *r, struct err *err)
{
	AUTO(lists_epochs_release) struct lists_epochs epochs = { 0 };
	AUTO(store_end) struct store_txn txn = { 0 };

	if (lists_get_epochs(&epochs, r->live, r->list->name, err) < 0 ||
	    store_begin(&txn, r->store, err) < 0)
		return -1;
	for (size_t i = 0; i < epochs.n; i++)
		if (lists_put_epoch(&txn, r->list->name, &epochs.v[i], err) < 0)
			return -1;
	return store_commit(&txn, err);
}

static int open_place(struct replay *r, struct err *err)
{
	if (config_load(&r->config, r->want->config, err) < 0 ||
	    find_list(r, err) < 0 ||
	    bases_open_store(&r->live, r->config, err) < 0)
		return -1;
	config_use_replay(r->config, r->list->name);
	if ((!r->want->goes_on && fs_remove_tree(r->config->replay, err) < 0) ||
	    fs_mkdirs(r->config->replay, 0755, err) < 0)
		return -1;
	r->config->series_max_age = 0;
	r->config->series_wait = 0;
	if (bases_open_store(&r->store, r->config, err) < 0)
		return -1;
	return r->want->goes_on ? 0 : copy_epochs(r, err);
}

/* ---- the stages ---- */

static int run_stage(const char *name, struct item *item, struct err *err)
{
	const struct stage *stage = pipeline_find(name);

	assert(stage);
	return stage->run(item, err);
}

static struct item new_item(const struct replay *r)
{
	return (struct item){ .config = r->config,
			      .config_file = r->want->config,
			      .store = r->store };
}

/* A mirror that cannot be asked for more is replayed as far as it goes. */
static int follow(struct replay *r, struct err *err)
{
	AUTO(item_release) struct item item = new_item(r);
	AUTO(lists_epochs_release) struct lists_epochs epochs = { 0 };
	struct err why = ERR_INIT;

	item.list = r->list;
	if (run_stage("follow", &item, &why) == 0)
		return 0;
	if (lists_get_epochs(&epochs, r->store, r->list->name, err) < 0)
		return -1;
	if (why.kind != ERR_RETRY || !epochs.n || !epochs.v[0].seen) {
		*err = why;
		return -1;
	}
	fprintf(stderr, "%s; going on with what is here\n", why.msg);
	return 0;
}

/* *n threads are to be assembled. */
static int count_dirty(size_t *n, const struct replay *r, struct err *err)
{
	AUTO(threads_list_release) struct threads_list dirty = { 0 };

	if (threads_dirty(&dirty, r->store, MAX_ROWS, err) < 0)
		return -1;
	*n = dirty.n;
	return 0;
}

static int assemble(struct replay *r, struct err *err)
{
	struct progress p;
	size_t all;
	size_t left;

	if (count_dirty(&all, r, err) < 0)
		return -1;
	progress_start(&p, stderr, "assembling threads", all);
	for (left = all; left > 0;) {
		AUTO(item_release) struct item item = new_item(r);
		size_t before = left;

		if (run_stage("assemble", &item, err) < 0 ||
		    count_dirty(&left, r, err) < 0)
			return -1;
		if (left >= before)
			return err_set(err, ERR_SYSTEM,
				       "%zu threads cannot be assembled", left);
		progress_update(&p, all - left);
	}
	progress_end(&p, "done");
	return 0;
}

static bool is_meant(const struct replay *r, const struct revisions_row *row)
{
	return row->date >= r->want->since &&
	       (r->want->until < 0 || row->date < r->want->until);
}

/* What failed is parked with its reason: there is no later in the past. */
static int park(const struct replay *r, const struct revisions_row *row,
		const struct err *why, struct err *err)
{
	const struct revisions_result result = { .reason = why->msg };
	AUTO(store_end) struct store_txn txn = { 0 };
	bool moved;

	if (store_begin(&txn, r->store, err) < 0 ||
	    revisions_move(&moved, &txn, row, REVISIONS_PARKED, &result, err) <
		    0)
		return -1;
	return store_commit(&txn, err);
}

static int place(struct replay *r, struct item *item, struct err *err)
{
	(void)r;
	return run_stage("place", item, err);
}

static int write_result(const struct replay *r, int64_t id,
			const struct review *review, struct err *err)
{
	AUTO(mem_free) char *dir = config_state_path(r->config, "results");
	AUTO(mem_free)
	char *path = xasprintf("%s/%lld.json", dir, (long long)id);
	AUTO(mem_free) char *text = record_print(review);

	if (fs_mkdirs(dir, 0755, err) < 0)
		return -1;
	return fs_write(path, text, strlen(text), err);
}

static int open_session(struct replay *r, struct err *err)
{
	if (r->session)
		return 0;
	if (session_open(&r->session, r->config, r->live, err) < 0)
		return -1;
	r->session->config_path = r->want->config;
	return 0;
}

/* As the stage "try", with the lanes of the live database. */
static int review(struct replay *r, struct item *item, struct err *err)
{
	const struct revisions_row *row = &item->revision;
	AUTO(review_release) struct review review = { 0 };
	AUTO(store_end) struct store_txn txn = { 0 };
	struct revisions_result result;
	bool moved;

	if (record_parse(&review, row->placed, strlen(row->placed), err) < 0 ||
	    open_session(r, err) < 0 ||
	    session_try(&review, r->session, err) < 0 ||
	    write_result(r, row->id, &review, err) < 0 ||
	    store_begin(&txn, r->store, err) < 0)
		return -1;
	result = (struct revisions_result){
		.verdict = review_verdict_name(review.verdict),
		.reason = review.why,
	};
	if (revisions_move(&moved, &txn, row, REVISIONS_JUDGED, &result, err) <
	    0)
		return -1;
	return store_commit(&txn, err);
}

typedef int step_fn(struct replay *r, struct item *item, struct err *err);

static int take_step(struct replay *r, const struct revisions_row *row,
		     step_fn *step, struct err *err)
{
	AUTO(item_release) struct item item = new_item(r);
	struct err why = ERR_INIT;
	bool found;

	if (revisions_find(&found, &item.revision, r->store, row->id, err) < 0)
		return -1;
	if (!found || item.revision.state != row->state)
		return 0;
	if (step(r, &item, &why) == 0)
		return 0;
	switch (pipeline_fate(why.kind)) {
	case FATE_NONE:
		return 0;
	case FATE_PARK:
	case FATE_LATER:
		return park(r, &item.revision, &why, err);
	case FATE_STOP:
		break;
	}
	*err = why;
	return err_wrap(err, "revision %lld", (long long)row->id);
}

/* All that are in @state, the newest first. */
static int run_step(struct replay *r, enum revisions_state state,
		    const char *what, step_fn *step, struct err *err)
{
	const struct revisions_which which = { .in_state = true,
					       .state = state };
	AUTO(revisions_list_release) struct revisions_list list = { 0 };
	struct progress p;

	if (revisions_all(&list, r->store, &which, MAX_ROWS, err) < 0)
		return -1;
	progress_start(&p, stderr, what, list.n);
	for (size_t i = 0; i < list.n; i++) {
		if (is_meant(r, &list.v[i]) &&
		    take_step(r, &list.v[i], step, err) < 0)
			return -1;
		progress_update(&p, i + 1);
	}
	progress_end(&p, "done");
	return 0;
}

/* ---- the table ---- */

static int read_result(bool *found, struct review *out, const struct replay *r,
		       int64_t id, struct err *err)
{
	AUTO(mem_free) char *path = posting_review_path(r->config, id);

	*found = fs_exists(path);
	return *found ? posting_review(out, r->config, id, err) : 0;
}

static int count(struct tally *t, const struct replay *r,
		 const struct revisions_row *row, struct err *err)
{
	AUTO(attempts_release) struct attempts attempts = { 0 };
	AUTO(review_release) struct review result = { 0 };
	bool applies = row->state == REVISIONS_PLACED;
	bool is_reviewed = false;

	if (attempts_get(&attempts, r->store, row->id, err) < 0)
		return -1;
	for (size_t i = 0; i < attempts.n; i++)
		applies = applies || attempts.v[i].applies;
	if (applies && row->state == REVISIONS_JUDGED &&
	    read_result(&is_reviewed, &result, r, row->id, err) < 0)
		return -1;
	tally_add(t, row, applies, is_reviewed ? &result : NULL);
	return 0;
}

static int print_table(const struct replay *r, int out, struct err *err)
{
	const struct revisions_which all = { 0 };
	AUTO(revisions_list_release) struct revisions_list list = { 0 };
	AUTO(tally_release) struct tally tally = { 0 };
	AUTO(buf_release) struct buf text = { 0 };

	if (revisions_all(&list, r->store, &all, MAX_ROWS, err) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++)
		if (is_meant(r, &list.v[i]) &&
		    count(&tally, r, &list.v[i], err) < 0)
			return -1;
	buf_init(&text, TALLY_MAX_BYTES);
	tally_print(&text, &tally);
	return fs_write_fd(out, buf_text(&text), text.len, "stdout", err);
}

/* ---- all of it ---- */

static int replay(struct replay *r, int out, struct err *err)
{
	if (open_place(r, err) < 0 || follow(r, err) < 0 ||
	    assemble(r, err) < 0 ||
	    run_step(r, REVISIONS_READY, "applying series", place, err) < 0)
		return -1;
	if (!r->want->no_review &&
	    run_step(r, REVISIONS_PLACED, "reviewing series", review, err) < 0)
		return -1;
	return print_table(r, out, err);
}

/* The stages tell what they do on stdout; here that is the table's. */
static int run(const struct request *want)
{
	AUTO(replay_release) struct replay r = { .want = want };
	AUTO(fd_close) int out = dup(STDOUT_FILENO);
	struct err err = ERR_INIT;

	if (out < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		(void)!err_sys(&err, ERR_SYSTEM, "cannot keep stdout");
	else if (replay(&r, out, &err) == 0)
		return EXIT_BETTER_OR_SAME;
	return command_failed("replay", &err);
}

/* "2026-01-31", as the second that the day begins with in UTC. */
static bool read_date(int64_t *out, const char *text)
{
	struct tm tm = { 0 };
	struct tm again;
	char back[16];
	time_t at;

	if (strlen(text) != 10 || !strptime(text, "%Y-%m-%d", &tm))
		return false;
	at = timegm(&tm);
	if (at < 0 || !gmtime_r(&at, &again) ||
	    strftime(back, sizeof(back), "%Y-%m-%d", &again) != 10 ||
	    strcmp(back, text) != 0)
		return false;
	*out = at;
	return true;
}

/* False when the value is none. */
static bool take_option(struct request *want, int option)
{
	switch (option) {
	case 's':
		return read_date(&want->since, optarg);
	case 'u':
		return read_date(&want->until, optarg);
	case 't':
		want->tree = optarg;
		break;
	case 'n':
		want->no_review = true;
		break;
	case 'g':
		want->goes_on = true;
		break;
	case 'c':
		want->config = optarg;
		break;
	}
	return true;
}

static int check(const struct request *want)
{
	if (!want->list)
		return command_misused("replay", "one list is needed");
	if (want->since < 0)
		return command_misused("replay", "--since is needed");
	if (want->until >= 0 && want->until <= want->since)
		return command_misused("replay",
				       "--until is not after --since");
	return EXIT_BETTER_OR_SAME;
}

int replay_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "since", required_argument, NULL, 's' },
		{ "until", required_argument, NULL, 'u' },
		{ "tree", required_argument, NULL, 't' },
		{ "no-review", no_argument, NULL, 'n' },
		{ "continue", no_argument, NULL, 'g' },
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct request want = { .since = -1, .until = -1 };
	int rc;
	int c, end;

	while ((c = command_option(&end, usage, argc, argv, options)) > 0) {
		if (!take_option(&want, c))
			return command_misused("replay",
					       "'%.40s' is no day, as "
					       "2026-01-31",
					       optarg);
	}
	if (c < 0)
		return end;
	want.list = argc - optind == 1 ? argv[optind] : NULL;
	rc = check(&want);
	return rc == EXIT_BETTER_OR_SAME ? run(&want) : rc;
}
