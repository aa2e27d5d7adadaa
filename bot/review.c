/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * review.c - one series in the foreground: the stages, one after the other
 *
 * Each stage may be the last one: what it could not do is in the record then,
 * and the record is what is reported.
 */
#include <getopt.h>

#include "bot/attempt.h"
#include "bot/base/clock.h"
#include "bot/base/fs.h"
#include "bot/command.h"
#include "bot/posted.h"
#include "bot/report/json.h"
#include "bot/report/soak_text.h"
#include "bot/report/sweep_text.h"
#include "bot/report/text.h"
#include "bot/session.h"
#include "bot/since.h"
#include "bot/stages/reproduce.h"
#include "bot/wishes.h"

static const char usage[] =
	"usage: collider review [OPTION]... MBOX|MAILDIR|-|MESSAGE-ID|URL\n"
	"\n"
	"Review the newest revision of the series in a mailbox, or of the one "
	"that\n"
	"a posted mail belongs to: its thread is read from the archive, or "
	"else from\n"
	"lore. The report goes to stdout, progress to stderr; nothing is "
	"sent.\n"
	"\n"
	"  --tree PATH|NAME  a git repository, or a tree of the "
	"configuration;\n"
	"                    default: all trees of the configuration, in "
	"order\n"
	"  --base COMMIT     the commit it applies to; else it is looked for\n"
	"  --guest KIND      uml, qemu or both\n"
	"  --fs LIST         filesystems, separated by commas\n"
	"  --scenario LIST   scenarios, separated by commas; 'list' lists "
	"them\n"
	"  --json FILE       write the result as one JSON object\n"
	"  --mail FILE       write the reply, when there is one to write\n"
	"  --sweep           afterwards sweep the windows of the collisions, "
	"as\n"
	"                    'collider sweep' does: one more build, and 64 "
	"runs\n"
	"                    of a scenario on a filesystem and kernel\n"
	"  --soak SECONDS    afterwards soak the base and the patched kernel, "
	"as\n"
	"                    'collider soak' does, for so long each\n"
	"  --matrix          print the verdict of each pair, however many\n"
	"  --reproducers DIR write a C program there for each collision with "
	"a\n"
	"                    finding\n"
	"  --keep            keep the folders of the lab jobs, and name them\n"
	"  --config FILE     in place of config/collider.conf\n"
	"  --help            show this\n"
	"\n"
	"Exit code: 0 nothing got worse; 1 a regression, or a patch that does "
	"not\n"
	"build; 2 no verdict; 64 usage or configuration.\n";

struct request {
	const char *mailbox;
	const char *message_id; /* of the series that is meant, or NULL */
	const char *tree;
	const char *base;
	const char *json;
	const char *mail;
	const char *reproducers; /* folder; NULL: none */
	const char *config;
	const char *guest;	    /* NULL: that of the configuration */
	struct strings filesystems; /* empty: those of the configuration */
	struct strings scenarios;
	bool matrix;
	bool keep;
	bool sweep;
	unsigned soak_s; /* 0: not soaked */
};

static void request_release(struct request *r)
{
	strings_release(&r->filesystems);
	strings_release(&r->scenarios);
}
DEFINE_AUTO_VALUE(struct request, request_release)

/* What all stages share. */
struct work {
	const struct request *want;
	struct config *config;
	struct store *store;
	struct session *session;
	struct letters letters;
	struct review review;
};

static void work_release(struct work *w)
{
	review_release(&w->review);
	letters_release(&w->letters);
	session_free(w->session);
	store_free(w->store);
	config_free(w->config);
}
DEFINE_AUTO_VALUE(struct work, work_release)

static void replace_text(char **old, const char *new)
{
	free(*old);
	*old = xstrdup(new);
}

static int set_up(struct work *w, struct err *err)
{
	if (config_load(&w->config, w->want->config, err) < 0)
		return -1;
	if (w->want->guest)
		replace_text(&w->config->guest, w->want->guest);
	config_narrow(w->config, &w->want->filesystems, &w->want->scenarios);
	if (session_open(&w->session, w->config, NULL, err) < 0)
		return -1;
	w->session->config_path = w->want->config;
	w->session->progress = stderr;
	w->session->keep = w->want->keep;
	return 0;
}

static int place(struct work *w, struct err *err)
{
	if (letters_read(&w->letters, w->want->mailbox, err) < 0)
		return -1;
	return session_place(&w->review, w->session,
			     &(struct session_wish){
				     .letters = &w->letters,
				     .message_id = w->want->message_id,
				     .tree = w->want->tree,
				     .base = w->want->base,
			     },
			     err);
}

/* Everything up to a record that can be reported. */
static int review(struct work *w, struct err *err)
{
	if (set_up(w, err) < 0 || place(w, err) < 0)
		return -1;
	if (!review_is_placed(&w->review))
		return 0;
	if (bases_open_store(&w->store, w->config, err) < 0)
		return -1;
	w->session->store = w->store;
	return session_try(&w->review, w->session, err);
}

/* What its author was told before, and what was said to that. */
static int recall_row(struct review *r, struct store *st,
		      const struct revisions_row *row, struct err *err)
{
	AUTO(answers_wishes_release) struct answers_wishes wishes = { 0 };
	AUTO(outbox_row_release) struct outbox_row answer = { 0 };
	bool found;

	if (since_find(&found, &answer, r, st, row, err) < 0 ||
	    answers_get_wishes(&wishes, st, row->series, err) < 0)
		return -1;
	wishes_recall(r, &wishes);
	return 0;
}

/* When the daemon has it, too. A series that was not placed opened no store. */
static int recall(struct work *w, struct err *err)
{
	AUTO(mem_free) char *path = config_state_path(w->config, "collider.db");
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	const char *id = w->review.message_id;
	bool found;

	if (!id || !fs_exists(path))
		return 0;
	if (!w->store && bases_open_store(&w->store, w->config, err) < 0)
		return -1;
	if (revisions_find_key(&found, &row, w->store, id, err) < 0)
		return -1;
	return found ? recall_row(&w->review, w->store, &row, err) : 0;
}

static int write_report(const struct review *r, bool whole, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, TEXT_MAX_BYTES);
	text_from_review(&text, r, whole);
	return command_write(&text, err);
}

static int write_json(const struct review *r, const char *path, struct err *err)
{
	AUTO(json_free) json_t *value = NULL;

	if (!path)
		return 0;
	value = json_from_review(r);
	return json_write(value, path, err);
}

/* To a file; a mail that nobody wants is not even that. */
static int write_mail(const struct work *w, struct err *err)
{
	AUTO(buf_release) struct buf mail = { 0 };
	bool wanted;

	if (!w->want->mail)
		return 0;
	if (session_draft(&mail, &wanted, &w->review, w->session, time(NULL),
			  NULL, NULL, err) < 0)
		return -1;
	return wanted ? fs_write(w->want->mail, buf_text(&mail), mail.len, err)
		      : 0;
}

/* After the verdict, which stays what it is but for the exit code. */
static bool has_kernels(const struct work *w)
{
	enum verdict v = w->review.verdict;

	return review_is_placed(&w->review) && v != VERDICT_DOES_NOT_BUILD &&
	       v != VERDICT_COULD_NOT_TELL;
}

static int sweep(bool *worse, struct work *w, struct err *err)
{
	const struct swept_wish wish = { .steps = SWEPT_STEPS,
					 .step_us = SWEPT_STEP_US };
	AUTO(swept_release) struct swept swept = { 0 };
	AUTO(buf_release) struct buf text = { 0 };

	if (!w->want->sweep || !has_kernels(w))
		return 0;
	if (session_sweep(&swept, &w->review, w->session, &wish, err) < 0)
		return err_wrap(err, "sweeping");
	*worse = *worse || swept_is_worse(&swept);
	buf_init(&text, SWEEP_TEXT_MAX_BYTES);
	buf_adds(&text, "\nswept: ");
	swept_tell(&text, &swept, &wish);
	return command_write(&text, err);
}

static int soak(bool *worse, struct work *w, struct err *err)
{
	const struct soaked_wish wish = { .seconds = w->want->soak_s,
					  .seed = soaked_seed() };
	const struct strings all = { 0 };
	AUTO(buf_release) struct buf text = { 0 };

	if (!w->want->soak_s || !has_kernels(w))
		return 0;
	if (session_soak(&w->review, w->session, &all, &wish, err) < 0)
		return err_wrap(err, "soaking");
	*worse = *worse || soak_record_is_worse(&w->review.soak);
	buf_init(&text, SOAK_TEXT_MAX_BYTES);
	buf_adds(&text, "\nsoaked: ");
	soak_text_from(&text, &w->review.soak);
	/* Again: what was written before the soak stood there if it failed. */
	return command_write(&text, err) < 0
		       ? -1
		       : write_json(&w->review, w->want->json, err);
}

static int write_reproducers(const struct work *w, struct err *err)
{
	AUTO(amalgam_files_release) struct amalgam_files files = { 0 };
	AUTO(mem_free)
	char *sources = config_data_path(w->config, "rules/collisions");

	if (!w->want->reproducers)
		return 0;
	if (reproduce_read(&files, sources, err) < 0)
		return -1;
	return reproduce_findings(w->want->reproducers, &w->review, &files,
				  &w->session->contracts, err);
}

static int run(const struct request *want)
{
	AUTO(work_release) struct work w = { .want = want };
	int64_t began = clock_ms();
	struct err err = ERR_INIT;
	bool worse = false;

	if (review(&w, &err) < 0 || recall(&w, &err) < 0)
		return command_failed("review", &err);
	review_add_timing(&w.review, "total", clock_ms() - began);
	if (write_report(&w.review, want->matrix, &err) < 0 ||
	    write_json(&w.review, want->json, &err) < 0 ||
	    write_mail(&w, &err) < 0 || write_reproducers(&w, &err) < 0 ||
	    sweep(&worse, &w, &err) < 0 || soak(&worse, &w, &err) < 0)
		return command_failed("review", &err);
	return worse ? EXIT_WORSE : review_exit_code(&w.review);
}

static int list_scenarios(void)
{
	AUTO(catalogue_release) struct catalogue c = { 0 };
	AUTO(mem_free) char *program = fs_find_beside("collide");
	struct err err = ERR_INIT;

	if (catalogue_read(&c, program, &err) < 0)
		return command_failed("review", &err);
	for (size_t i = 0; i < c.n; i++)
		printf("%-5s %s\n", c.v[i].id, c.v[i].says);
	return EXIT_BETTER_OR_SAME;
}

/* False: it is no number. */
static bool take_option(struct request *want, int option)
{
	switch (option) {
	case 't':
		want->tree = optarg;
		break;
	case 'b':
		want->base = optarg;
		break;
	case 'g':
		want->guest = optarg;
		break;
	case 'f':
		strings_split(&want->filesystems, optarg);
		break;
	case 's':
		strings_split(&want->scenarios, optarg);
		break;
	case 'j':
		want->json = optarg;
		break;
	case 'm':
		want->mail = optarg;
		break;
	case 'M':
		want->matrix = true;
		break;
	case 'r':
		want->reproducers = optarg;
		break;
	case 'k':
		want->keep = true;
		break;
	case 'w':
		want->sweep = true;
		break;
	case 'o':
		return attempt_read_number(&want->soak_s, optarg, 1);
	case 'c':
		want->config = optarg;
		break;
	}
	return true;
}

/* A mail that was posted stands for the mailbox of its thread. */
static int find_mailbox(struct request *want, struct posted *thread)
{
	struct err err = ERR_INIT;

	if (!posted_is(want->mailbox))
		return EXIT_BETTER_OR_SAME;
	if (posted_find(thread, want->config, want->mailbox, &err) < 0)
		return command_failed("review", &err);
	want->mailbox = thread->path;
	want->message_id = thread->message_id;
	return EXIT_BETTER_OR_SAME;
}

int review_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "tree", required_argument, NULL, 't' },
		{ "base", required_argument, NULL, 'b' },
		{ "guest", required_argument, NULL, 'g' },
		{ "fs", required_argument, NULL, 'f' },
		{ "scenario", required_argument, NULL, 's' },
		{ "json", required_argument, NULL, 'j' },
		{ "mail", required_argument, NULL, 'm' },
		{ "matrix", no_argument, NULL, 'M' },
		{ "reproducers", required_argument, NULL, 'r' },
		{ "keep", no_argument, NULL, 'k' },
		{ "sweep", no_argument, NULL, 'w' },
		{ "soak", required_argument, NULL, 'o' },
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	AUTO(request_release) struct request want = { 0 };
	AUTO(posted_release) struct posted thread = { 0 };
	int rc;
	int c, end;

	while ((c = command_option(&end, usage, argc, argv, options)) > 0) {
		if (!take_option(&want, c))
			return command_misused("review", "'%.40s' is no number",
					       optarg);
	}
	if (c < 0)
		return end;
	if (want.scenarios.n == 1 && strcmp(want.scenarios.v[0], "list") == 0)
		return list_scenarios();
	if (want.guest && strcmp(want.guest, "both") != 0 &&
	    !guest_kind_find(want.guest))
		return command_misused("review",
				       "--guest is uml, qemu or both");
	if (argc - optind != 1)
		return command_misused("review", "one mailbox is needed");
	want.mailbox = argv[optind];
	rc = find_mailbox(&want, &thread);
	return rc == EXIT_BETTER_OR_SAME ? run(&want) : rc;
}
