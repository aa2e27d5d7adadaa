/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.h - a folder with a database, for one test of bot/store
 */
#ifndef TESTS_STORE_PLACE_H
#define TESTS_STORE_PLACE_H

#include "bot/base/fs.h"
#include "bot/base/mem.h"
#include "bot/store/lanes.h"
#include "tests/support/support.h"

struct place {
	char *dir;
	char *path;
	struct store *store; /* NULL until it is opened */
};

/* The folder only. */
static inline struct place place_empty(void)
{
	struct place p = { .dir = support_tmpdir() };

	p.path = xasprintf("%s/collider.db", p.dir);
	return p;
}

static inline struct place place_new(void)
{
	struct place p = place_empty();
	struct err err = ERR_INIT;

	ck_ok(store_open(&p.store, p.path, &err), &err);
	return p;
}

static inline void place_release(struct place *p)
{
	struct err err = ERR_INIT;

	store_free(p->store);
	ck_ok(fs_remove_tree(p->dir, &err), &err);
	free(p->dir);
	free(p->path);
}
DEFINE_AUTO_VALUE(struct place, place_release)

static inline void place_put_lane(const struct place *p, const char *key)
{
	AUTO(lanes_row_release)
	struct lanes_row row = { .key = xstrdup(key),
				 .path = xstrdup("/srv/lanes/x"),
				 .tree = xstrdup("debian-6.12"),
				 .commit = xstrdup("0123abcd"),
				 .arch = xstrdup("um"),
				 .config_hash = xstrdup("hash"),
				 .compiler = xstrdup("gcc 12"),
				 .bytes = 12345678901 };
	struct err err = ERR_INIT;

	ck_ok(lanes_put(p->store, &row, &err), &err);
}

#endif
