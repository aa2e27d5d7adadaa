/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base_outcomes.h - what the unpatched kernel of a lane did; never run twice
 *
 * A row is all runs of one scenario on one filesystem, as the JSON text of
 * rules/outcome.h, which the store does not look into. It goes with its lane.
 * See store.h for errors.
 */
#ifndef STORE_BASE_OUTCOMES_H
#define STORE_BASE_OUTCOMES_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/err.h"
#include "bot/store/store.h"

/* What an outcome depends on. All borrowed. */
struct base_outcomes_key {
	const char *lane;    /* key of a lane that lanes_put stored */
	const char *program; /* hash of the guest program and its initramfs */
	const char *filesystem;
	const char *scenario;
	unsigned repeat; /* runs in the row */
};

/* *json_out is the caller's, or NULL when it was never run. */
int base_outcomes_find(char **json_out, struct store *st,
		       const struct base_outcomes_key *key, struct err *err)
	MUST_CHECK;

struct base_outcomes_row {
	struct base_outcomes_key key;
	const char *json;
};

/*
 * Store @n rows in one transaction: all or none. A row that is there is
 * replaced. -1 also: ERR_INPUT when a lane is not in the store (it was dropped
 * meanwhile), ERR_LIMIT past STORE_MAX_VALUE.
 */
int base_outcomes_put(struct store *st, const struct base_outcomes_row *rows,
		      size_t n, struct err *err) MUST_CHECK;

#endif
