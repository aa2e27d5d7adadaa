/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile.h - what a kind of sandbox may see and use; data, not code
 *
 * A profile is config/sandbox/<name>.conf: lines of `key = value`, '#' to the
 * end of the line. Keys, each once unless it says "often":
 *
 *	read = PATH	often; seen read-only; a symlink stays a symlink; what
 *			is not there is left out
 *	device = NAME	often; /dev/NAME; one of null zero full random urandom
 *	env = NAME=TEXT	often; the whole environment
 *	tmp_mib		the private /tmp
 *	memory_mib	address space of one process
 *	processes	at one time
 *	file_mib	largest file
 *	open_files	of one process
 *	output_mib	stdout and stderr together
 *	time_s		wall clock; a job may ask for less
 *	network = yes	the machine's own network; without this key, none. What
 *			tells it names (/etc/resolv.conf, ...) is to be read
 */
#ifndef RUN_PROFILE_H
#define RUN_PROFILE_H

#include <stdbool.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "bot/run/child.h"

#define PROFILE_MAX_SIZE 16384 /* bytes; they are written by hand */

struct profile {
	struct strings read;
	struct strings devices;
	struct strings env;
	unsigned tmp_mib;
	bool network;
	struct child_limits limits;
	unsigned output_mib;
	unsigned time_s;
};

/*
 * Read a profile by its name. 0: *out is the caller's. -1: ERR_CONFIG with
 * file and line, also when a limit is missing.
 */
int profile_read(struct profile **out, const char *name, struct err *err)
	MUST_CHECK;
/* The same from text; @name is for messages. */
int profile_parse(struct profile **out, const char *text, size_t len,
		  const char *name, struct err *err) MUST_CHECK;
void profile_free(struct profile *p);
DEFINE_AUTO(struct profile *, profile_free)

#endif
