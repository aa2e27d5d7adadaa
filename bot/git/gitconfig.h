/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gitconfig.h - a file in git-config syntax as a list of entries
 *
 * libgit2's parser reads it; this is the one place that calls it. The file is
 * the operator's own, but what it says must be all there is: an include
 * section is refused before libgit2 could follow it, and nothing else (home,
 * /etc, environment) is read. Caller: bot/config.c
 */
#ifndef GIT_GITCONFIG_H
#define GIT_GITCONFIG_H

#include <stddef.h>

#include "bot/base/err.h"

#define GITCONFIG_MAX_SIZE (256u << 10) /* bytes; ours has 4 KiB */
#define GITCONFIG_MAX_ENTRIES 4096	/* 64 trees with 3 keys are 192 */

struct gitconfig_entry {
	char *section;	  /* lower case: "tree" */
	char *subsection; /* as written: "debian-6.12"; NULL without one */
	char *key;	  /* lower case: "path" */
	char *value;	  /* NULL for a key without '=' */
};

struct gitconfig {
	char *name; /* for messages */
	char *text;
	size_t len;
	struct gitconfig_entry *v; /* in the order of the file */
	size_t n;
};

/* -1: ERR_CONFIG "<path>:<line>: ..."; ERR_SYSTEM when it cannot be read. */
int gitconfig_read(struct gitconfig **out, const char *path, struct err *err)
	MUST_CHECK;
/* As gitconfig_read, from memory; @name stands for the path in messages. */
int gitconfig_parse(struct gitconfig **out, const char *name, const char *text,
		    size_t len, struct err *err) MUST_CHECK;
void gitconfig_free(struct gitconfig *c); /* NULL is fine */
DEFINE_AUTO(struct gitconfig *, gitconfig_free)

/* The line, from 1, on which entry @i stands. */
unsigned gitconfig_line(const struct gitconfig *c, size_t i);

#endif
