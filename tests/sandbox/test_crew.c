/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/run/crew.h"

#include <signal.h>
#include <uv.h>

#include "bot/base/span.h"
#include "tests/support/support.h"

#define SAID_MAX (1 << 20)

/* What a worker said, a '|' behind each line, and how it ended. */
struct seen {
	struct buf said;
	struct crew_end end;
	unsigned ends;
	bool stop_at_line; /* the first */
	struct crew *worker;
};

static void note_line(void *arg, const char *line, size_t len)
{
	struct seen *s = arg;

	buf_add(&s->said, line, len);
	buf_addc(&s->said, '|');
	if (s->stop_at_line)
		crew_stop(s->worker);
}

static void note_end(void *arg, const struct crew_end *end)
{
	struct seen *s = arg;

	s->end = *end;
	s->ends++;
}

/* Run @script with sh; after it, one end was told and no handle is left. */
static void run(struct seen *s, const char *script, unsigned timeout_s)
{
	struct crew_spec spec = {
		.argv = (const char *const[]){ "/bin/sh", "-c", script, NULL },
		.timeout_s = timeout_s,
		.on_line = note_line,
		.on_end = note_end,
		.arg = s,
	};
	struct err err = ERR_INIT;
	uv_loop_t loop;

	buf_init(&s->said, SAID_MAX);
	ck_assert_int_eq(uv_loop_init(&loop), 0);
	ck_ok(crew_start(&s->worker, &loop, &spec, &err), &err);
	uv_run(&loop, UV_RUN_DEFAULT);
	ck_assert_uint_eq(s->ends, 1);
	ck_assert_int_eq(uv_loop_close(&loop), 0);
}

static const struct {
	const char *script;
	const char *said;
	int exit_code;
	int signal;
} ends[] = {
	{ "exit 0", "", 0, 0 },
	{ "exit 86", "", 86, 0 },
	{ "echo a; echo b >&2; printf c", "a|b|c|", 0, 0 },
	{ "echo; echo a; echo; exit 1", "a|", 1, 0 },
	{ "echo a; kill -9 $$", "a|", -1, SIGKILL },
	{ "kill -11 $$", "", -1, SIGSEGV },
	{ "cat; echo end", "end|", 0, 0 },
};

START_TEST(lines_and_end_are_told)
{
	struct seen s = { 0 };

	run(&s, ends[_i].script, SUPPORT_AMPLE_S);
	ck_assert_str_eq(buf_text(&s.said), ends[_i].said);
	ck_assert_int_eq(s.end.exit_code, ends[_i].exit_code);
	ck_assert_int_eq(s.end.signal, ends[_i].signal);
	ck_assert(!s.end.timed_out && !s.end.is_stopped && !s.end.flooded);
	buf_release(&s.said);
}
END_TEST

START_TEST(the_watchdog_ends_it)
{
	struct seen s = { 0 };

	run(&s, "echo here; sleep 1000", SUPPORT_SHORT_S);
	ck_assert_str_eq(buf_text(&s.said), "here|");
	ck_assert(s.end.timed_out);
	ck_assert_int_eq(s.end.signal, SIGTERM);
	buf_release(&s.said);
}
END_TEST

static const struct {
	const char *script;
	int signal;
} stopped[] = {
	{ "echo here; sleep 1000", SIGTERM },
	/* deaf to SIGTERM, it and its children */
	{ "trap '' TERM; echo here; sleep 1000; sleep 1000", SIGKILL },
	/* its child is the pipe's last holder */
	{ "sleep 1000 & echo here; wait", SIGTERM },
};

START_TEST(one_that_is_stopped_ends_with_its_group)
{
	struct seen s = { .stop_at_line = true };

	run(&s, stopped[_i].script, SUPPORT_AMPLE_S);
	ck_assert_str_eq(buf_text(&s.said), "here|");
	ck_assert(s.end.is_stopped && !s.end.timed_out);
	ck_assert_int_eq(s.end.signal, stopped[_i].signal);
	buf_release(&s.said);
}
END_TEST

static const struct {
	unsigned len, seen;
} widths[] = {
	{ CREW_MAX_LINE, CREW_MAX_LINE },
	{ CREW_MAX_LINE + 1, CREW_MAX_LINE },
};

START_TEST(a_line_is_cut_at_its_ceiling)
{
	AUTO(mem_free)
	char *script = xasprintf("printf '%%0%ud\\nend\\n' 7", widths[_i].len);
	struct seen s = { 0 };

	run(&s, script, SUPPORT_AMPLE_S);
	ck_assert_uint_eq(s.said.len, widths[_i].seen + strlen("|end|"));
	buf_release(&s.said);
}
END_TEST

START_TEST(one_that_floods_is_killed)
{
	struct seen s = { 0 };

	run(&s, "tr '\\0' ' ' </dev/zero", SUPPORT_AMPLE_S);
	ck_assert(s.end.flooded);
	ck_assert_int_eq(s.end.signal, SIGKILL);
	buf_release(&s.said);
}
END_TEST

START_TEST(a_stray_holder_of_the_pipe_is_not_waited_for)
{
	struct seen s = { 0 };
	pid_t stray;

	run(&s, "setsid sleep 1000 & echo $!", SUPPORT_AMPLE_S);
	ck_assert_int_eq(s.end.exit_code, 0);
	stray = (pid_t)strtol(buf_text(&s.said), NULL, 10);
	ck_assert_int_eq(kill(stray, SIGKILL), 0); /* it was still there */
	buf_release(&s.said);
}
END_TEST

START_TEST(a_program_that_is_not_there_is_told)
{
	struct seen s = { 0 };
	struct crew_spec spec = {
		.argv = (const char *const[]){ "/nonexistent/x", NULL },
		.timeout_s = 1,
		.on_line = note_line,
		.on_end = note_end,
		.arg = &s,
	};
	struct err err = ERR_INIT;
	uv_loop_t loop;

	ck_assert_int_eq(uv_loop_init(&loop), 0);
	ck_assert_int_eq(crew_start(&s.worker, &loop, &spec, &err), -1);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_str_eq(err.msg,
			 "cannot start a worker: no such file or directory");
	uv_run(&loop, UV_RUN_DEFAULT);
	ck_assert_int_eq(uv_loop_close(&loop), 0);
	ck_assert_uint_eq(s.ends, 0);
}
END_TEST

TEST_MAIN("crew", TABLE(lines_and_end_are_told, ends),
	  TEST(the_watchdog_ends_it),
	  TABLE(one_that_is_stopped_ends_with_its_group, stopped),
	  TABLE(a_line_is_cut_at_its_ceiling, widths),
	  TEST(one_that_floods_is_killed),
	  TEST(a_stray_holder_of_the_pipe_is_not_waited_for),
	  TEST(a_program_that_is_not_there_is_told))
