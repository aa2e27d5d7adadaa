/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/pipeline.h"

#include <assert.h>
#include <time.h>

#include "bot/base/mem.h"
#include "bot/steps.h"
#include "bot/store/lists.h"

#define MINUTE 60
#define HOUR 3600

#define EXIT_FIRST 70 /* and the kind: 71 to 75 */

/* The whole program: who takes what, makes what, and may touch what. */
const struct stage pipeline[PIPELINE_N] = {
	{ "follow", STAGE_OF_LIST, .profile = "net", .timeout_s = 6 * HOUR,
	  .at_once = CONFIG_MAX_LISTS, .run = steps_follow },
	{ "answers", STAGE_OF_ANSWERS, .profile = "pure", .timeout_s = HOUR,
	  .at_once = 1, .run = steps_answers },
	{ "assemble", STAGE_OF_ALL, .profile = "pure", .timeout_s = HOUR,
	  .at_once = 1, .run = steps_assemble },
	{ "place", STAGE_OF_REVISION, REVISIONS_READY, REVISIONS_PLACED, "pure",
	  .timeout_s = 20 * MINUTE, .at_once = 1, .run = steps_place },
	{ "try", STAGE_OF_REVISION, REVISIONS_PLACED, REVISIONS_JUDGED, "build",
	  .timeout_s = 24 * HOUR, .run = steps_try },
	{ "compose", STAGE_OF_REVISION, REVISIONS_JUDGED, REVISIONS_DONE,
	  "pure", .timeout_s = 5 * MINUTE, .at_once = 1, .run = steps_compose },
	{ "send", STAGE_OF_OUTBOX, .profile = "net", .timeout_s = HOUR,
	  .at_once = 1, .run = steps_send },
};

const struct stage *pipeline_find(const char *name)
{
	for (size_t i = 0; i < PIPELINE_N; i++)
		if (strcmp(pipeline[i].name, name) == 0)
			return &pipeline[i];
	return NULL;
}

enum fate pipeline_fate(enum err_kind kind)
{
	static const enum fate fate_of[] = {
		[ERR_NONE] = FATE_NONE,	  [ERR_INPUT] = FATE_PARK,
		[ERR_LIMIT] = FATE_PARK,  [ERR_RETRY] = FATE_LATER,
		[ERR_CONFIG] = FATE_STOP, [ERR_SYSTEM] = FATE_STOP,
	};

	return fate_of[kind];
}

int64_t pipeline_wait_s(unsigned failures)
{
	return (int64_t)MINUTE << (failures < 6 ? failures : 6);
}

void item_release(struct item *item)
{
	lists_row_release(&item->asked);
	revisions_row_release(&item->revision);
	*item = (struct item){ 0 };
}

static int settle_revision(struct item *item, const struct err *why,
			   struct err *err)
{
	const struct revisions_result result = { .reason = why->msg };
	AUTO(store_end) struct store_txn txn = { 0 };
	bool moved;
	int rc;

	if (store_begin(&txn, item->store, err) < 0)
		return -1;
	if (pipeline_fate(why->kind) == FATE_PARK)
		rc = revisions_move(&moved, &txn, &item->revision,
				    REVISIONS_PARKED, &result, err);
	else
		rc = revisions_retry(&moved, &txn, &item->revision, time(NULL),
				     why->msg, err);
	if (rc < 0 || !moved)
		return rc;
	return store_commit(&txn, err);
}

/*
 * Whatever went wrong, a list is asked again, more and more seldom. A stage
 * that has said so itself knew better for how long.
 */
static int settle_list(struct item *item, const struct err *why,
		       struct err *err)
{
	AUTO(lists_row_release) struct lists_row now = { 0 };
	AUTO(store_end) struct store_txn txn = { 0 };
	struct lists_row next;
	bool found;

	if (store_begin(&txn, item->store, err) < 0 ||
	    lists_find(&found, &now, item->store, item->list->name, err) < 0)
		return -1;
	if (now.failures != item->asked.failures)
		return 0;
	next = now;
	next.name = item->list->name;
	next.failures++;
	next.not_before = time(NULL) + pipeline_wait_s(now.failures);
	next.error = (char *)(uintptr_t)why->msg;
	if (lists_put(&txn, &next, err) < 0)
		return -1;
	return store_commit(&txn, err);
}

int pipeline_settle(struct item *item, const struct err *why, struct err *err)
{
	if (item->list)
		return settle_list(item, why, err);
	switch (pipeline_fate(why->kind)) {
	case FATE_NONE:
	case FATE_STOP:
		return 0;
	case FATE_PARK:
	case FATE_LATER:
		break;
	}
	return item->revision.id ? settle_revision(item, why, err) : 0;
}

void pipeline_step(const struct stage *stage, struct item *item,
		   struct err *why)
{
	struct err err = ERR_INIT;

	if (stage->run(item, why) == 0)
		return;
	if (pipeline_settle(item, why, &err) < 0)
		*why = err;
}

int pipeline_exit_code(enum err_kind kind)
{
	return kind == ERR_NONE ? EXIT_SUCCESS : EXIT_FIRST + (int)kind;
}

bool pipeline_read_exit(enum err_kind *out, int exit_code)
{
	if (exit_code == EXIT_SUCCESS)
		*out = ERR_NONE;
	else if (exit_code >= EXIT_FIRST + ERR_INPUT &&
		 exit_code <= EXIT_FIRST + ERR_SYSTEM)
		*out = (enum err_kind)(exit_code - EXIT_FIRST);
	else
		return false;
	return true;
}
