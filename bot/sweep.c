/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep.c - the windows of collisions, step by step, or one step again
 */
#include <getopt.h>

#include "bot/base/fs.h"
#include "bot/base/span.h"
#include "bot/command.h"
#include "bot/report/sweep_text.h"
#include "bot/report/text.h"
#include "bot/session.h"

static const char usage[] =
	"usage: collider sweep [OPTION]... [MBOX|MAILDIR|-]\n"
	"\n"
	"Make each collision again and again, and move one of its actors "
	"through the\n"
	"window by steps of guest time: from before the other one's call to "
	"after it.\n"
	"Each distinct outcome is told once, with the steps that saw it. With "
	"a series\n"
	"the base is swept, and the kernel with all of the series.\n"
	"\n"
	"  --fs LIST        filesystems, separated by commas\n"
	"  --scenario LIST  scenarios, separated by commas\n"
	"  --tree NAME|PATH a tree of the configuration, or a git repository\n"
	"  --base COMMIT    default: the tree's branch; of a series, what it "
	"is on\n"
	"  --steps N        so many steps; default 64\n"
	"  --step US        a step has so many microseconds; default 5000\n"
	"  --at STEP        that step alone, three times, with all of what it "
	"saw\n"
	"  --keep           keep the folders of the lab jobs, and name them\n"
	"  --config FILE    in place of config/collider.conf\n"
	"  --help           show this\n"
	"\n"
	"Exit code: 0 nothing got worse, or there is the base alone; 1 a "
	"regression;\n"
	"2 a guest did not finish, a series that cannot be tried; 64 usage or\n"
	"configuration.\n";

#define REPLAYS 3 /* of one step */

struct request {
	const char *mailbox; /* NULL: the base alone */
	const char *tree;
	const char *base;
	const char *config;
	struct strings filesystems; /* empty: those of the configuration */
	struct strings scenarios;
	unsigned steps, step_us, at;
	bool is_bad; /* a number that is none */
	bool keep;
};

static void request_release(struct request *r)
{
	strings_release(&r->filesystems);
	strings_release(&r->scenarios);
}
DEFINE_AUTO_VALUE(struct request, request_release)

struct work {
	const struct request *want;
	struct config *config;
	struct store *store;
	struct session *session;
	struct letters letters;
	struct review review;
	struct swept swept;
};

static void work_release(struct work *w)
{
	swept_release(&w->swept);
	review_release(&w->review);
	letters_release(&w->letters);
	session_free(w->session);
	store_free(w->store);
	config_free(w->config);
}
DEFINE_AUTO_VALUE(struct work, work_release)

static int set_up(struct work *w, struct err *err)
{
	if (config_load(&w->config, w->want->config, err) < 0)
		return -1;
	config_narrow(w->config, &w->want->filesystems, &w->want->scenarios);
	if (bases_open_store(&w->store, w->config, err) < 0 ||
	    session_open(&w->session, w->config, w->store, err) < 0)
		return -1;
	w->session->config_path = w->want->config;
	w->session->progress = stderr;
	w->session->keep = w->want->keep;
	return 0;
}

/* A review of nothing: its base is what is swept. */
static int place_base(struct work *w, struct err *err)
{
	const struct config *c = w->config;
	const char *name = w->want->tree ? w->want->tree : c->trees[0].name;
	AUTO(tree_free) struct tree *tree = NULL;
	char commit[TREE_HEX_LEN + 1];

	if (bases_open_named(&tree, c, name, stderr, err) < 0 ||
	    bases_commit(commit, c, tree, w->want->base, err) < 0)
		return -1;
	w->review.subject = xstrdup("a sweep of the base");
	w->review.message_id = xstrdup("");
	w->review.base.tree = xstrdup(name);
	w->review.base.commit = xstrdup(commit);
	w->review.base.parent = xstrdup(commit);
	return 0;
}

static int place(struct work *w, struct err *err)
{
	if (!w->want->mailbox)
		return place_base(w, err);
	if (letters_read(&w->letters, w->want->mailbox, err) < 0)
		return -1;
	return session_place(&w->review, w->session,
			     &(struct session_wish){
				     .letters = &w->letters,
				     .tree = w->want->tree,
				     .base = w->want->base,
			     },
			     err);
}

static int print(const struct buf *text, struct err *err)
{
	return fs_write_fd(STDOUT_FILENO, buf_text(text), text->len, "stdout",
			   err);
}

/* A series that cannot be tried: the report says why. */
static int tell_unplaced(const struct work *w, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, TEXT_MAX_BYTES);
	text_from_review(&text, &w->review, false);
	return print(&text, err);
}

/* One step: is it the same each time, and what did it see? */
static void tell_step(struct buf *out, const struct swept *s,
		      const struct sweep_pair *p, unsigned step)
{
	static const char *const names[] = { "base", "patched" };

	for (int k = 0; k < SWEEP_KERNELS; k++) {
		const struct outcomes *runs = &s->v[k].outcomes;
		const struct outcome *o =
			outcomes_find(runs, p->filesystem, p->scenario);

		if (!o)
			continue;
		buf_addf(out, "\n%s %s, step %u, %s: %s %d times\n",
			 p->filesystem, p->scenario, step, names[k],
			 sweep_is_steady(runs, p->filesystem, p->scenario)
				 ? "the same"
				 : "NOT the same",
			 REPLAYS);
		sweep_text_run(out, o);
	}
}

static int tell(const struct work *w, const struct swept_wish *wish,
		struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };
	const struct swept *s = &w->swept;

	buf_init(&text, SWEEP_TEXT_MAX_BYTES);
	if (wish->at == 0)
		swept_tell(&text, s, wish);
	for (size_t i = 0; wish->at && i < s->n_pairs; i++)
		tell_step(&text, s, &s->pairs[i], wish->at);
	for (size_t i = 0; i < w->review.skipped.n; i++)
		buf_addf(&text, "%s\n", w->review.skipped.v[i]);
	return buf_check(&text, "the text", err) < 0 ? -1 : print(&text, err);
}

static int run(const struct request *want)
{
	AUTO(work_release) struct work w = { .want = want };
	const struct swept_wish wish = {
		.steps = want->at ? REPLAYS : want->steps,
		.step_us = want->step_us,
		.at = want->at,
	};
	struct err err = ERR_INIT;

	if (set_up(&w, &err) < 0 || place(&w, &err) < 0)
		return command_failed("sweep", &err);
	if (want->mailbox && !review_is_placed(&w.review))
		return tell_unplaced(&w, &err) < 0
			       ? command_failed("sweep", &err)
			       : EXIT_NO_VERDICT;
	if (session_sweep(&w.swept, &w.review, w.session, &wish, &err) < 0 ||
	    tell(&w, &wish, &err) < 0)
		return command_failed("sweep", &err);
	if (swept_is_worse(&w.swept))
		return EXIT_WORSE;
	return swept_is_whole(&w.swept) ? EXIT_BETTER_OR_SAME : EXIT_NO_VERDICT;
}

static void take_number(unsigned *out, struct request *want, const char *text)
{
	struct span rest = span_cstr(text);
	uint64_t n;

	if (span_uint(&rest, UINT32_MAX, &n) && span_len(rest) == 0 && n > 0)
		*out = (unsigned)n;
	else
		want->is_bad = true;
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
	case 'n':
		take_number(&want->steps, want, optarg);
		break;
	case 'u':
		take_number(&want->step_us, want, optarg);
		break;
	case 'a':
		take_number(&want->at, want, optarg);
		break;
	case 'k':
		want->keep = true;
		break;
	case 'c':
		want->config = optarg;
		break;
	}
}

int sweep_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "tree", required_argument, NULL, 't' },
		{ "base", required_argument, NULL, 'b' },
		{ "fs", required_argument, NULL, 'f' },
		{ "scenario", required_argument, NULL, 's' },
		{ "steps", required_argument, NULL, 'n' },
		{ "step", required_argument, NULL, 'u' },
		{ "at", required_argument, NULL, 'a' },
		{ "keep", no_argument, NULL, 'k' },
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	AUTO(request_release)
	struct request want = { .steps = SWEPT_STEPS,
				.step_us = SWEPT_STEP_US };
	int c, end;

	while ((c = command_option(&end, usage, argc, argv, options)) > 0) {
		take_option(&want, c);
		if (want.is_bad)
			return command_misused("sweep", "'%.40s' is no number",
					       optarg);
	}
	if (c < 0)
		return end;
	if (argc - optind > 1)
		return command_misused("sweep", "one mailbox at most");
	want.mailbox = argv[optind];
	return run(&want);
}
