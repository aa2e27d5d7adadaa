/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command.h - the subcommands, and how all of them speak to the shell
 *
 * Each is a file of its own, bot/<name>.c, and gets its own words: argv[0] is
 * the subcommand. It returns the exit code of the process.
 */
#ifndef BOT_COMMAND_H
#define BOT_COMMAND_H

#include <stdint.h>

#include <getopt.h>

#include "bot/base/buf.h"
#include "bot/base/err.h"

enum exit_code {
	EXIT_BETTER_OR_SAME = 0, /* nothing got worse; done */
	EXIT_WORSE = 1,		 /* a regression, or a patch does not build */
	EXIT_NO_VERDICT = 2, /* could not tell; the text says what would help */
	EXIT_USAGE = 64, /* words or configuration; EX_USAGE of sysexits.h */
};

int bases_main(int argc, char **argv);
int boxed_main(int argc, char **argv);
int check_main(int argc, char **argv);
int contracts_main(int argc, char **argv);
int daemon_main(int argc, char **argv);
int doctor_main(int argc, char **argv);
int follow_main(int argc, char **argv);
int lab_main(int argc, char **argv);
int orders_main(int argc, char **argv);
int outbox_main(int argc, char **argv);
int policy_main(int argc, char **argv);
int replay_main(int argc, char **argv);
int reproduce_main(int argc, char **argv);
int retract_main(int argc, char **argv);
int review_main(int argc, char **argv);
int scenarios_main(int argc, char **argv);
int stage_main(int argc, char **argv);
int status_main(int argc, char **argv);
int soak_main(int argc, char **argv);
int sweep_main(int argc, char **argv);

/*
 * The next option of a command, as getopt_long gives it; 0: there is none any
 * more. -1: the command ends with *exit_out, as --help was asked for and @usage
 * printed, or as an option is bad and that was said.
 */
int command_option(int *exit_out, const char *usage, int argc, char **argv,
		   const struct option *options);
/* One line on stderr, "collider <name>: <what>"; returns EXIT_USAGE. */
int command_misused(const char *name, const char *fmt, ...)
	__attribute__((cold, format(printf, 2, 3)));
/*
 * One line on stderr, "collider <name>: <err->msg>"; the exit code that the
 * kind stands for: EXIT_USAGE for ERR_CONFIG, else EXIT_NO_VERDICT.
 */
int command_failed(const char *name, const struct err *err)
	__attribute__((cold));
/*
 * On stdout: a text of strangers, on one line, harmless; a time of the clock.
 */
void command_print(const char *text);
void command_print_time(int64_t at);
/* All of @text on stdout, as it is. -1: ERR_SYSTEM. */
int command_write(const struct buf *text, struct err *err) MUST_CHECK;

#endif
