/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relay.h - a way to a server on loopback that ends after so many bytes
 */
#ifndef TESTS_RELAY_H
#define TESTS_RELAY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bot/base/auto.h"

struct relay {
	pid_t pid;
	unsigned port; /* where it listens, one connection at a time */
	struct relay_state {
		uint64_t passed; /* bytes that came from the server, in all */
		bool is_over;	 /* there would have been more than @max */
	} * state;		 /* shared with the process that it is */
};

enum relay_end {
	RELAY_GONE,  /* connections are closed, and then refused */
	RELAY_SILENT /* they stay, and nothing comes any more */
};

/* What the server at port @to answers, up to @max bytes; then it ends. */
void relay_start(struct relay *r, unsigned to, uint64_t max,
		 enum relay_end end);
void relay_release(struct relay *r);
DEFINE_AUTO_VALUE(struct relay, relay_release)

#endif
