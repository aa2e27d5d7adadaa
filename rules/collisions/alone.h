/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alone.h - what a scenario on its own is to be judged by
 *
 * rules/reproducer.c writes it out, from the contracts and from a finding.
 */
#ifndef COLLISIONS_ALONE_H
#define COLLISIONS_ALONE_H

#include <stdbool.h>
#include <stddef.h>

#define ALONE_VALUES(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define ALONE_CLAUSES(...) \
	((const struct alone_clause[]){ __VA_ARGS__, { NULL, false, NULL } })

/* What one field must, or must not, be. */
struct alone_clause {
	const char *field;
	bool is_not;
	/* "asked": all that its actor asked for; "error"; "@field" */
	const char *const *values; /* NULL ends them */
};

/* What the filesystem promises here. */
struct alone_promise {
	const char *id;
	const char *says;
	const struct alone_clause *when; /* .field NULL ends; NULL: always */
	const struct alone_clause *expect;
};

/* What a field was on the two kernels of a finding. */
struct alone_seen {
	const char *field;
	const char *without; /* the fault */
	const char *with;
};

struct alone_case {
	const char *scenario, *filesystem;
	const struct alone_promise *promises; /* .id NULL ends them */
	const struct alone_seen *seen;	      /* .field NULL ends them */
};

extern const struct alone_case alone_case;

#endif
