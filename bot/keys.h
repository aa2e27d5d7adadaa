/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keys.h - the table of configuration keys
 *
 * What a key is called, where its value lands in struct config, what it may
 * be, its default, its help. A key is added here and nowhere else: the table
 * reads the file, releases the struct, and prints config/collider.conf.
 * Caller: bot/config.c
 */
#ifndef BOT_KEYS_H
#define BOT_KEYS_H

#include <stdio.h>

#include "bot/config.h"
#include "bot/git/gitconfig.h"
#include "bot/value.h"

/*
 * Without a tree in the file there are these: the first one, and what else this
 * machine has the source of.
 */
#define KEYS_STANDARD_TREES 2
#define KEYS_STANDARD_SOURCE "/usr/src/linux-source-6.12.tar.xz"

struct keys_tree {
	const char *name;
	const char *source; /* a Debian package's tarball */
};

extern const struct keys_tree keys_trees[KEYS_STANDARD_TREES];

/* Shown, as an example, when there is none in the file. */
#define KEYS_EXAMPLE_LIST "linux-fsdevel"

#define KEYS_N 48 /* a set of keys is a uint64_t: at most 64 */

/* Whose a key is, which is a struct: the field is in it. */
enum key_owner {
	KEY_OF_CONFIG, /* struct config */
	KEY_OF_TREE,   /* [tree "<name>"], struct config_tree */
	KEY_OF_LIST,   /* [list "<name>"], struct config_list */
};

struct key {
	const char *section;
	const char *name;
	struct value_kind kind;
	enum key_owner owner;
	size_t field;	      /* its offset in the owner */
	const char *standard; /* NULL: config.c makes it, or there is none */
	const char *example;  /* printed when there is no value */
	const char *help;
};

extern const struct key keys_all[KEYS_N];

/* The key that an entry of the file sets, or NULL. */
const struct key *keys_find(const struct gitconfig_entry *e);
/* Bit of @k in a set of keys. */
uint64_t keys_bit(const struct key *k);
/* Where its value is in @of, the struct of its owner. */
void *keys_field(const struct key *k, void *of);
/* Defaults for the fields of @of, which is of kind @owner. */
void keys_set_standards(void *of, enum key_owner owner);
/* Likewise. */
void keys_release(void *of, enum key_owner owner);
/* See config_print; @c has every value. */
void keys_print(FILE *out, const struct config *c);

#endif
