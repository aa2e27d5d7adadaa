/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy.c - whom a verdict would be told, and why; nothing is written or sent
 */
#include <getopt.h>
#include <time.h>

#include "bot/base/fs.h"
#include "bot/base/span.h"
#include "bot/bases.h"
#include "bot/command.h"
#include "bot/posting.h"
#include "bot/store/mails.h"
#include "bot/store/outbox.h"

static const char usage[] =
	"usage: collider policy [OPTION]... SERIES\n"
	"\n"
	"Say whom collider would mail about a series, whom not, and why. "
	"SERIES is\n"
	"the id of a revision, or the Message-ID of a mail of its thread: then "
	"the\n"
	"newest one there. It has to have a verdict.\n"
	"\n"
	"  --config FILE  in place of config/collider.conf\n"
	"  --help         show this\n"
	"\n"
	"Exit code: 0; 2 when there is no such series, or no verdict yet; 64 "
	"usage or\n"
	"configuration.\n";

struct work {
	struct config *config;
	struct store *store;
	struct revisions_row revision;
	struct review review;
	struct outbox_row mail; /* that tells of it; id 0: there is none */
};

static void work_release(struct work *w)
{
	config_free(w->config);
	store_free(w->store);
	revisions_row_release(&w->revision);
	review_release(&w->review);
	outbox_row_release(&w->mail);
}
DEFINE_AUTO_VALUE(struct work, work_release)

/* ---- which ---- */

/* "<a@b>" and "id:a@b" are as good as "a@b". */
static char *bare_id(const char *word)
{
	struct span s = span_cstr(word);

	(void)!span_eat(&s, "id:");
	if (span_eat(&s, "<") && span_len(s) > 0 && s.end[-1] == '>')
		s.end--;
	return span_dup(s);
}

static int find_newest(bool *found, struct work *w, const char *id,
		       struct err *err)
{
	AUTO(mails_row_release) struct mails_row mail = { 0 };
	AUTO(revisions_list_release) struct revisions_list list = { 0 };
	struct revisions_which which = { 0 };

	if (mails_find(found, &mail, w->store, id, err) < 0)
		return -1;
	if (!*found)
		return 0;
	which.thread = mail.thread;
	if (revisions_all(&list, w->store, &which, 1, err) < 0)
		return -1;
	*found = list.n > 0;
	if (!*found)
		return 0;
	return revisions_find(found, &w->revision, w->store, list.v[0].id, err);
}

static int find_revision(struct work *w, const char *word, struct err *err)
{
	AUTO(mem_free) char *id = bare_id(word);
	struct span s = span_cstr(word);
	bool found = false;
	uint64_t n;
	int rc;

	if (span_uint(&s, INT64_MAX, &n) && span_len(s) == 0)
		rc = revisions_find(&found, &w->revision, w->store, (int64_t)n,
				    err);
	else
		rc = find_newest(&found, w, id, err);
	if (rc == 0 && !found)
		return err_set(err, ERR_INPUT, "no series '%.100s'", word);
	return rc;
}

/* The report that is in the outbox already; of several the newest. */
static int find_report(struct work *w, struct err *err)
{
	AUTO(outbox_list_release) struct outbox_list list = { 0 };

	if (outbox_all(&list, w->store, w->revision.id, err) < 0)
		return -1;
	for (size_t i = 0; i < list.n && !w->mail.id; i++) {
		if (strcmp(list.v[i].kind, "report") != 0)
			continue;
		w->mail = list.v[i];
		list.v[i] = (struct outbox_row){ 0 };
	}
	return 0;
}

static int read_verdict(struct work *w, struct err *err)
{
	if (!w->revision.verdict)
		return err_set(err, ERR_INPUT,
			       "revision %lld is %s: it has no verdict yet",
			       (long long)w->revision.id,
			       revisions_state_name(w->revision.state));
	return posting_review(&w->review, w->config, w->revision.id, err);
}

/* ---- what ---- */

static void print_list(const char *head, const struct strings *list)
{
	for (size_t i = 0; i < list->n; i++) {
		printf("  %s ", head);
		command_print(list->v[i]);
		putchar('\n');
	}
}

static void print_terms(const struct policy_decision *d, int64_t now)
{
	if (d->is_held)
		puts("  after a person has approved it");
	if (d->not_before > now) {
		fputs("  not before ", stdout);
		command_print_time(d->not_before);
		putchar('\n');
	}
	if (d->is_over)
		puts("  not today");
}

static void print_decision(const struct work *w,
			   const struct policy_decision *d, int64_t now)
{
	printf("revision %lld: ", (long long)w->revision.id);
	command_print(w->revision.title);
	printf("\nverdict: %s\n\n", w->revision.verdict);
	for (size_t i = 0; i < d->reasons.n; i++) {
		fputs("  ", stdout);
		command_print(d->reasons.v[i]);
		putchar('\n');
	}
	putchar('\n');
	if (d->may_be_told) {
		puts("It would be told:");
		print_list("To:", &d->to);
		print_list("Cc:", &d->cc);
		print_terms(d, now);
	} else {
		puts("Nobody would be told.");
	}
	if (w->mail.id)
		printf("Mail %lld of the outbox tells it; it is %s.\n",
		       (long long)w->mail.id, outbox_state_name(w->mail.state));
}

static int run(const char *config_path, const char *word, struct err *err)
{
	AUTO(work_release) struct work w = { 0 };
	AUTO(policy_decision_release) struct policy_decision d = { 0 };
	struct posting posting = { .revision = &w.revision,
				   .review = &w.review,
				   .now = time(NULL) };

	if (config_load(&w.config, config_path, err) < 0 ||
	    bases_open_store(&w.store, w.config, err) < 0 ||
	    find_revision(&w, word, err) < 0 || read_verdict(&w, err) < 0 ||
	    find_report(&w, err) < 0)
		return -1;
	posting.config = w.config;
	posting.store = w.store;
	posting.mail = w.mail.id;
	if (posting_decide(&d, &posting, err) < 0)
		return -1;
	print_decision(&w, &d, posting.now);
	return 0;
}

int policy_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *config_path = NULL;
	struct err err = ERR_INIT;
	int c, end;

	while ((c = command_option(&end, usage, argc, argv, options)) > 0) {
		config_path = optarg;
	}
	if (c < 0)
		return end;
	if (optind + 1 != argc)
		return command_misused("policy", "it wants one series");
	if (run(config_path, argv[optind], &err) < 0)
		return command_failed("policy", &err);
	return EXIT_BETTER_OR_SAME;
}
