/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * soak.c - free-running mixes, of the base alone or of a series as well
 */
#include <getopt.h>

#include "bot/attempt.h"
#include "bot/command.h"
#include "bot/report/json.h"
#include "bot/report/soak_text.h"

static const char usage[] =
	"usage: collider soak [OPTION]... [MBOX|MAILDIR|-]\n"
	"\n"
	"Let buffered, mapped and direct readers and writers loose on one "
	"file, in a\n"
	"guest with two processors (QEMU), and look whether what must hold "
	"holds,\n"
	"whoever met whom: what calls return, what is in the file, who is told "
	"of\n"
	"what was lost. With a series the base is soaked, and the kernel with "
	"all of\n"
	"the series, for as long and by the same seed.\n"
	"\n"
	"  --for SECONDS    so long in all, of each kernel; default 60\n"
	"  --fs LIST        filesystems, separated by commas\n"
	"  --mix LIST       N02, N03: 'collider scenarios' tells them\n"
	"  --runs N         so many runs of each, by one seed after the other\n"
	"  --seed N         of the first run; default: another one each time\n"
	"  --tree NAME|PATH a tree of the configuration, or a git repository\n"
	"  --base COMMIT    default: the tree's branch; of a series, what it "
	"is on\n"
	"  --json FILE      write the result as one JSON object\n"
	"  --keep           keep the folders of the lab jobs, and name them\n"
	"  --config FILE    in place of config/collider.conf\n"
	"  --help           show this\n"
	"\n"
	"Exit code: 0 nothing was broken, and all of it collided; 1 something "
	"was (of\n"
	"a series: and not on the base); 2 something did not collide or was "
	"not run,\n"
	"so there is no saying; 64 usage or configuration.\n";

struct request {
	struct attempt_wish of;
	struct strings mixes; /* empty: all */
	const char *json;     /* NULL: none */
	unsigned seconds, runs, seed;
};

static void request_release(struct request *r)
{
	attempt_wish_release(&r->of);
	strings_release(&r->mixes);
}
DEFINE_AUTO_VALUE(struct request, request_release)

static int write_json(const struct attempt *a, const char *path,
		      struct err *err)
{
	AUTO(json_free) json_t *value = NULL;

	if (!path)
		return 0;
	value = json_from_soaked(&a->review);
	return json_write(value, path, err);
}

static int tell(const struct attempt *a, const struct request *want,
		struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, SOAK_TEXT_MAX_BYTES);
	soak_text_from(&text, &a->review.soak);
	return attempt_print(a, &text, err) < 0
		       ? -1
		       : write_json(a, want->json, err);
}

static int soak(struct attempt *a, const struct request *want)
{
	const struct soaked_wish wish = { .seconds = want->seconds,
					  .runs = want->runs,
					  .seed = want->seed };
	const struct soak_record *soaked = &a->review.soak;
	struct err err = ERR_INIT;

	if (session_soak(&a->review, a->session, &want->mixes, &wish, &err) <
		    0 ||
	    tell(a, want, &err) < 0)
		return command_failed("soak", &err);
	if (soak_record_is_worse(soaked))
		return EXIT_WORSE;
	return soak_record_is_whole(soaked) ? EXIT_BETTER_OR_SAME
					    : EXIT_NO_VERDICT;
}

static int run(const struct request *want)
{
	AUTO(attempt_release) struct attempt a = { 0 };
	struct err err = ERR_INIT;

	if (attempt_begin(&a, &want->of, "a soak of the base", &err) < 0)
		return command_failed("soak", &err);
	if (attempt_is_possible(&a))
		return soak(&a, want);
	if (attempt_tell_why(&a, &err) < 0 ||
	    write_json(&a, want->json, &err) < 0)
		return command_failed("soak", &err);
	return EXIT_NO_VERDICT;
}

/* False: not the number that it has to be. */
static bool take_option(struct request *want, int option)
{
	switch (option) {
	case 'm':
		strings_split(&want->mixes, optarg);
		return true;
	case 'j':
		want->json = optarg;
		return true;
	case 'd':
		return attempt_read_number(&want->seconds, optarg, 1);
	case 'n':
		return attempt_read_number(&want->runs, optarg, 1);
	case 's':
		return attempt_read_number(&want->seed, optarg, 0);
	}
	return attempt_take_option(&want->of, option, optarg);
}

int soak_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "mix", required_argument, NULL, 'm' },
		{ "json", required_argument, NULL, 'j' },
		{ "for", required_argument, NULL, 'd' },
		{ "runs", required_argument, NULL, 'n' },
		{ "seed", required_argument, NULL, 's' },
		ATTEMPT_OPTIONS,
		{ NULL, 0, NULL, 0 },
	};
	AUTO(request_release)
	struct request want = { .seconds = SOAKED_SECONDS,
				.runs = 1,
				.seed = soaked_seed() };
	int c, end;

	while ((c = command_option(&end, usage, argc, argv, options)) > 0)
		if (!take_option(&want, c))
			return command_misused("soak", "'%.40s' is no number",
					       optarg);
	if (c < 0)
		return end;
	if (argc - optind > 1)
		return command_misused("soak", "one mailbox at most");
	want.of.mailbox = argv[optind];
	return run(&want);
}
