/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sandbox.h - run a program that a stranger may have written
 *
 * bwrap, inside a user and PID namespace of our own: no network unless its
 * profile says so, no home, no processes but its own, the devices and read-only
 * folders of its profile, the binds given here, a private /tmp of limited size,
 * no way to a further user namespace. Refused for root: call privilege_drop
 * first.
 *
 *	AUTO(profile_free) struct profile *p = NULL;
 *	struct sandbox_bind tree = { .from = lane, .to = "/linux" };
 *	struct sandbox box = { .binds = &tree, .n_binds = 1 };
 *
 *	profile_read(&p, "build", err);
 *	box.profile = p;
 *	sandbox_run(&result, &box, &(struct child_spec){ ... }, err);
 */
#ifndef RUN_SANDBOX_H
#define RUN_SANDBOX_H

#include "bot/base/argv.h"
#include "bot/run/child.h"
#include "bot/run/profile.h"

struct sandbox_bind {
	const char *from; /* file or folder outside */
	const char *to;	  /* where it is seen; its parents are made */
	bool writable;
};

struct sandbox {
	const struct profile *profile;
	const struct sandbox_bind *binds; /* later ones cover earlier ones */
	size_t n_binds;
	const char *device; /* NULL, or one of /dev besides its profile's */
	/*
	 * NULL, or where an executable file of the content of @program_fd is
	 * seen: a program from a folder that only our caller could enter.
	 */
	const char *program;
	int program_fd;
	/*
	 * NULL, or where the content of @input_fd is seen; not without program
	 */
	const char *input;
	int input_fd;
};

/*
 * child_run inside @box. Of @spec: argv and dir are seen from inside; env must
 * be NULL, extra_fds 0 and err_out empty; limits, timeout_s and max_output of 0
 * are those of the profile, others only lower them. A program killed by signal
 * n exits with 128 + n, as in a shell. -1: as child_run, and ERR_CONFIG when
 * bwrap is missing or could not set the sandbox up: its own words are in the
 * message.
 */
int sandbox_run(struct child_result *out, const struct sandbox *box,
		const struct child_spec *spec, struct err *err) MUST_CHECK;

#endif
