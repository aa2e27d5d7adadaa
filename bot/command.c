/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/command.h"

#include <stdarg.h>

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

int command_failed(const char *name, const struct err *err)
{
	fprintf(stderr, "collider %s: %s\n", name, err->msg);
	return err->kind == ERR_CONFIG ? EXIT_USAGE : EXIT_NO_VERDICT;
}
