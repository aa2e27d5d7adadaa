/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main.c - picks a subcommand
 */
#include <stdbool.h>

#include "bot/command.h"

static const struct command {
	const char *name;
	const char *says; /* NULL: called by collider alone */
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "review", "review one series from a mailbox", review_main },
	{ "follow", "fetch lists and take in what is in scope", follow_main },
	{ "base", "list, prepare or drop trees and built lanes", bases_main },
	{ "lab", "run one lab job, folder in and folder out", lab_main },
	{ "sweep", "move one actor through a collision, by steps", sweep_main },
	{ "soak", "let all I/O loose on one file, for a time", soak_main },
	{ "scenarios", "list collisions, or tell one", scenarios_main },
	{ "contracts", "what each filesystem promises", contracts_main },
	{ "reproduce", "write one as a C program of its own", reproduce_main },
	{ "doctor", "check this machine for what a review needs", doctor_main },
	{ "check", "check a configuration file", check_main },
	{ "run", "follow lists and review what comes in", daemon_main },
	{ "replay", "what would have come of a list's past", replay_main },
	{ "status", "what came in, where each series stands", status_main },
	{ "outbox", "show, approve, reject and send our mails", outbox_main },
	{ "orders", "what was ordered by mail, and came of it", orders_main },
	{ "retract", "take back a report that was sent", retract_main },
	{ "policy", "whom a verdict would be told, and why", policy_main },
	{ "boxed", NULL, boxed_main },
	{ "stage", NULL, stage_main },
};

static void print_help(FILE *out)
{
	fputs("usage: collider COMMAND [OPTION]... [ARGUMENT]...\n\n"
	      "Reviews a patch series by making direct, buffered and mapped "
	      "I/O\n"
	      "collide in a guest kernel with and without it.\n\n",
	      out);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (commands[i].says)
			fprintf(out, "  %-9s %s\n", commands[i].name,
				commands[i].says);
	fputs("\n'collider COMMAND --help' says more; so does collider(1).\n",
	      out);
}

static bool is_one_of(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (is_one_of(argv[1], "--help", "help")) {
		print_help(stdout);
		return 0;
	}
	if (is_one_of(argv[1], "--version", "version")) {
		puts("collider " COLLIDER_VERSION);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	fprintf(stderr, "collider: no command '%.40s'; see 'collider --help'\n",
		argv[1]);
	return EXIT_USAGE;
}
