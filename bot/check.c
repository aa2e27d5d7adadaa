/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>

#include "bot/command.h"
#include "bot/config.h"
#include "bot/wording.h"

static const char usage[] =
	"usage: collider check [--print] [FILE]\n"
	"\n"
	"Read the configuration, and the words of the mails that it names, and "
	"say\nwhat is wrong with them, with file and line.\n"
	"Without FILE: $COLLIDER_CONFIG, else config/collider.conf.\n"
	"\n"
	"  -p, --print  show every key with its help and its value; what is "
	"not\n"
	"               set in the file is commented out\n"
	"  -h, --help   show this\n"
	"\n"
	"Exit code: 0 when it is fine, 64 when not.\n";

static int check(const char *path, bool print)
{
	AUTO(config_free) struct config *config = NULL;
	struct err err = ERR_INIT;

	if (config_load(&config, path, &err) < 0 ||
	    wording_check(config, &err) < 0)
		return command_failed("check", &err);
	if (print)
		config_print(stdout, config);
	else if (config->file)
		printf("%s: ok, %zu keys\n", config->file, config->n_keys);
	else
		puts("no configuration file: every key has its default");
	return EXIT_BETTER_OR_SAME;
}

int check_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "print", no_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool print = false;
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "ph", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return EXIT_BETTER_OR_SAME;
		}
		if (c != 'p')
			return command_misused("check", "unknown option '%s'",
					       argv[optind - 1]);
		print = true;
	}
	if (argc - optind > 1)
		return command_misused("check", "one FILE at a time");
	return check(argv[optind], print);
}
