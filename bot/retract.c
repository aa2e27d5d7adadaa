/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * retract.c - a mail of ours was wrong, and is taken back in its thread
 */
#include <getopt.h>
#include <time.h>

#include "bot/bases.h"
#include "bot/command.h"
#include "bot/correction.h"
#include "bot/person.h"
#include "bot/posting.h"
#include "bot/wording.h"

static const char usage[] =
	"usage: collider retract [OPTION]... MAIL --why TEXT\n"
	"\n"
	"A report that was sent is wrong: draft a correction, which answers it "
	"and goes\n"
	"to those who got it. A report that was not sent yet is rejected. MAIL "
	"is its\n"
	"number in the outbox, or its Message-ID.\n"
	"\n"
	"  --why TEXT      what is wrong, for who reads the correction\n"
	"  --because WORD  base: the kernel that it was compared with; tool: "
	"collider\n"
	"                  itself; person: somebody has looked at it\n"
	"  --approve       it may be sent; else `collider outbox approve` says "
	"so\n"
	"  --config FILE   in place of config/collider.conf\n"
	"  --help          show this\n"
	"\n"
	"Exit code: 0; 2 when there is no such report, or it is withdrawn "
	"already; 64\n"
	"usage or configuration.\n";

struct request {
	const char *mail;
	const char *why;
	enum amends_because because;
	bool approve;
	const char *config_path;
};

struct work {
	const struct request *want;
	struct config *config;
	struct store *store;
	struct outbox_row report;
	struct outbox_row correction;
	struct buf mail; /* the correction's */
};

static void work_release(struct work *w)
{
	config_free(w->config);
	store_free(w->store);
	outbox_row_release(&w->report);
	outbox_row_release(&w->correction);
	buf_release(&w->mail);
}
DEFINE_AUTO_VALUE(struct work, work_release)

/* ---- one that was not sent ---- */

static int reject(struct work *w, struct err *err)
{
	if (person_move_mail(&w->report, w->store, OUTBOX_REJECTED,
			     w->want->why, err) < 0)
		return -1;
	printf("mail %lld was not sent, and is rejected\n",
	       (long long)w->report.id);
	return 0;
}

/* ---- one that was ---- */

static int add_correction(int64_t *id, const struct store_txn *txn,
			  struct work *w, struct err *err)
{
	AUTO(outbox_row_release) struct outbox_row other = { 0 };
	AUTO(mem_free) char *who = person_name();
	const struct outbox_note note = { .who = who };
	bool found, moved;

	if (outbox_find_correction(&found, &other, w->store, w->report.id,
				   err) < 0)
		return -1;
	if (found)
		return err_set(err, ERR_INPUT,
			       "mail %lld is withdrawn already, by mail %lld, "
			       "which is %s",
			       (long long)w->report.id, (long long)other.id,
			       outbox_state_name(other.state));
	if (outbox_add(id, txn, &w->correction, err) < 0)
		return -1;
	if (*id == 0)
		return err_set(err, ERR_INPUT,
			       "the same correction was rejected before: say "
			       "another --why");
	return w->want->approve ? outbox_move(&moved, txn, *id, OUTBOX_HELD,
					      OUTBOX_APPROVED, &note, err)
				: 0;
}

/* The file is there before the row is; of a crash between nothing is left. */
static int correct(struct work *w, struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	AUTO(replies_free) struct replies *replies = NULL;
	struct correction c = { .config = w->config,
				.report = &w->report,
				.why = w->want->why,
				.because = w->want->because,
				.now = time(NULL) };
	int64_t id;

	if (wording_read(&replies, w->config, err) < 0)
		return -1;
	c.replies = replies;
	if (correction_make(&w->correction, &w->mail, &c, err) < 0 ||
	    store_begin(&txn, w->store, err) < 0 ||
	    add_correction(&id, &txn, w, err) < 0 ||
	    posting_write(w->config, w->correction.message_id, &w->mail, err) <
		    0 ||
	    store_commit(&txn, err) < 0)
		return -1;
	printf("mail %lld corrects mail %lld: %s\n", (long long)id,
	       (long long)w->report.id,
	       w->want->approve ? "it is approved"
				: "look at it, and approve it");
	return 0;
}

/* ---- which ---- */

static int check_kind(const struct outbox_row *row, struct err *err)
{
	if (outbox_is_report(row))
		return 0;
	return err_set(err, ERR_INPUT, "mail %lld is no report but a %s",
		       (long long)row->id, row->kind);
}

static int retract(struct work *w, struct err *err)
{
	if (check_kind(&w->report, err) < 0)
		return -1;
	switch (w->report.state) {
	case OUTBOX_SENT:
	case OUTBOX_UNKNOWN:
		return correct(w, err);
	case OUTBOX_HELD:
	case OUTBOX_APPROVED:
	case OUTBOX_FAILED:
		return reject(w, err);
	case OUTBOX_SENDING:
		return err_set(err, ERR_RETRY,
			       "mail %lld is being sent just now",
			       (long long)w->report.id);
	case OUTBOX_REJECTED:
		break;
	}
	return err_set(err, ERR_INPUT, "mail %lld is rejected already",
		       (long long)w->report.id);
}

static int run(const struct request *r, struct err *err)
{
	AUTO(work_release) struct work w = { .want = r };

	if (config_load(&w.config, r->config_path, err) < 0 ||
	    bases_open_store(&w.store, w.config, err) < 0 ||
	    person_find_mail(&w.report, w.store, r->mail, err) < 0)
		return -1;
	return retract(&w, err);
}

/* ---- words ---- */

/* False: it is no word for a cause. */
static bool take_option(struct request *r, int option)
{
	switch (option) {
	case 'w':
		r->why = optarg;
		return true;
	case 'b':
		return amends_find_because(&r->because, optarg);
	case 'a':
		r->approve = true;
		return true;
	case 'c':
		r->config_path = optarg;
		return true;
	}
	return true;
}

int retract_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "why", required_argument, NULL, 'w' },
		{ "because", required_argument, NULL, 'b' },
		{ "approve", no_argument, NULL, 'a' },
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct request r = { 0 };
	struct err err = ERR_INIT;
	int c, end;

	while ((c = command_option(&end, usage, argc, argv, options)) > 0) {
		if (!take_option(&r, c))
			return command_misused("retract", "--because is base, "
							  "tool or person");
	}
	if (c < 0)
		return end;
	if (optind + 1 != argc || !r.why || !*r.why)
		return command_misused("retract",
				       "it wants one mail and --why");
	r.mail = argv[optind];
	if (run(&r, &err) < 0)
		return command_failed("retract", &err);
	return EXIT_BETTER_OR_SAME;
}
