/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child.h - a child process as a value: run it, watch it, know how it ended
 *
 * The child gets none of our environment, none of our descriptors, no terminal
 * and no standing signal; its stdout and stderr are one stream (but see
 * err_out), read under a ceiling. A watchdog on the wall clock ends it with all
 * that it started. When collider itself is killed, the child dies too. Callers:
 * run/sandbox.c for what is not trusted; doctor and review for what is.
 *
 * How a child ends is an answer, not an error: see struct child_result.
 */
#ifndef RUN_CHILD_H
#define RUN_CHILD_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/base/buf.h"
#include "bot/base/err.h"

/* Ceilings that the kernel keeps, each for one process; 0: as we have it. */
struct child_limits {
	unsigned memory_mib; /* address space */
	unsigned processes;  /* of this child, when it is contained */
	unsigned file_mib;   /* largest file that it may write */
	unsigned open_files;
};

#define CHILD_EXTRA_FDS 4
#define CHILD_MAX_STDERR 65536 /* what a pipe holds */

struct child_spec {
	const char *const *argv;	/* argv[0] is a path, never searched */
	const char *dir;		/* where it starts; NULL: "/" */
	const char *const *env;		/* NULL: PATH, HOME=/ and LC_ALL=C */
	int stdin_fd;			/* 0: /dev/null */
	int extra_fds[CHILD_EXTRA_FDS]; /* become 3, 4, ... of it; 0: none */
	/*
	 * As process 1 of its own PID namespace: when it has ended, whatever
	 * it started has ended too. Else only its process group is killed.
	 */
	bool contained;
	struct child_limits limits;

	unsigned timeout_s;  /* wall clock; never 0 */
	unsigned silence_s;  /* longest without output; 0: timeout_s alone */
	uint64_t max_output; /* bytes; one more and it is killed; never 0 */
	/* Where its output goes: any of these, or none. */
	int out_fd;	 /* 0: none */
	struct buf *out; /* initialised; its own ceiling is buf_check's */
	void (*on_output)(void *arg, const char *data, size_t len);
	void *arg;
	/*
	 * NULL: stderr is with stdout. Else apart from it and not waited for:
	 * once the child has ended, what was written first is added here.
	 * Past CHILD_MAX_STDERR a write of the child fails.
	 */
	struct buf *err_out;
};

struct child_result {
	int exit_code;	 /* -1 when a signal ended it */
	int signal;	 /* 0 when it exited */
	bool timed_out;	 /* the watchdog killed it, for either clock */
	bool was_silent; /* and that for silence_s */
	bool flooded;	 /* it was killed at the output ceiling */
	int64_t ms;
	uint64_t peak_rss_kib; /* of the largest process that was waited for */
};

/*
 * Run it to its end. 0: *out says how it ended, and all output that it made up
 * to the ceiling was delivered. -1: ERR_CONFIG when the program cannot be
 * executed or the kernel refuses the namespaces, ERR_SYSTEM when a pipe, fork
 * or the write to out_fd failed; nothing is left running.
 */
int child_run(struct child_result *out, const struct child_spec *spec,
	      struct err *err) MUST_CHECK;
/* It exited with 0, by itself. */
bool child_is_ok(const struct child_result *r);
/* "exited with 2", "killed by signal 9", "timed out after 30 s", ... */
void child_says(struct buf *out, const struct child_result *r);

#endif
