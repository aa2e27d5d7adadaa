/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * orders.c - what was ordered in answers to our mails, and what came of it
 */
#include <getopt.h>

#include "bot/bases.h"
#include "bot/command.h"
#include "bot/store/answers.h"

#define MOST 1000 /* of each kind that is listed */

static const char usage[] =
	"usage: collider orders [OPTION]...\n"
	"\n"
	"What was ordered by mail, by whom, and what came of it, newest "
	"first.\n"
	"An order is a line '#collider VERB' of an answer to a mail of "
	"collider's;\n"
	"collider(1) lists the verbs.\n"
	"\n"
	"  --all          the answers that were put away, too, and why\n"
	"  --config FILE  in place of config/collider.conf\n"
	"  --help         show this\n"
	"\n"
	"Exit code: 0; 64 usage or configuration.\n";

static void print_order(const struct answers_order *o)
{
	command_print_time(o->at);
	fputs("  ", stdout);
	command_print(o->writer);
	printf("  %s ", o->verb);
	command_print(o->words);
	printf("\n       %s: ", o->is_obeyed ? "done" : "refused");
	command_print(o->outcome);
	fputs("\n       in <", stdout);
	command_print(o->message_id);
	if (o->series)
		printf(">, of series %lld\n", (long long)o->series);
	else
		puts(">");
}

static int print_orders(struct store *st, struct err *err)
{
	AUTO(answers_orders_release) struct answers_orders all = { 0 };

	if (answers_get_orders(&all, st, 0, MOST, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++)
		print_order(&all.v[i]);
	if (all.n == 0)
		puts("nothing was ordered yet");
	return 0;
}

static int print_put_away(struct store *st, struct err *err)
{
	AUTO(answers_list_release) struct answers_list all = { 0 };

	if (answers_all(&all, st, MOST, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++) {
		const struct answers_row *a = &all.v[i];

		if (!a->why)
			continue;
		command_print_time(a->came);
		fputs("  put away: ", stdout);
		command_print(a->why);
		fputs("\n       <", stdout);
		command_print(a->message_id);
		fputs("> of ", stdout);
		command_print(a->writer && *a->writer ? a->writer : "nobody");
		putchar('\n');
	}
	return 0;
}

static int run(const char *config_path, bool all, struct err *err)
{
	AUTO(config_free) struct config *config = NULL;
	AUTO(store_free) struct store *store = NULL;

	if (config_load(&config, config_path, err) < 0 ||
	    bases_open_store(&store, config, err) < 0 ||
	    print_orders(store, err) < 0)
		return -1;
	return all ? print_put_away(store, err) : 0;
}

int orders_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "all", no_argument, NULL, 'a' },
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *config_path = NULL;
	struct err err = ERR_INIT;
	bool all = false;
	int c, end;

	while ((c = command_option(&end, usage, argc, argv, options)) > 0) {
		all |= c == 'a';
		config_path = c == 'c' ? optarg : config_path;
	}
	if (c < 0)
		return end;
	if (optind < argc)
		return command_misused("orders", "it wants nothing more");
	if (run(config_path, all, &err) < 0)
		return command_failed("orders", &err);
	return EXIT_BETTER_OR_SAME;
}
