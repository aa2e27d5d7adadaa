/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bot/base/fs.h"
#include "bot/base/sink.h"

int command_misused(const char *name, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "collider %s: ", name);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "; see 'collider %s --help'\n", name);
	return EXIT_USAGE;
}

int command_option(int *exit_out, const char *usage, int argc, char **argv,
		   const struct option *options)
{
	int c;

	opterr = 0;
	c = getopt_long(argc, argv, "h", options, NULL);
	if (c == -1)
		return 0;
	if (c == 'h') {
		fputs(usage, stdout);
		*exit_out = EXIT_BETTER_OR_SAME;
		return -1;
	}
	if (c != '?')
		return c;
	*exit_out = command_misused(argv[0], "bad option '%.40s'",
				    argv[optind - 1]);
	return -1;
}

int command_failed(const char *name, const struct err *err)
{
	fprintf(stderr, "collider %s: %s\n", name, err->msg);
	return err->kind == ERR_CONFIG ? EXIT_USAGE : EXIT_NO_VERDICT;
}

void command_print(const char *text)
{
	AUTO(buf_release) struct buf shown = { 0 };
	const size_t len = strlen(text);

	buf_init(&shown, 4 * len + 1);
	sink_line(&shown, text, len);
	fputs(buf_text(&shown), stdout);
}

void command_print_time(int64_t at)
{
	char text[32];
	time_t when = (time_t)at;
	struct tm tm;

	gmtime_r(&when, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm);
	printf("%s UTC", text);
}

int command_write(const struct buf *text, struct err *err)
{
	return fs_write_fd(STDOUT_FILENO, buf_text(text), text->len, "stdout",
			   err);
}
