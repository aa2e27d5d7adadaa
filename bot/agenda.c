/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/agenda.h"

#include <assert.h>
#include <sys/random.h>

#include "bot/base/mem.h"
#include "bot/base/span.h"
#include "bot/store/answers.h"
#include "bot/store/outbox.h"
#include "bot/store/threads.h"

/* A stage that rests. */
struct rest {
	unsigned failures; /* in a row */
	int64_t until;
};

/* What there was to do for a stage without items, when it was given out. */
struct mark {
	int64_t thread, changes;
	int64_t revision, turn;
	int64_t mail, tries;
	char answer[80]; /* the beginning of its id */
};

struct agenda {
	const struct config *config;
	struct store *store;
	bool once;
	bool is_troubled;
	struct agenda_task **tasks;
	size_t n;
	struct rest rests[PIPELINE_N];
	struct mark marks[PIPELINE_N];
	int64_t *list_due; /* by the lists of the configuration; -1: never */
};

/* A tenth more or less, so that not all that follow a server come at once. */
static int64_t next_asking(const struct agenda *a, int64_t now)
{
	int64_t interval = a->config->follow_interval;
	uint16_t dice = 0;

	if (getrandom(&dice, sizeof(dice), GRND_NONBLOCK) < 0)
		dice = 0;
	return now + interval - interval / 10 +
	       (int64_t)dice % (interval / 5 + 1);
}

static int64_t first_asking(const struct agenda *a,
			    const struct config_list *list,
			    const struct lists_row *row, int64_t now)
{
	int64_t due =
		row->checked ? row->checked + a->config->follow_interval : now;

	if (!list->enabled || (a->once && row->not_before > now))
		return -1;
	/* the clock was set back */
	if (a->once || due > now + a->config->follow_interval)
		due = now;
	return due > row->not_before ? due : row->not_before;
}

static int set_lists(struct agenda *a, int64_t now, struct err *err)
{
	const struct config *c = a->config;

	a->list_due = xcalloc(c->n_lists, sizeof(*a->list_due));
	for (size_t i = 0; i < c->n_lists; i++) {
		AUTO(lists_row_release) struct lists_row row = { 0 };
		bool found;

		if (lists_find(&found, &row, a->store, c->lists[i].name, err) <
		    0)
			return -1;
		a->list_due[i] = first_asking(a, &c->lists[i], &row, now);
		a->is_troubled |= c->lists[i].enabled && a->list_due[i] < 0;
	}
	return 0;
}

int agenda_new(struct agenda **out, const struct config *config,
	       struct store *store, bool once, int64_t now, struct err *err)
{
	AUTO(agenda_free) struct agenda *a = xcalloc(1, sizeof(*a));

	a->config = config;
	a->store = store;
	a->once = once;
	if (set_lists(a, now, err) < 0)
		return -1;
	*out = TAKE(a);
	return 0;
}

static void task_free(struct agenda_task *task)
{
	item_release(&task->item);
	free(task);
}

void agenda_free(struct agenda *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->n; i++)
		task_free(a->tasks[i]);
	free(a->tasks);
	free(a->list_due);
	free(a);
}

size_t agenda_count(const struct agenda *a)
{
	return a->n;
}

struct agenda_task *agenda_get(const struct agenda *a, size_t at)
{
	return a->tasks[at];
}

bool agenda_is_troubled(const struct agenda *a)
{
	return a->is_troubled;
}

/* ---- what is to be done ---- */

static struct agenda_task *add_task(struct agenda *a, const struct stage *stage)
{
	struct agenda_task *task = xcalloc(1, sizeof(*task));

	task->stage = stage;
	task->item.config = a->config;
	task->item.store = a->store;
	a->tasks =
		xreallocarray(a->tasks, a->n + 1, sizeof(struct agenda_task *));
	a->tasks[a->n++] = task;
	return task;
}

static size_t count_running(const struct agenda *a, const struct stage *stage)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++)
		n += a->tasks[i]->stage == stage;
	return n;
}

/* What stands between "://" and the next '/'; a disk is one host, too. */
static struct span host_of(const struct config_list *list)
{
	struct span s = span_cstr(list->url);
	struct span host;

	if (!span_eat(&s, "https://") && !span_eat(&s, "http://"))
		return span_of("", 0);
	host = s;
	(void)!span_until(&s, '/', &host);
	return host;
}

static bool is_same(struct span a, struct span b)
{
	return span_len(a) == span_len(b) && memcmp(a.p, b.p, span_len(a)) == 0;
}

static bool host_is_busy(const struct agenda *a, const struct config_list *list)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->tasks[i]->item.list &&
		    is_same(host_of(a->tasks[i]->item.list), host_of(list)))
			return true;
	return false;
}

static int take_list(struct agenda_task **out, struct agenda *a,
		     const struct stage *stage, int64_t now, struct err *err)
{
	const struct config *c = a->config;

	for (size_t i = 0; i < c->n_lists; i++) {
		bool found;

		if (a->list_due[i] < 0 || a->list_due[i] > now ||
		    host_is_busy(a, &c->lists[i]))
			continue;
		*out = add_task(a, stage);
		(*out)->item.list = &c->lists[i];
		return lists_find(&found, &(*out)->item.asked, a->store,
				  c->lists[i].name, err);
	}
	return 0;
}

/* A mail for the sender to deal with; without a server there is none. */
static int find_mail(struct mark *out, const struct agenda *a, int64_t now,
		     struct err *err)
{
	AUTO(outbox_row_release) struct outbox_row row = { 0 };
	bool found;

	if (!a->config->mail_server)
		return 0;
	if (outbox_next(&found, &row, a->store, now, err) < 0)
		return -1;
	if (found) {
		out->mail = row.id;
		out->tries = row.tries;
	}
	return 0;
}

/* A thread to assemble, a revision that has waited long enough: the first. */
static int find_thread(struct mark *out, const struct agenda *a, int64_t now,
		       struct err *err)
{
	AUTO(threads_list_release) struct threads_list threads = { 0 };
	AUTO(revisions_list_release) struct revisions_list waiting = { 0 };

	if (threads_dirty(&threads, a->store, 1, err) < 0 ||
	    revisions_due(&waiting, a->store, REVISIONS_WAITING, now, 1, err) <
		    0)
		return -1;
	if (threads.n) {
		out->thread = threads.v[0].id;
		out->changes = threads.v[0].changes;
	}
	if (waiting.n) {
		out->revision = waiting.v[0].id;
		out->turn = waiting.v[0].turn;
	}
	return 0;
}

static int find_answer(struct mark *out, const struct agenda *a, int64_t now,
		       struct err *err)
{
	AUTO(answers_row_release) struct answers_row row = { 0 };
	bool found;

	if (answers_next(&found, &row, a->store, now, err) < 0)
		return -1;
	if (found) {
		snprintf(out->answer, sizeof(out->answer), "%s",
			 row.message_id);
		out->tries = row.tries;
	}
	return 0;
}

static int find_mark(struct mark *out, const struct agenda *a,
		     const struct stage *stage, int64_t now, struct err *err)
{
	memset(out, 0, sizeof(*out)); /* it is compared by its bytes */
	switch (stage->scope) {
	case STAGE_OF_OUTBOX:
		return find_mail(out, a, now, err);
	case STAGE_OF_ANSWERS:
		return find_answer(out, a, now, err);
	case STAGE_OF_ALL:
		return find_thread(out, a, now, err);
	case STAGE_OF_LIST:
	case STAGE_OF_REVISION:
		return 0;
	}
	return 0;
}

static bool is_mark(const struct mark *m)
{
	return m->thread || m->revision || m->mail || *m->answer;
}

static int take_all(struct agenda_task **out, struct agenda *a,
		    const struct stage *stage, int64_t now, struct err *err)
{
	struct mark *mark = &a->marks[stage - pipeline];

	if (find_mark(mark, a, stage, now, err) < 0)
		return -1;
	if (is_mark(mark))
		*out = add_task(a, stage);
	return 0;
}

static bool is_given(const struct agenda *a, int64_t revision)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->tasks[i]->item.revision.id == revision)
			return true;
	return false;
}

static int take_revision(struct agenda_task **out, struct agenda *a,
			 const struct stage *stage, int64_t now,
			 struct err *err)
{
	AUTO(revisions_list_release) struct revisions_list due = { 0 };

	/* of more than there are tasks, one is free */
	if (revisions_due(&due, a->store, stage->takes, now, a->n + 1, err) < 0)
		return -1;
	for (size_t i = 0; i < due.n; i++) {
		if (is_given(a, due.v[i].id))
			continue;
		*out = add_task(a, stage);
		(*out)->item.revision = due.v[i];
		due.v[i] = (struct revisions_row){ 0 };
		return 0;
	}
	return 0;
}

static int take_of(struct agenda_task **out, struct agenda *a,
		   const struct stage *stage, int64_t now, struct err *err)
{
	switch (stage->scope) {
	case STAGE_OF_LIST:
		return take_list(out, a, stage, now, err);
	case STAGE_OF_ALL:
	case STAGE_OF_OUTBOX:
	case STAGE_OF_ANSWERS:
		return take_all(out, a, stage, now, err);
	case STAGE_OF_REVISION:
		return take_revision(out, a, stage, now, err);
	}
	return 0;
}

int agenda_take(struct agenda_task **out, struct agenda *a, int64_t now,
		struct err *err)
{
	*out = NULL;
	for (size_t i = 0; i < PIPELINE_N && !*out; i++) {
		const struct stage *stage = &pipeline[i];
		size_t limit =
			stage->at_once ? stage->at_once : a->config->run_jobs;

		if (a->rests[i].until <= now &&
		    count_running(a, stage) < limit &&
		    take_of(out, a, stage, now, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- what came of it ---- */

static int end_list(struct agenda *a, const struct agenda_task *task,
		    int64_t now, struct err *err)
{
	AUTO(lists_row_release) struct lists_row row = { 0 };
	size_t at = (size_t)(task->item.list - a->config->lists);
	bool found;

	if (lists_find(&found, &row, a->store, task->item.list->name, err) < 0)
		return -1;
	if (row.failures)
		a->is_troubled = true;
	a->list_due[at] = next_asking(a, now);
	if (a->list_due[at] < row.not_before)
		a->list_due[at] = row.not_before;
	if (a->once)
		a->list_due[at] = -1;
	return 0;
}

static bool has_items(const struct stage *stage)
{
	return stage->scope == STAGE_OF_LIST ||
	       stage->scope == STAGE_OF_REVISION;
}

/* Is what there was to do still there, as it was? */
static int is_untouched(bool *out, const struct agenda *a,
			const struct agenda_task *task, int64_t now,
			struct err *err)
{
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	struct mark mark = { 0 };
	bool found;

	if (!has_items(task->stage)) {
		if (find_mark(&mark, a, task->stage, now, err) < 0)
			return -1;
		*out = is_mark(&mark) &&
		       memcmp(&mark, &a->marks[task->stage - pipeline],
			      sizeof(mark)) == 0;
		return 0;
	}
	if (revisions_find(&found, &row, a->store, task->item.revision.id,
			   err) < 0)
		return -1;
	*out = found && row.turn == task->item.revision.turn;
	return 0;
}

static int end_stage(int64_t *rests_s, struct agenda *a,
		     const struct agenda_task *task, enum err_kind kind,
		     int64_t now, struct err *err)
{
	struct rest *rest = &a->rests[task->stage - pipeline];
	enum fate fate = pipeline_fate(kind);
	bool is_broken = fate == FATE_STOP;

	if (!has_items(task->stage) && fate != FATE_NONE)
		is_broken = true; /* there is no item to settle */
	if (fate == FATE_NONE &&
	    is_untouched(&is_broken, a, task, now, err) < 0)
		return -1;
	if (!is_broken) {
		*rest = (struct rest){ 0 };
		return 0;
	}
	*rests_s = pipeline_wait_s(rest->failures++);
	rest->until = now + *rests_s;
	a->is_troubled = true;
	return 0;
}

void agenda_drop(struct agenda *a, struct agenda_task *task)
{
	for (size_t i = 0; i < a->n; i++) {
		if (a->tasks[i] != task)
			continue;
		a->tasks[i] = a->tasks[--a->n];
		task_free(task);
		return;
	}
	assert(false && "it was given out");
}

int agenda_end(int64_t *rests_s_out, struct agenda *a, struct agenda_task *task,
	       enum err_kind kind, int64_t now, struct err *err)
{
	*rests_s_out = 0;
	if (task->item.list) {
		if (end_list(a, task, now, err) < 0)
			return -1;
	} else if (end_stage(rests_s_out, a, task, kind, now, err) < 0) {
		return -1;
	}
	agenda_drop(a, task);
	return 0;
}

/* States that no stage of revisions makes: somebody else did. */
static bool is_foreign(enum revisions_state state)
{
	switch (state) {
	case REVISIONS_WAITING:
	case REVISIONS_INCOMPLETE:
	case REVISIONS_READY:
	case REVISIONS_SUPERSEDED:
	case REVISIONS_ASIDE:
		return true;
	case REVISIONS_PLACED:
	case REVISIONS_JUDGED:
	case REVISIONS_DONE:
	case REVISIONS_PARKED:
		return false;
	}
	return false;
}

int agenda_is_overtaken(bool *out, const struct agenda *a,
			const struct agenda_task *task, struct err *err)
{
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	bool found;

	*out = false;
	if (task->stage->scope != STAGE_OF_REVISION)
		return 0;
	if (revisions_find(&found, &row, a->store, task->item.revision.id,
			   err) < 0)
		return -1;
	*out = !found ||
	       (row.turn != task->item.revision.turn && is_foreign(row.state));
	return 0;
}

static void wake_by(int64_t *wake, int64_t then)
{
	if (then < *wake)
		*wake = then;
}

int agenda_wake(int64_t *out, const struct agenda *a, int64_t now,
		struct err *err)
{
	int64_t due;

	*out = now + AGENDA_MAX_WAIT_S;
	if (revisions_next_due(&due, a->store, now, err) < 0)
		return -1;
	if (due)
		wake_by(out, due);
	if (a->config->mail_server) {
		if (outbox_next_due(&due, a->store, now, err) < 0)
			return -1;
		if (due)
			wake_by(out, due);
	}
	if (answers_next_due(&due, a->store, now, err) < 0)
		return -1;
	if (due)
		wake_by(out, due);
	for (size_t i = 0; i < a->config->n_lists; i++)
		if (a->list_due[i] > now) /* else its host is busy */
			wake_by(out, a->list_due[i]);
	for (size_t i = 0; i < PIPELINE_N; i++)
		if (a->rests[i].until > now)
			wake_by(out, a->rests[i].until);
	return 0;
}
