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

#define ALONE_MAX_CLAUSES 16
#define ALONE_MAX_VALUES 16

/* What one field must, or must not, be. */
struct alone_clause {
	const char *field;
	bool is_not;
	/* "asked": all that its actor asked for; "error"; "@field" */
	const char *values[ALONE_MAX_VALUES + 1]; /* NULL ends them */
};

/* What the filesystem promises here. */
struct alone_promise {
	const char *id;
	const char *says;
	struct alone_clause when[ALONE_MAX_CLAUSES + 1]; /* .field NULL ends */
	struct alone_clause expect[ALONE_MAX_CLAUSES + 1];
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
