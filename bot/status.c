/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status.c - what came in, where each revision stands and why, what waits
 */
#include <getopt.h>
#include <time.h>

#include "bot/base/fs.h"
#include "bot/command.h"
#include "bot/config.h"
#include "bot/report/overview_json.h"
#include "bot/report/overview_text.h"

#define MAX_ENDED 10 /* of each state that is an end, without --all */

static const char usage[] =
	"usage: collider status [OPTION]... [SERIES]\n"
	"\n"
	"Say what came in from the lists, where each revision stands and why, "
	"and\n"
	"what waits. SERIES is the id of a revision, a Message-ID of its "
	"thread or\n"
	"the page of one at lore, or a piece of its title; it is told in "
	"detail: the\n"
	"bases that were tried, the verdict, the draft.\n"
	"\n"
	"  --list NAME    this list alone\n"
	"  --replay NAME  of the replay of that list\n"
	"  --all          all that has ended, too, not the newest of each "
	"kind\n"
	"  --json         one JSON object\n"
	"  --config FILE  in place of config/collider.conf\n"
	"  --help         show this\n"
	"\n"
	"Exit code: 0; 2 when there is nothing to tell; 64 usage or "
	"configuration.\n";

struct request {
	const char *series;
	const char *list;
	const char *replay; /* of this list; NULL: what is live */
	const char *config;
	bool all;
	bool json;
};

static void find_lists(struct strings *followed, struct strings *urls,
		       const struct config *config)
{
	for (size_t i = 0; i < config->n_lists; i++) {
		strings_push(urls, config->lists[i].url);
		if (config->lists[i].enabled)
			strings_push(followed, config->lists[i].name);
	}
}

static int print_text(const struct overview *s, struct err *err)
{
	AUTO(buf_release) struct buf text = { 0 };

	buf_init(&text, OVERVIEW_TEXT_MAX);
	overview_text(&text, s, time(NULL));
	if (buf_check(&text, "the answer", err) < 0)
		return -1;
	return command_write(&text, err);
}

static int print_json(const struct overview *s, struct err *err)
{
	AUTO(json_free) json_t *value = overview_json(s);
	AUTO(mem_free) char *text = json_dumps(value, JSON_INDENT(2));
	AUTO(mem_free) char *line = NULL;

	if (!text)
		return err_set(err, ERR_SYSTEM, "cannot encode the answer");
	line = xasprintf("%s\n", text);
	return fs_write_fd(STDOUT_FILENO, line, strlen(line), "stdout", err);
}

/* Who only asks makes no database, which might be of the wrong user. */
static int open_store(struct store **out, const struct config *config,
		      struct err *err)
{
	AUTO(mem_free) char *path = config_state_path(config, "collider.db");

	if (!fs_exists(path))
		return err_set(err, ERR_INPUT,
			       "nothing came in yet: there is no '%s'", path);
	return store_open(out, path, err);
}

static int show(const struct request *r, struct err *err)
{
	AUTO(config_free) struct config *config = NULL;
	AUTO(store_free) struct store *st = NULL;
	AUTO(strings_release) struct strings followed = { 0 };
	AUTO(strings_release) struct strings urls = { 0 };
	AUTO(overview_release) struct overview s = { 0 };
	struct overview_want want = {
		.followed = &followed,
		.urls = &urls,
		.list = r->list,
		.series = r->series,
		.max_open = OVERVIEW_MAX_ROWS,
		.max_ended = r->all ? OVERVIEW_MAX_ROWS : MAX_ENDED,
	};

	if (config_load(&config, r->config, err) < 0)
		return -1;
	if (r->replay)
		config_use_replay(config, r->replay);
	if (open_store(&st, config, err) < 0)
		return -1;
	find_lists(&followed, &urls, config);
	if (overview_read(&s, st, &want, err) < 0)
		return -1;
	return r->json ? print_json(&s, err) : print_text(&s, err);
}

static void take_option(struct request *r, int option)
{
	switch (option) {
	case 'l':
		r->list = optarg;
		break;
	case 'r':
		r->replay = optarg;
		break;
	case 'a':
		r->all = true;
		break;
	case 'j':
		r->json = true;
		break;
	case 'c':
		r->config = optarg;
		break;
	}
}

int status_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "list", required_argument, NULL, 'l' },
		{ "replay", required_argument, NULL, 'r' },
		{ "all", no_argument, NULL, 'a' },
		{ "json", no_argument, NULL, 'j' },
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct request r = { 0 };
	struct err err = ERR_INIT;
	int c, end;

	while ((c = command_option(&end, usage, argc, argv, options)) > 0) {
		take_option(&r, c);
	}
	if (c < 0)
		return end;
	if (argc - optind > 1)
		return command_misused("status", "one series at a time");
	if (r.replay && strchr(r.replay, '/'))
		return command_misused("status", "'%.40s' is no list",
				       r.replay);
	if (r.list && optind < argc)
		return command_misused("status", "a list or a series");
	r.series = argv[optind];
	if (show(&r, &err) < 0)
		return command_failed("status", &err);
	return EXIT_BETTER_OR_SAME;
}
