/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/events.h"

#include "bot/base/log.h"

static void begin(struct log_line *l, enum log_level level,
		  const struct agenda_task *task)
{
	log_begin(l, level, "stage=%s", task->stage->name);
	if (task->item.list)
		log_add(l, "list=%s", task->item.list->name);
	if (task->item.revision.id)
		log_add(l, "revision=%lld", (long long)task->item.revision.id);
}

static void add_text(struct log_line *l, const char *key, const char *text)
{
	if (text)
		log_text(l, key, text, strlen(text));
}

void events_started(const struct config *config)
{
	struct log_line l;
	size_t n = 0;

	for (size_t i = 0; i < config->n_lists; i++)
		n += config->lists[i].enabled;
	log_begin(&l, LOG_IS_INFO,
		  "collider " COLLIDER_VERSION
		  " runs lists=%zu trees=%zu jobs=%u",
		  n, config->n_trees, config->run_jobs);
	add_text(&l, "state", config->state);
	log_end(&l);
}

void events_ends(const char *why)
{
	struct log_line l;

	log_begin(&l, LOG_IS_INFO, "collider ends: %s", why);
	log_end(&l);
}

void events_begins(const struct agenda_task *task)
{
	const struct revisions_row *row = &task->item.revision;
	struct log_line l;

	if (!row->id)
		return;
	begin(&l, LOG_IS_INFO, task);
	log_add(&l, "begins");
	add_text(&l, "mail", row->key);
	add_text(&l, "title", row->title);
	log_end(&l);
}

void events_said(const struct agenda_task *task, const char *line)
{
	struct log_line l;

	begin(&l, LOG_IS_INFO, task);
	add_text(&l, "says", line);
	log_end(&l);
}

void events_failed(const struct agenda_task *task, const struct err *why)
{
	struct log_line l;

	begin(&l, LOG_IS_WARNING, task);
	log_add(&l, "failed kind=%s", err_kind_name(why->kind));
	add_text(&l, "why", why->msg);
	log_end(&l);
}

void events_rests(const struct stage *stage, int64_t rests_s)
{
	struct log_line l;

	log_begin(&l, LOG_IS_ERR, "stage=%s rests seconds=%lld", stage->name,
		  (long long)rests_s);
	log_end(&l);
}

void events_moved(const struct agenda_task *task,
		  const struct revisions_row *row)
{
	struct log_line l;

	begin(&l, LOG_IS_INFO, task);
	log_add(&l, "state=%s", revisions_state_name(row->state));
	add_text(&l, "verdict", row->verdict);
	add_text(&l, "reason", row->reason);
	log_end(&l);
}

void events_overtaken(const struct agenda_task *task)
{
	struct log_line l;

	begin(&l, LOG_IS_INFO, task);
	log_add(&l, "stopped: the revision is not what it was");
	log_end(&l);
}

void events_trouble(const char *what, const struct err *err)
{
	struct log_line l;

	log_begin(&l, LOG_IS_ERR, "%s:", what);
	add_text(&l, "why", err->msg);
	log_end(&l);
}
