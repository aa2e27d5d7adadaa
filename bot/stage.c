/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stage.c - the worker: one stage on one item, in a process that the daemon
 * starts; its exit code says the kind of its error
 */
#include <assert.h>
#include <signal.h>
#include <sys/prctl.h>

#include "bot/base/span.h"
#include "bot/bases.h"
#include "bot/command.h"
#include "bot/pipeline.h"

/* "collider stage NAME ITEM PARENT [CONFIG]"; ITEM "-" is none */
struct words {
	const struct stage *stage;
	const char *item;
	pid_t parent;
	const char *config; /* NULL: the usual */
};

static int read_words(struct words *out, int argc, char **argv)
{
	struct span parent = span_cstr(argc > 3 ? argv[3] : "");
	uint64_t pid;

	if (argc < 4 || argc > 5)
		return command_misused("stage", "NAME ITEM PARENT [CONFIG]");
	out->stage = pipeline_find(argv[1]);
	out->item = argv[2];
	out->config = argv[4];
	if (!out->stage)
		return command_misused("stage", "no stage '%.40s'", argv[1]);
	if (!span_uint(&parent, INT32_MAX, &pid) || span_len(parent))
		return command_misused("stage", "PARENT is a process");
	out->parent = (pid_t)pid;
	return EXIT_BETTER_OR_SAME;
}

/* 0 for a parent is nobody: a person runs it by hand. */
static int die_with(pid_t parent, struct err *err)
{
	if (!parent)
		return 0;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot follow the daemon");
	if (getppid() != parent)
		return err_set(err, ERR_RETRY, "the daemon is gone");
	return 0;
}

static int find_list(struct item *item, const char *name, struct err *err)
{
	bool found;

	item->list = config_find_list(item->config, name);
	if (!item->list)
		return err_set(err, ERR_CONFIG, "no list '%.64s'", name);
	return lists_find(&found, &item->asked, item->store, name, err);
}

/* *found is false when there is nothing to do for it any more. */
static int find_revision(bool *found, struct item *item,
			 const struct stage *stage, const char *id,
			 struct err *err)
{
	struct span s = span_cstr(id);
	uint64_t n;

	if (!span_uint(&s, INT64_MAX, &n) || span_len(s))
		return err_set(err, ERR_CONFIG, "no revision '%.40s'", id);
	if (revisions_find(found, &item->revision, item->store, (int64_t)n,
			   err) < 0)
		return -1;
	*found = *found && item->revision.state == stage->takes;
	return 0;
}

static int find_item(bool *found, struct item *item, const struct words *words,
		     struct err *err)
{
	assert(words->stage);
	*found = true;
	switch (words->stage->scope) {
	case STAGE_OF_LIST:
		return find_list(item, words->item, err);
	case STAGE_OF_ALL:
	case STAGE_OF_OUTBOX:
	case STAGE_OF_ANSWERS:
		return 0;
	case STAGE_OF_REVISION:
		return find_revision(found, item, words->stage, words->item,
				     err);
	}
	return 0;
}

static void run(struct err *why, const struct words *words)
{
	AUTO(config_free) struct config *config = NULL;
	AUTO(store_free) struct store *store = NULL;
	AUTO(item_release) struct item item = { 0 };
	bool found;

	if (die_with(words->parent, why) < 0 ||
	    config_load(&config, words->config, why) < 0 ||
	    bases_open_store(&store, config, why) < 0)
		return;
	item.config = config;
	item.config_file = words->config;
	item.store = store;
	if (find_item(&found, &item, words, why) == 0 && found)
		pipeline_step(words->stage, &item, why);
}

int stage_main(int argc, char **argv)
{
	struct words words = { 0 };
	struct err why = ERR_INIT;
	int rc = read_words(&words, argc, argv);

	if (rc != EXIT_BETTER_OR_SAME)
		return rc;
	setvbuf(stdout, NULL, _IOLBF, 0);
	run(&why, &words);
	if (why.kind != ERR_NONE)
		printf("%s\n", why.msg);
	return pipeline_exit_code(why.kind);
}
