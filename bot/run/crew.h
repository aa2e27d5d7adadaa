/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crew.h - our own workers as children of an event loop
 *
 * A worker is a program of ours in a session of its own, with our environment,
 * no stdin, no descriptor but one that it is given, and one pipe for stdout and
 * stderr that comes back by the line. A watchdog on the clock ends it. It is
 * trusted; what is not runs in a child of its own (run/sandbox.h). How a worker
 * ends is an answer. Caller: bot/daemon.c
 */
#ifndef RUN_CREW_H
#define RUN_CREW_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/err.h"

#define CREW_MAX_LINE 4096 /* bytes; the rest of a longer line is lost */
#define CREW_MAX_OUTPUT (16 << 20) /* bytes; one more and it is killed */
#define CREW_GRACE_MS 2000	   /* from SIGTERM to SIGKILL */
#define CREW_MAX_FD 15
#define CREW_LINGER_MS 500 /* a stray holder of the pipe is waited for */

struct uv_loop_s;
struct crew;

struct crew_end {
	int exit_code;	 /* -1 when a signal ended it */
	int signal;	 /* 0 when it exited */
	bool timed_out;	 /* the watchdog ended it */
	bool flooded;	 /* it was ended at the ceiling of its output */
	bool is_stopped; /* crew_stop was called before it ended */
};

struct crew_spec {
	const char *const *argv; /* argv[0] is a path, never searched */
	unsigned timeout_s;	 /* never 0 */
	int extra_fd; /* it keeps its number, 3 to CREW_MAX_FD; 0: none */
	void (*on_line)(void *arg, const char *line, size_t len);
	/* The last call; struct crew is gone after it. */
	void (*on_end)(void *arg, const struct crew_end *end);
	void *arg;
};

/*
 * Start it. 0: *out is a borrow that is good until on_end was called. -1:
 * ERR_CONFIG when it cannot be executed, ERR_SYSTEM; nothing is called then.
 */
int crew_start(struct crew **out, struct uv_loop_s *loop,
	       const struct crew_spec *spec, struct err *err) MUST_CHECK;
/* SIGTERM to all of its session's first group, SIGKILL when that is no use. */
void crew_stop(struct crew *c);

#endif
