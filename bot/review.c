/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * review.c - one series in the foreground: the stages, one after the other
 *
 * Each stage may be the last one: what it could not do is in the record then,
 * and the record is what is reported.
 */
#include <getopt.h>

#include "bot/base/clock.h"
#include "bot/base/fs.h"
#include "bot/bases.h"
#include "bot/command.h"
#include "bot/guest/initramfs.h"
#include "bot/mail/compose.h"
#include "bot/mailbox.h"
#include "bot/report/json.h"
#include "bot/report/text.h"
#include "bot/stages/assemble.h"
#include "bot/stages/catalogue.h"
#include "bot/stages/place.h"
#include "bot/stages/promises.h"
#include "bot/stages/trial.h"
#include "rules/quote.h"

static const char usage[] =
	"usage: collider review [OPTION]... MBOX|MAILDIR|-\n"
	"\n"
	"Review the newest revision of the series in a mailbox. The report "
	"goes\n"
	"to stdout, progress to stderr; nothing is sent.\n"
	"\n"
	"  --tree PATH|NAME  a git repository, or a tree of the "
	"configuration;\n"
	"                    default: all trees of the configuration, in "
	"order\n"
	"  --base COMMIT     the commit it applies to; else it is looked for\n"
	"  --fs LIST         filesystems, separated by commas\n"
	"  --scenario LIST   scenarios, separated by commas; 'list' lists "
	"them\n"
	"  --json FILE       write the result as one JSON object\n"
	"  --mail FILE       write the reply, when there is one to write\n"
	"  --keep            keep the folders of the lab jobs, and name them\n"
	"  --config FILE     in place of config/collider.conf\n"
	"  --help            show this\n"
	"\n"
	"Exit code: 0 nothing got worse; 1 a regression, or a patch that does "
	"not\n"
	"build; 2 no verdict; 64 usage or configuration.\n";

struct request {
	const char *mailbox;
	const char *tree;
	const char *base;
	const char *json;
	const char *mail;
	const char *config;
	struct strings filesystems; /* empty: those of the configuration */
	struct strings scenarios;
	bool keep;
};

static void request_release(struct request *r)
{
	strings_release(&r->filesystems);
	strings_release(&r->scenarios);
}
DEFINE_AUTO_VALUE(struct request, request_release)

/* The trees that are looked at; all are open until the end. */
struct trees {
	struct tree **v;
	size_t n;
};

static void trees_release(struct trees *t)
{
	for (size_t i = 0; i < t->n; i++)
		tree_free(t->v[i]);
	free(t->v);
}

/* What all stages share. */
struct session {
	const struct request *want;
	struct config *config;
	struct store *store;
	struct catalogue catalogue;
	struct contracts contracts;
	char *program; /* the guest's, beside ours */
	struct mailbox box;
	struct revision *revision;
	struct trees trees;
	struct placed placed;
	struct lane lane;
	char *initramfs;
	struct review review;
};

static void session_release(struct session *s)
{
	review_release(&s->review);
	free(s->initramfs);
	lane_release(&s->lane);
	placed_release(&s->placed);
	trees_release(&s->trees);
	revision_free(s->revision);
	mailbox_release(&s->box);
	free(s->program);
	contracts_release(&s->contracts);
	catalogue_release(&s->catalogue);
	store_free(s->store);
	config_free(s->config);
}
DEFINE_AUTO_VALUE(struct session, session_release)

static int check_scenarios(const struct session *s, struct err *err)
{
	const struct strings *asked = &s->config->scenarios;

	for (size_t i = 0; i < asked->n; i++)
		if (!catalogue_find(&s->catalogue, asked->v[i]))
			return err_set(err, ERR_CONFIG,
				       "no scenario '%s': --scenario list "
				       "shows them",
				       asked->v[i]);
	return 0;
}

static void replace(struct strings *old, const struct strings *new)
{
	strings_release(old);
	for (size_t i = 0; i < new->n; i++)
		strings_push(old, new->v[i]);
}

/* What the words ask for stands in for what the configuration says. */
static int plan(struct session *s, struct err *err)
{
	struct config *c = s->config;

	if (s->want->filesystems.n)
		replace(&c->filesystems, &s->want->filesystems);
	if (s->want->scenarios.n)
		replace(&c->scenarios, &s->want->scenarios);
	if (check_scenarios(s, err) < 0)
		return -1;
	if (c->scenarios.n == 0)
		for (size_t i = 0; i < s->catalogue.n; i++)
			strings_push(&c->scenarios, s->catalogue.v[i].id);
	for (size_t i = 0; i < c->scenarios.n; i++)
		review_add_scenario(
			&s->review, c->scenarios.v[i],
			catalogue_find(&s->catalogue, c->scenarios.v[i])->says);
	return 0;
}

static int set_up(struct session *s, struct err *err)
{
	AUTO(mem_free) char *contracts = NULL;

	if (config_load(&s->config, s->want->config, err) < 0)
		return -1;
	contracts = config_data_path(s->config, "rules/contracts");
	s->program = fs_find_beside("collide");
	if (catalogue_read(&s->catalogue, s->program, err) < 0 ||
	    plan(s, err) < 0)
		return -1;
	return promises_read(&s->contracts, contracts, &s->config->filesystems,
			     err);
}

static int read_series(struct session *s, struct err *err)
{
	int64_t began = clock_ms();

	if (mailbox_read(&s->box, s->want->mailbox, err) < 0 ||
	    assemble_run(&s->revision, s->box.v, s->box.n, err) < 0)
		return -1;
	review_begin(&s->review, s->revision);
	for (size_t i = 0; i < s->box.skipped.n; i++)
		strings_push(&s->review.skipped, s->box.skipped.v[i]);
	for (size_t i = 0; i < s->revision->notes.n; i++)
		strings_push(&s->review.skipped, s->revision->notes.v[i]);
	review_add_timing(&s->review, "read", clock_ms() - began);
	return 0;
}

static int open_trees(struct session *s, struct err *err)
{
	const struct config *c = s->config;
	size_t n = s->want->tree ? 1 : c->n_trees;

	s->trees.v = xcalloc(n, sizeof(struct tree *));
	if (s->want->tree) {
		if (bases_open_named(&s->trees.v[0], c, s->want->tree, stderr,
				     err) < 0)
			return -1;
		s->trees.n = 1;
		return 0;
	}
	for (; s->trees.n < n; s->trees.n++)
		if (bases_open_tree(&s->trees.v[s->trees.n], c,
				    &c->trees[s->trees.n], stderr, err) < 0)
			return -1;
	return 0;
}

static int place(bool *is_placed, struct session *s, struct err *err)
{
	int64_t began = clock_ms();

	if (place_run(is_placed, &s->placed, &s->review, s->revision,
		      s->trees.v, s->trees.n, s->want->base, err) < 0)
		return -1;
	review_add_timing(&s->review, "apply", clock_ms() - began);
	if (*is_placed)
		fprintf(stderr, "applied %zu patches on %.12s of %s (%s)\n",
			s->placed.result.n, s->placed.base.commit,
			s->placed.base.tree, s->placed.base.how);
	return 0;
}

static int prepare(struct session *s, struct err *err)
{
	AUTO(mem_free) char *dir = config_state_path(s->config, "initramfs");
	struct review_environment *e = &s->review.environment;
	int64_t began = clock_ms();

	if (initramfs_make(&s->initramfs, dir, s->program,
			   &s->config->filesystems, err) < 0 ||
	    bases_lane(&s->lane, s->config, s->store,
		       s->trees.v[s->placed.base.tree_at],
		       s->placed.base.commit, stderr, err) < 0)
		return -1;
	review_add_timing(&s->review, "lane", clock_ms() - began);
	e->kernel = xstrdup(s->lane.release);
	e->arch = xstrdup(s->lane.arch);
	e->compiler = xstrdup(s->lane.compiler);
	e->config = xstrdup(s->lane.config_hash);
	e->guest = xstrdup("User-Mode Linux, time-travel=inf-cpu");
	return 0;
}

static int try(struct session *s, struct err *err)
{
	const struct config *c = s->config;
	AUTO(mem_free) char *jobs = config_state_path(c, "jobs");
	struct trial_spec spec = {
		.store = s->store,
		.tree = s->trees.v[s->placed.base.tree_at],
		.base = s->placed.base.commit,
		.applied = &s->placed.result,
		.lane_key = s->lane.key,
		.lane = s->lane.path,
		.initramfs = s->initramfs,
		.contracts = &s->contracts,
		.filesystems = &c->filesystems,
		.scenarios = &c->scenarios,
		.repeat = c->repeat,
		.each_patch = c->each_patch,
		.build_s = c->build_timeout,
		.guest_s = c->guest_timeout,
		.memory_mib = (unsigned)(c->build_memory >> 20),
		.guest_mib = (unsigned)(c->guest_memory >> 20),
		.jobs = jobs,
		.config = s->want->config,
		.uid = c->uid,
		.gid = c->gid,
		.keep = s->want->keep,
	};

	return trial_run(&s->review, &spec, err);
}

/* Everything up to a record that can be reported. */
static int review(struct session *s, struct err *err)
{
	bool is_placed;

	if (set_up(s, err) < 0 || read_series(s, err) < 0)
		return -1;
	if (s->revision->missing.n)
		return 0;
	if (bases_open_store(&s->store, s->config, err) < 0 ||
	    open_trees(s, err) < 0 || place(&is_placed, s, err) < 0)
		return -1;
	if (is_placed && (prepare(s, err) < 0 || try(s, err) < 0))
		return -1;
	quote_run(&s->review);
	return 0;
}

static int write_report(const struct review *r, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, TEXT_MAX_BYTES);
	text_from_review(&text, r);
	return fs_write_fd(STDOUT_FILENO, buf_text(&text), text.len, "stdout",
			   err);
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
static int write_mail(const struct session *s, struct err *err)
{
	AUTO(buf_release) struct buf mail = { 0 };
	struct compose_spec spec = {
		.review = &s->review,
		.from = s->config->mail_from,
		.domain = s->config->mail_domain,
		.now = time(NULL),
	};

	if (!s->want->mail || !compose_is_wanted(&s->review))
		return 0;
	if (compose_run(&mail, &spec, err) < 0)
		return err_wrap(err, "the reply");
	return fs_write(s->want->mail, buf_text(&mail), mail.len, err);
}

static int run(const struct request *want)
{
	AUTO(session_release) struct session s = { .want = want };
	int64_t began = clock_ms();
	struct err err = ERR_INIT;

	if (review(&s, &err) < 0)
		return command_failed("review", &err);
	review_add_timing(&s.review, "total", clock_ms() - began);
	if (write_report(&s.review, &err) < 0 ||
	    write_json(&s.review, want->json, &err) < 0 ||
	    write_mail(&s, &err) < 0)
		return command_failed("review", &err);
	return review_exit_code(&s.review);
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

static void take_option(struct request *want, int option)
{
	switch (option) {
	case 't':
		want->tree = optarg;
		break;
	case 'b':
		want->base = optarg;
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
	case 'k':
		want->keep = true;
		break;
	case 'c':
		want->config = optarg;
		break;
	}
}

int review_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "tree", required_argument, NULL, 't' },
		{ "base", required_argument, NULL, 'b' },
		{ "fs", required_argument, NULL, 'f' },
		{ "scenario", required_argument, NULL, 's' },
		{ "json", required_argument, NULL, 'j' },
		{ "mail", required_argument, NULL, 'm' },
		{ "keep", no_argument, NULL, 'k' },
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	AUTO(request_release) struct request want = { 0 };
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return EXIT_BETTER_OR_SAME;
		}
		if (c == '?')
			return command_misused("review", "bad option '%.40s'",
					       argv[optind - 1]);
		take_option(&want, c);
	}
	if (want.scenarios.n == 1 && strcmp(want.scenarios.v[0], "list") == 0)
		return list_scenarios();
	if (argc - optind != 1)
		return command_misused("review", "one mailbox is needed");
	want.mailbox = argv[optind];
	return run(&want);
}
