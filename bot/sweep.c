/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep.c - the windows of collisions, step by step, or one step again
 */
#include <getopt.h>

#include "bot/attempt.h"
#include "bot/command.h"
#include "bot/report/sweep_text.h"

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
	struct attempt_wish of;
	unsigned steps, step_us, at;
};

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

static int tell(const struct attempt *a, const struct swept *s,
		const struct swept_wish *wish, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, SWEEP_TEXT_MAX_BYTES);
	if (wish->at == 0)
		swept_tell(&text, s, wish);
	for (size_t i = 0; wish->at && i < s->n_pairs; i++)
		tell_step(&text, s, &s->pairs[i], wish->at);
	return attempt_print(a, &text, err);
}

static int sweep(struct attempt *a, const struct request *want)
{
	const struct swept_wish wish = {
		.steps = want->at ? REPLAYS : want->steps,
		.step_us = want->step_us,
		.at = want->at,
	};
	AUTO(swept_release) struct swept swept = { 0 };
	struct err err = ERR_INIT;

	if (session_sweep(&swept, &a->review, a->session, &wish, &err) < 0 ||
	    tell(a, &swept, &wish, &err) < 0)
		return command_failed("sweep", &err);
	if (swept_is_worse(&swept))
		return EXIT_WORSE;
	return swept_is_whole(&swept) ? EXIT_BETTER_OR_SAME : EXIT_NO_VERDICT;
}

static int run(const struct request *want)
{
	AUTO(attempt_release) struct attempt a = { 0 };
	struct err err = ERR_INIT;

	if (attempt_begin(&a, &want->of, "a sweep of the base", &err) < 0)
		return command_failed("sweep", &err);
	if (attempt_is_possible(&a))
		return sweep(&a, want);
	return attempt_tell_why(&a, &err) < 0 ? command_failed("sweep", &err)
					      : EXIT_NO_VERDICT;
}

/* False: not the number that it has to be. */
static bool take_option(struct request *want, int option)
{
	switch (option) {
	case 's':
		strings_split(&want->of.scenarios, optarg);
		return true;
	case 'n':
		return attempt_read_number(&want->steps, optarg, 1);
	case 'u':
		return attempt_read_number(&want->step_us, optarg, 1);
	case 'a':
		return attempt_read_number(&want->at, optarg, 1);
	}
	return attempt_take_option(&want->of, option, optarg);
}

static void request_release(struct request *r)
{
	attempt_wish_release(&r->of);
}
DEFINE_AUTO_VALUE(struct request, request_release)

int sweep_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "scenario", required_argument, NULL, 's' },
		{ "steps", required_argument, NULL, 'n' },
		{ "step", required_argument, NULL, 'u' },
		{ "at", required_argument, NULL, 'a' },
		ATTEMPT_OPTIONS,
		{ NULL, 0, NULL, 0 },
	};
	AUTO(request_release)
	struct request want = { .steps = SWEPT_STEPS,
				.step_us = SWEPT_STEP_US };
	int c, end;

	while ((c = command_option(&end, usage, argc, argv, options)) > 0)
		if (!take_option(&want, c))
			return command_misused("sweep", "'%.40s' is no number",
					       optarg);
	if (c < 0)
		return end;
	if (argc - optind > 1)
		return command_misused("sweep", "one mailbox at most");
	want.of.mailbox = argv[optind];
	return run(&want);
}
