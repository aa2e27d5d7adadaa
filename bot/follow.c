/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The subcommand that follows lists in the foreground: what `collider run` does
 * with a list, without any review. It may be ended at any moment; the next run
 * goes on from there.
 */
#include <getopt.h>
#include <signal.h>
#include <time.h>

#include "bot/bases.h"
#include "bot/command.h"
#include "bot/following.h"

static const char usage[] =
	"usage: collider follow [--once] [--reindex] [--config FILE] "
	"[LIST]...\n"
	"\n"
	"Fetch new mail of these lists, of all that are enabled by default,\n"
	"and take what is in scope into the archive: again and again, every\n"
	"follow.interval. As root it lets the unprivileged user of the\n"
	"configuration do what meets strangers' bytes.\n"
	"\n"
	"  -1, --once         ask each list once\n"
	"  -i, --reindex      first make the archive's index anew, from its "
	"files\n"
	"  -c, --config FILE  the configuration\n"
	"  -h, --help         show this\n"
	"\n"
	"Exit code: 0 when each list was followed; 2 when one could not be;\n"
	"64 for a wrong command line or configuration.\n";

struct words {
	bool once;
	bool reindex;
	const char *config;
	char **lists; /* borrowed from argv */
	size_t n_lists;
};

/* Every state that we leave behind is one to begin with: see stages/follow.h */
static void leave(int signal)
{
	(void)signal;
	_exit(EXIT_BETTER_OR_SAME);
}

static bool is_meant(const struct words *words, const struct config_list *list)
{
	if (words->n_lists == 0)
		return list->enabled;
	for (size_t i = 0; i < words->n_lists; i++)
		if (strcmp(words->lists[i], list->name) == 0)
			return true;
	return false;
}

static int check_lists(const struct words *words, const struct config *config)
{
	bool any = false;

	for (size_t i = 0; i < words->n_lists; i++)
		if (!config_find_list(config, words->lists[i]))
			return command_misused("follow", "no list '%.64s'",
					       words->lists[i]);
	for (size_t i = 0; i < config->n_lists; i++)
		any |= is_meant(words, &config->lists[i]);
	if (any)
		return EXIT_BETTER_OR_SAME;
	return command_misused("follow", "no list is configured and enabled");
}

/* The worse of two exit codes. */
static int worse(int a, int b)
{
	return a > b ? a : b;
}

static int follow_list(const struct config *config,
		       const struct config_list *list, struct store *st,
		       bool reindex)
{
	struct follow_result result;
	struct err err = ERR_INIT;
	int rc = following_run(&result,
			       &(struct following){ .config = config,
						    .list = list,
						    .reindex = reindex,
						    .progress = stderr },
			       st, &err);

	following_tell(stdout, list->name, &result);
	fflush(stdout);
	if (rc == 0)
		return EXIT_BETTER_OR_SAME;
	(void)!err_wrap(&err, "list '%s'", list->name);
	return command_failed("follow", &err);
}

/* What a server did wrong may heal; what is wrong here ends the loop. */
static int follow_all(const struct words *words, const struct config *config,
		      struct store *st, bool reindex)
{
	int code = EXIT_BETTER_OR_SAME;

	for (size_t i = 0; i < config->n_lists; i++) {
		if (!is_meant(words, &config->lists[i]))
			continue;
		code = worse(code, follow_list(config, &config->lists[i], st,
					       reindex));
		reindex = false;
	}
	return code;
}

static int run(const struct words *words)
{
	AUTO(config_free) struct config *config = NULL;
	AUTO(store_free) struct store *st = NULL;
	struct err err = ERR_INIT;
	int code;

	if (config_load(&config, words->config, &err) < 0)
		return command_failed("follow", &err);
	code = check_lists(words, config);
	if (code != EXIT_BETTER_OR_SAME)
		return code;
	if (bases_open_store(&st, config, &err) < 0)
		return command_failed("follow", &err);
	code = follow_all(words, config, st, words->reindex);
	while (!words->once && code != EXIT_USAGE) {
		nanosleep(
			&(struct timespec){
				.tv_sec = (time_t)config->follow_interval },
			NULL);
		code = follow_all(words, config, st, false);
	}
	return code;
}

int follow_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "once", no_argument, NULL, '1' },
		{ "reindex", no_argument, NULL, 'i' },
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct words words = { 0 };
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "1ic:h", options, NULL)) != -1) {
		switch (c) {
		case 'h':
			fputs(usage, stdout);
			return EXIT_BETTER_OR_SAME;
		case '1':
			words.once = true;
			break;
		case 'i':
			words.reindex = true;
			break;
		case 'c':
			words.config = optarg;
			break;
		default:
			return command_misused("follow", "unknown option '%s'",
					       argv[optind - 1]);
		}
	}
	words.lists = argv + optind;
	words.n_lists = (size_t)(argc - optind);
	signal(SIGTERM, leave);
	signal(SIGINT, leave);
	return run(&words);
}
