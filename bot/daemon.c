/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * daemon.c - the loop: what is due is started, what ended is told
 *
 * It parses nothing and decides nothing: bot/agenda.c says what is next, a
 * worker (bot/stage.c) does it and commits what came of it. So it may be killed
 * at any point. It ends its workers when it is told to end, and when it starts
 * anew because the configuration changed.
 */
#include <getopt.h>
#include <signal.h>
#include <time.h>
#include <uv.h>

#include "bot/agenda.h"
#include "bot/base/argv.h"
#include "bot/base/fs.h"
#include "bot/bases.h"
#include "bot/command.h"
#include "bot/events.h"
#include "bot/run/crew.h"
#include "bot/run/notify.h"
#include "bot/sender.h"
#include "bot/stages/folder.h"
#include "bot/store/outbox.h"
#include "bot/wording.h"

#define PAUSE_MS 10000 /* after the store could not be read */

static const char usage[] =
	"usage: collider run [--once] [--config FILE]\n"
	"\n"
	"Follow the lists of the configuration, review what comes in, draft "
	"replies.\n"
	"A line an event on stdout. SIGTERM ends it; SIGHUP checks the "
	"configuration\n"
	"and, when it is fine, starts anew with it.\n"
	"\n"
	"  --once         ask each list once, do all that can be done now, "
	"end\n"
	"  --config FILE  in place of config/collider.conf\n"
	"  --help         show this\n"
	"\n"
	"Exit code: 0 when it was told to end, or once is done; 2 when "
	"something\n"
	"failed that is no mail's fault; 64 usage or configuration.\n";

enum phase {
	PHASE_WORKING,
	PHASE_ENDING,	  /* no new work; when the last worker ended, exit */
	PHASE_RESTARTING, /* likewise, then exec */
};

struct daemon {
	uv_loop_t loop;
	uv_signal_t signals[3];
	uv_timer_t wake;
	uv_timer_t watchdog;
	const char *config_path; /* or NULL */
	char *program;
	struct config *config;
	struct store *store;
	int lock;
	int secret_fd; /* for who sends; 0: none */
	struct agenda *agenda;
	enum phase phase;
	bool once;
	bool has_failed;
};

/* A worker, and the last thing it said: perhaps why it fails. */
struct hand {
	struct daemon *d;
	struct agenda_task *task;
	struct crew *crew;
	char *said;
	bool is_stopped;
};

static void tick(struct daemon *d);
static void pause_a_while(struct daemon *d);

/* ---- workers ---- */

static void tell_said(struct hand *h)
{
	if (h->said)
		events_said(h->task, h->said);
	free(h->said);
	h->said = NULL;
}

static void take_line(void *arg, const char *line, size_t len)
{
	struct hand *h = arg;

	tell_said(h);
	h->said = xstrndup(line, len);
}

/* False: it did not get as far as telling the store what became of it. */
static bool read_end(struct err *why, const struct hand *h,
		     const struct crew_end *end)
{
	enum err_kind kind = ERR_NONE;

	if (end->is_stopped)
		return true;
	if (end->timed_out)
		err_set(why, ERR_RETRY, "it was not done after %u s",
			h->task->stage->timeout_s);
	else if (end->flooded)
		err_set(why, ERR_RETRY, "it printed more than it may");
	else if (end->signal)
		err_set(why, ERR_RETRY, "signal %d ended it", end->signal);
	else if (!pipeline_read_exit(&kind, end->exit_code))
		err_set(why, ERR_RETRY, "it exited with %d", end->exit_code);
	else if (kind != ERR_NONE)
		err_set(why, kind, "%s", h->said ? h->said : "it did not say");
	return why->kind == kind;
}

static int tell_state(const struct daemon *d, const struct agenda_task *task,
		      struct err *err)
{
	AUTO(revisions_row_release) struct revisions_row row = { 0 };
	bool found;

	if (revisions_find(&found, &row, d->store, task->item.revision.id,
			   err) < 0)
		return -1;
	if (found)
		events_moved(task, &row);
	return 0;
}

/* On -1 the task is still there. */
static int settle(struct hand *h, const struct crew_end *end, struct err *err)
{
	const struct stage *stage = h->task->stage;
	struct err why = ERR_INIT;
	bool is_told = read_end(&why, h, end);
	int64_t rests_s;

	if (why.kind == ERR_NONE || !is_told)
		tell_said(h);
	if (why.kind != ERR_NONE)
		events_failed(h->task, &why);
	if (!is_told && pipeline_settle(&h->task->item, &why, err) < 0)
		return -1;
	if (h->task->item.revision.id && tell_state(h->d, h->task, err) < 0)
		return -1;
	if (agenda_end(&rests_s, h->d->agenda, h->task, why.kind, time(NULL),
		       err) < 0)
		return -1;
	if (rests_s)
		events_rests(stage, rests_s);
	return 0;
}

/* For crash tests: of what one worker dies, all do. */
static void die_of_crash_point(const struct crew_end *end)
{
	if (end->exit_code == STORE_CRASH_EXIT && getenv("COLLIDER_CRASH_AT"))
		_exit(STORE_CRASH_EXIT);
}

static void take_end(void *arg, const struct crew_end *end)
{
	struct hand *h = arg;
	struct daemon *d = h->d;
	struct err err = ERR_INIT;
	bool is_working = d->phase == PHASE_WORKING;

	die_of_crash_point(end);
	if (is_working && settle(h, end, &err) < 0)
		events_trouble("the store", &err);
	if (!is_working || err.kind != ERR_NONE)
		agenda_drop(d->agenda, h->task);
	free(h->said);
	free(h);
	if (err.kind != ERR_NONE)
		pause_a_while(d);
	else
		tick(d);
}

static int start(struct daemon *d, struct agenda_task *task, struct err *err)
{
	AUTO(argv_release) struct argv argv = ARGV_INIT;
	struct hand *h = xcalloc(1, sizeof(*h));
	struct crew_spec spec = {
		.timeout_s = task->stage->timeout_s,
		.on_line = take_line,
		.on_end = take_end,
		.arg = h,
	};

	if (task->stage->scope == STAGE_OF_OUTBOX)
		spec.extra_fd = d->secret_fd;
	*h = (struct hand){ .d = d, .task = task };
	argv_push(&argv, d->program);
	argv_push(&argv, "stage");
	argv_push(&argv, task->stage->name);
	if (task->item.list)
		argv_push(&argv, task->item.list->name);
	else
		argv_pushf(&argv, "%lld", (long long)task->item.revision.id);
	argv_pushf(&argv, "%d", (int)getpid());
	if (d->config_path)
		argv_push(&argv, d->config_path);
	spec.argv = (const char *const *)argv.v;
	if (crew_start(&h->crew, &d->loop, &spec, err) < 0) {
		free(h);
		return -1;
	}
	task->worker = h;
	events_begins(task);
	return 0;
}

/* ---- the loop ---- */

static void close_handle(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static void on_wake(uv_timer_t *timer)
{
	tick(timer->data);
}

static void pause_a_while(struct daemon *d)
{
	uv_timer_start(&d->wake, on_wake, PAUSE_MS, 0);
}

static void stop_workers(struct daemon *d)
{
	for (size_t i = 0; i < agenda_count(d->agenda); i++) {
		struct hand *h = agenda_get(d->agenda, i)->worker;

		crew_stop(h->crew);
	}
}

static int stop_overtaken(struct daemon *d, struct err *err)
{
	for (size_t i = 0; i < agenda_count(d->agenda); i++) {
		struct agenda_task *task = agenda_get(d->agenda, i);
		struct hand *h = task->worker;
		bool is_overtaken;

		if (h->is_stopped)
			continue;
		if (agenda_is_overtaken(&is_overtaken, d->agenda, task, err) <
		    0)
			return -1;
		if (!is_overtaken)
			continue;
		events_overtaken(task);
		h->is_stopped = true;
		crew_stop(h->crew);
	}
	return 0;
}

static int start_due(struct daemon *d, int64_t now, struct err *err)
{
	struct agenda_task *task;

	for (;;) {
		if (agenda_take(&task, d->agenda, now, err) < 0)
			return -1;
		if (!task)
			return 0;
		if (start(d, task, err) < 0) {
			agenda_drop(d->agenda, task);
			return -1;
		}
	}
}

static int work(struct daemon *d, struct err *err)
{
	int64_t now = time(NULL);
	int64_t wake;

	if (stop_overtaken(d, err) < 0 || start_due(d, now, err) < 0 ||
	    agenda_wake(&wake, d->agenda, now, err) < 0)
		return -1;
	uv_timer_start(&d->wake, on_wake, (uint64_t)(wake - now) * 1000, 0);
	return 0;
}

static void tick(struct daemon *d)
{
	struct err err = ERR_INIT;

	if (d->phase == PHASE_WORKING && work(d, &err) < 0) {
		events_trouble("cannot go on", &err);
		d->has_failed = true;
		pause_a_while(d);
		if (d->once)
			d->phase = PHASE_ENDING;
	}
	if (d->phase == PHASE_WORKING && d->once &&
	    agenda_count(d->agenda) == 0)
		d->phase = PHASE_ENDING;
	if (d->phase != PHASE_WORKING && agenda_count(d->agenda) == 0)
		uv_walk(&d->loop, close_handle, NULL);
}

static void end(struct daemon *d, enum phase how, const char *why)
{
	if (d->phase == PHASE_ENDING)
		return;
	events_ends(why);
	d->phase = how;
	if (how == PHASE_ENDING)
		notify_send("STOPPING=1");
	else
		notify_reloading();
	stop_workers(d);
	tick(d);
}

static void on_end_signal(uv_signal_t *handle, int number)
{
	end(handle->data, PHASE_ENDING,
	    number == SIGTERM ? "SIGTERM" : "SIGINT");
}

/* Configuration is read once, before any worker: a new one is a new process. */
static void on_hangup(uv_signal_t *handle, int number)
{
	struct daemon *d = handle->data;
	AUTO(config_free) struct config *config = NULL;
	struct err err = ERR_INIT;

	(void)number;
	if (d->phase != PHASE_WORKING)
		return;
	if (config_load(&config, d->config_path, &err) < 0 ||
	    wording_check(config, &err) < 0) {
		events_trouble("the configuration stays as it was", &err);
		return;
	}
	end(d, PHASE_RESTARTING, "SIGHUP, and starts anew");
}

static void on_watchdog(uv_timer_t *timer)
{
	(void)timer;
	notify_send("WATCHDOG=1");
}

static void set_up_loop(struct daemon *d)
{
	static const struct {
		int number;
		uv_signal_cb take;
	} signals[] = {
		{ SIGTERM, on_end_signal },
		{ SIGINT, on_end_signal },
		{ SIGHUP, on_hangup },
	};
	uint64_t watchdog_ms = notify_watchdog_ms();

	uv_loop_init(&d->loop);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		uv_signal_init(&d->loop, &d->signals[i]);
		d->signals[i].data = d;
		uv_signal_start(&d->signals[i], signals[i].take,
				signals[i].number);
	}
	uv_timer_init(&d->loop, &d->wake);
	d->wake.data = d;
	uv_timer_start(&d->wake, on_wake, 0, 0);
	uv_timer_init(&d->loop, &d->watchdog);
	if (watchdog_ms)
		uv_timer_start(&d->watchdog, on_watchdog, 0, watchdog_ms / 2);
}

/* ---- its life ---- */

static void daemon_release(struct daemon *d)
{
	agenda_free(d->agenda);
	store_free(d->store);
	fd_close(d->lock);
	config_free(d->config);
	free(d->program);
}
DEFINE_AUTO_VALUE(struct daemon, daemon_release)

/*
 * What waits was told when to leave by a configuration that may be an old one.
 */
static int look_again(struct store *st, struct err *err)
{
	AUTO(store_end) struct store_txn txn = { 0 };
	size_t n;

	if (store_begin(&txn, st, err) < 0 ||
	    outbox_look_again(&n, &txn, err) < 0)
		return -1;
	return n ? store_commit(&txn, err) : 0;
}

static int set_up(struct daemon *d, struct err *err)
{
	AUTO(mem_free) char *lock = NULL;

	if (config_load(&d->config, d->config_path, err) < 0 ||
	    wording_check(d->config, err) < 0 ||
	    sender_secret_fd(&d->secret_fd, err) < 0 ||
	    bases_open_store(&d->store, d->config, err) < 0)
		return -1;
	if (d->secret_fd) /* nobody else's */
		fcntl(d->secret_fd, F_SETFD, FD_CLOEXEC);
	lock = config_state_path(d->config, "daemon");
	if (fs_try_lock(&d->lock, lock, err) < 0)
		return -1;
	if (d->lock < 0)
		return err_set(err, ERR_CONFIG,
			       "another `collider run` works in '%s'",
			       d->config->state);
	if (folder_sweep(d->store, err) < 0 || look_again(d->store, err) < 0)
		return -1;
	return agenda_new(&d->agenda, d->config, d->store, d->once, time(NULL),
			  err);
}

/* *anew_out: it is to start anew with the configuration as it is now. */
static int run(bool *anew_out, const char *config_path, bool once)
{
	AUTO(daemon_release)
	struct daemon d = { .config_path = config_path,
			    .once = once,
			    .lock = -1 };
	struct err err = ERR_INIT;

	d.program = fs_find_beside("collider");
	if (set_up(&d, &err) < 0)
		return command_failed("run", &err);
	set_up_loop(&d);
	events_started(d.config);
	notify_send("READY=1");
	uv_run(&d.loop, UV_RUN_DEFAULT);
	uv_loop_close(&d.loop);
	*anew_out = d.phase == PHASE_RESTARTING;
	return once && (d.has_failed || agenda_is_troubled(d.agenda))
		       ? EXIT_NO_VERDICT
		       : EXIT_BETTER_OR_SAME;
}

/* Until SIGHUP is taken again, it is not to end us. */
static int start_anew(const char *program, char **words)
{
	AUTO(argv_release) struct argv argv = ARGV_INIT;
	struct err err = ERR_INIT;
	int secret_fd;

	argv_push(&argv, program);
	argv_pushv(&argv, (const char *const *)words);
	if (sender_secret_fd(&secret_fd, &err) == 0 && secret_fd)
		fcntl(secret_fd, F_SETFD, 0);
	signal(SIGHUP, SIG_IGN);
	execv(argv.v[0], argv.v);
	err_sys(&err, ERR_SYSTEM, "cannot execute '%s'", argv.v[0]);
	return command_failed("run", &err);
}

int daemon_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "once", no_argument, NULL, 'o' },
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	AUTO(mem_free) char *program = fs_find_beside("collider");
	const char *config_path = NULL;
	bool once = false, anew = false;
	int c, rc;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return EXIT_BETTER_OR_SAME;
		}
		if (c == '?')
			return command_misused("run", "unknown option '%s'",
					       argv[optind - 1]);
		once = once || c == 'o';
		if (c == 'c')
			config_path = optarg;
	}
	if (optind < argc)
		return command_misused("run", "no argument is wanted");
	signal(SIGPIPE, SIG_IGN);
	rc = run(&anew, config_path, once);
	return anew ? start_anew(program, argv) : rc;
}
