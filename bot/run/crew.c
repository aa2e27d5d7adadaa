/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A worker has ended when its process was reaped and its pipe is at the end;
 * whoever still holds the pipe then is waited for a moment only. It is freed
 * when libuv has let go of its three handles.
 */
#include "bot/run/crew.h"

#include <assert.h>
#include <signal.h>
#include <string.h>
#include <uv.h>

#include "bot/base/mem.h"

#define N_HANDLES 3

struct crew {
	struct crew_spec spec;
	struct crew_end end;
	uv_process_t process;
	uv_pipe_t pipe;
	uv_timer_t timer; /* watchdog, then grace, then linger */
	bool has_exited;
	bool is_drained;
	unsigned n_closed;
	uint64_t seen; /* bytes of output */
	size_t len;    /* of the line so far, also beyond its ceiling */
	char line[CREW_MAX_LINE];
	char block[16 << 10];
};

static void fail(struct err *err, enum err_kind kind, const char *what, int uv)
{
	err_set(err, kind, "%s: %s", what, uv_strerror(uv));
}

/* ---- its end ---- */

static void count_closed(uv_handle_t *handle)
{
	struct crew *c = handle->data;
	struct crew_spec spec = c->spec;
	struct crew_end end = c->end;

	if (++c->n_closed < N_HANDLES)
		return;
	free(c);
	spec.on_end(spec.arg, &end);
}

static void flush_line(struct crew *c)
{
	size_t len = c->len < CREW_MAX_LINE ? c->len : CREW_MAX_LINE;

	if (len)
		c->spec.on_line(c->spec.arg, c->line, len);
	c->len = 0;
}

static void close_all(struct crew *c)
{
	uv_handle_t *handles[N_HANDLES] = { (uv_handle_t *)&c->process,
					    (uv_handle_t *)&c->pipe,
					    (uv_handle_t *)&c->timer };

	flush_line(c);
	for (size_t i = 0; i < N_HANDLES; i++)
		if (!uv_is_closing(handles[i]))
			uv_close(handles[i], count_closed);
}

/* It is not reaped yet: the group is its own. */
static void kill_group(struct crew *c, int signal)
{
	if (!c->has_exited)
		uv_kill(-c->process.pid, signal);
}

static void on_grace_over(uv_timer_t *timer)
{
	kill_group(timer->data, SIGKILL);
}

static void end_it(struct crew *c)
{
	kill_group(c, SIGTERM);
	uv_timer_start(&c->timer, on_grace_over, CREW_GRACE_MS, 0);
}

static void on_time_over(uv_timer_t *timer)
{
	struct crew *c = timer->data;

	c->end.timed_out = true;
	end_it(c);
}

static void on_linger_over(uv_timer_t *timer)
{
	close_all(timer->data);
}

static void on_exit_of(uv_process_t *process, int64_t code, int signal)
{
	struct crew *c = process->data;

	c->has_exited = true;
	c->end.signal = signal;
	c->end.exit_code = signal ? -1 : (int)code;
	if (c->is_drained)
		close_all(c);
	else
		uv_timer_start(&c->timer, on_linger_over, CREW_LINGER_MS, 0);
}

/* ---- what it prints ---- */

static void take_byte(struct crew *c, char byte)
{
	if (byte == '\n') {
		flush_line(c);
		return;
	}
	if (c->len < CREW_MAX_LINE)
		c->line[c->len] = byte;
	c->len++;
}

static void lend_block(uv_handle_t *handle, size_t wanted, uv_buf_t *out)
{
	struct crew *c = handle->data;

	(void)wanted;
	*out = uv_buf_init(c->block, sizeof(c->block));
}

static void on_output(uv_stream_t *stream, ssize_t n, const uv_buf_t *block)
{
	struct crew *c = stream->data;

	for (ssize_t i = 0; i < n; i++)
		take_byte(c, block->base[i]);
	if (n > 0)
		c->seen += (uint64_t)n;
	if (n < 0) {
		c->is_drained = true;
		uv_read_stop(stream);
		if (c->has_exited)
			close_all(c);
	} else if (c->seen > CREW_MAX_OUTPUT && !c->end.flooded) {
		c->end.flooded = true;
		uv_read_stop(stream);
		c->is_drained = true;
		kill_group(c, SIGKILL);
	}
}

/* ---- its start ---- */

/* As a child of @loop with the pipe's other end; the handles are set up. */
static int spawn(struct crew *c, uv_loop_t *loop, struct err *err)
{
	uv_stdio_container_t io[CREW_MAX_FD + 1] = { { .flags = UV_IGNORE } };
	const int extra = c->spec.extra_fd;
	uv_process_options_t options = {
		.exit_cb = on_exit_of,
		.file = c->spec.argv[0],
		.args = (char **)(uintptr_t)c->spec.argv,
		.flags = UV_PROCESS_DETACHED,
		.stdio = io,
		.stdio_count = extra ? extra + 1 : 3,
	};
	uv_file ends[2];
	int rc = uv_pipe(ends, UV_NONBLOCK_PIPE, 0);

	if (rc < 0) {
		fail(err, ERR_SYSTEM, "cannot make a pipe", rc);
		return -1;
	}
	io[1] = io[2] = (uv_stdio_container_t){ .flags = UV_INHERIT_FD,
						.data.fd = ends[1] };
	if (extra)
		io[extra] = (uv_stdio_container_t){ .flags = UV_INHERIT_FD,
						    .data.fd = extra };
	rc = uv_pipe_open(&c->pipe, ends[0]);
	assert(rc == 0); /* it is a pipe, and open */
	rc = uv_spawn(loop, &c->process, &options);
	close(ends[1]);
	if (rc < 0) {
		fail(err, ERR_CONFIG, "cannot start a worker", rc);
		return -1;
	}
	return 0;
}

static void free_when_closed(uv_handle_t *handle)
{
	struct crew *c = handle->data;

	if (++c->n_closed == N_HANDLES)
		free(c);
}

/* uv_spawn that fails has made the handle all the same. */
static void give_up(struct crew *c, uv_loop_t *loop)
{
	if (c->process.type != UV_PROCESS) {
		c->n_closed++;
		(void)loop;
	} else {
		uv_close((uv_handle_t *)&c->process, free_when_closed);
	}
	uv_close((uv_handle_t *)&c->pipe, free_when_closed);
	uv_close((uv_handle_t *)&c->timer, free_when_closed);
}

int crew_start(struct crew **out, struct uv_loop_s *loop,
	       const struct crew_spec *spec, struct err *err)
{
	struct crew *c = xcalloc(1, sizeof(*c));

	assert(spec->timeout_s && spec->on_line && spec->on_end);
	c->spec = *spec;
	c->process.data = c->pipe.data = c->timer.data = c;
	uv_timer_init(loop, &c->timer);
	uv_pipe_init(loop, &c->pipe, 0);
	if (spawn(c, loop, err) < 0) {
		give_up(c, loop);
		return -1;
	}
	c->spec.argv = NULL; /* it was a borrow */
	uv_read_start((uv_stream_t *)&c->pipe, lend_block, on_output);
	uv_timer_start(&c->timer, on_time_over, spec->timeout_s * 1000ull, 0);
	*out = c;
	return 0;
}

void crew_stop(struct crew *c)
{
	if (c->end.is_stopped || c->has_exited)
		return;
	c->end.is_stopped = true;
	end_it(c);
}
