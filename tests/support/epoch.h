/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * epoch.h - a small public-inbox epoch, made with the real git
 *
 *	AUTO(epoch_release) struct epoch e = { 0 };
 *	epoch_init(&e, dir);			"dir/0.git", bare
 *	epoch_add(&e, "m", bytes, len);		a commit each, on master
 *	epoch_rewind(&e, "master~1");		the next comes behind that one
 *	epoch_write(&e);			now they are there
 *	epoch_resolve(id, &e, "master~1");
 */
#ifndef TESTS_EPOCH_H
#define TESTS_EPOCH_H

#include "tests/support/support.h"

#define EPOCH_HEX_LEN 40
#define EPOCH_TIME 1700000000 /* of the first commit; each next an hour less */

struct epoch {
	char *path;
	struct buf stream; /* for git fast-import */
	bool has_master;
	int n; /* commits made, which dates them: the newer the older */
};

void epoch_init(struct epoch *e, const char *dir);
/* A commit whose tree is the one file @name; NULL: it has none. */
void epoch_add(struct epoch *e, const char *name, const char *bytes,
	       size_t len);
/* The next commit has this parent; NULL: none at all. */
void epoch_rewind(struct epoch *e, const char *parent);
void epoch_write(struct epoch *e);
/* What @rev names, as git rev-parse has it; it has to be there. */
void epoch_resolve(char hex[EPOCH_HEX_LEN + 1], const struct epoch *e,
		   const char *rev);
void epoch_release(struct epoch *e);
DEFINE_AUTO_VALUE(struct epoch, epoch_release)

#endif
