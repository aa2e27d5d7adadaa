/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pipeline.h - the whole program as a table: who takes what and makes what
 *
 * A stage runs in a process of its own, `collider stage NAME [ITEM]`, which
 * ends with the kind of its error. What it made and the next state are one
 * transaction of its own (bot/steps.c); what a failure does to the item is
 * decided here and nowhere else. Callers: bot/stage.c, the worker; bot/agenda.c
 * and bot/daemon.c, which decide what runs.
 */
#ifndef BOT_PIPELINE_H
#define BOT_PIPELINE_H

#include "bot/config.h"
#include "bot/store/lists.h"
#include "bot/store/revisions.h"

/* What one run of a stage is about. */
enum stage_scope {
	STAGE_OF_LIST,	   /* a list of the configuration */
	STAGE_OF_ALL,	   /* whatever is to be done */
	STAGE_OF_REVISION, /* one revision */
	STAGE_OF_OUTBOX,   /* the mails that are due */
	STAGE_OF_ANSWERS,  /* to mails of ours, that were not read */
};

struct item {
	const struct config *config;	/* borrowed, as are the next three */
	const char *config_file;	/* what a lab reads; NULL: the usual */
	struct store *store;		/* open */
	const struct config_list *list; /* NULL: of no list */
	struct lists_row asked;		/* the list's row as it was before */
	struct revisions_row revision;	/* likewise; zeroed: of no revision */
};

void item_release(struct item *item);
DEFINE_AUTO_VALUE(struct item, item_release)

struct stage {
	const char *name;
	enum stage_scope scope;
	enum revisions_state takes; /* of a revision */
	enum revisions_state makes; /* likewise; when all goes well */
	const char *profile;	    /* of the sandbox for what is hostile */
	unsigned timeout_s;
	unsigned at_once; /* side by side at most; 0: run.jobs */
	int (*run)(struct item *item, struct err *err);
};

#define PIPELINE_N 7

extern const struct stage pipeline[PIPELINE_N];

/* By name, or NULL. */
const struct stage *pipeline_find(const char *name);

/* What a failure does to the item. No stage has a policy of its own. */
enum fate {
	FATE_NONE,  /* nothing failed */
	FATE_PARK,  /* a person may look; the machine will not */
	FATE_LATER, /* again after 1, 2, 4 ... 64 minutes, then park */
	FATE_STOP,  /* the item is not at fault: the stage rests, or the list */
};

enum fate pipeline_fate(enum err_kind kind);
/* How long what rests does, after that many failures before this one. */
int64_t pipeline_wait_s(unsigned failures);

/*
 * Run @stage on @item and, when that fails, settle the item. why->kind says
 * afterwards how it went, ERR_NONE: well.
 */
void pipeline_step(const struct stage *stage, struct item *item,
		   struct err *why);
/*
 * What @why, of a run that failed, does to the item. Nothing when somebody
 * wrote the item since it was read. -1: ERR_SYSTEM, ERR_RETRY of the store.
 */
int pipeline_settle(struct item *item, const struct err *why, struct err *err)
	MUST_CHECK;

/* How a worker says the kind of its error, and what its exit code says. */
int pipeline_exit_code(enum err_kind kind);
/* False: that is none of ours, and nobody has settled the item. */
bool pipeline_read_exit(enum err_kind *out, int exit_code);

#endif
