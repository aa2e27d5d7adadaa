/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lanes.h - which lanes there are, how large, and when one was last of use
 *
 * The lane itself is a folder (bot/git/lane.h); a row without its folder, or a
 * folder without its row, is for the caller to mend. See store.h for errors.
 */
#ifndef STORE_LANES_H
#define STORE_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "bot/store/store.h"

struct lanes_row {
	char *key;  /* names the lane by content: commit, arch, config, ... */
	char *path; /* its folder */
	char *tree; /* of the configuration */
	char *commit;
	char *arch;
	char *config_hash;
	char *compiler;
	int64_t created;   /* seconds since the epoch; set by the store */
	int64_t last_used; /* likewise */
	uint64_t bytes;	   /* on disk */
};

void lanes_row_release(struct lanes_row *row);
DEFINE_AUTO_VALUE(struct lanes_row, lanes_row_release)

struct lanes_list {
	struct lanes_row *v;
	size_t n;
};

void lanes_list_release(struct lanes_list *list);
DEFINE_AUTO_VALUE(struct lanes_list, lanes_list_release)

/*
 * Add @row, or update the lane of that key; it was created and used now. Base
 * outcomes of that key stay only when the lane was there before.
 */
int lanes_put(struct store *st, const struct lanes_row *row, struct err *err)
	MUST_CHECK;
/* *found is false when there is none; *out is zeroed then. */
int lanes_find(bool *found, struct lanes_row *out, struct store *st,
	       const char *key, struct err *err) MUST_CHECK;
/* It was of use now; no error when it is gone. */
int lanes_touch(struct store *st, const char *key, struct err *err) MUST_CHECK;
/* With its base outcomes; no error when it is gone. */
int lanes_remove(struct store *st, const char *key, struct err *err) MUST_CHECK;
/* All, least recently used first. */
int lanes_all(struct lanes_list *out, struct store *st, struct err *err)
	MUST_CHECK;

#endif
