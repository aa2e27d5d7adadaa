/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config.h - config/collider.conf as a struct, through one table of keys
 *
 * The table in config.c says what a key is called, where its value lands, its
 * range, its default and one line of help. It checks the file, it prints
 * `collider check --print`, and config/collider.conf is that print. A key that
 * is not in it, a single-valued key that is there twice, a value out of range
 * are errors that name file and line. Every value has a default: no file at
 * all is a fine configuration.
 *
 * Calling sequence:
 *	AUTO(config_free) struct config *config = NULL;
 *
 *	if (config_load(&config, path_of_option_or_null, &err) < 0)
 *		return command_failed("review", &err);
 */
#ifndef BOT_CONFIG_H
#define BOT_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"

#define CONFIG_MAX_TREES 64 /* each one is opened for every series */
#define CONFIG_MAX_LISTS 64 /* each one has a mirror and a timer */
#define CONFIG_MAX_NAME 64  /* bytes of a name, which is also a file's */

/* [tree "debian-6.12"] */
struct config_tree {
	char *name;
	char *path;   /* a git repository, absolute; never NULL */
	char *source; /* a tarball it is made from when missing; or NULL */
	char *branch; /* "HEAD", "vfs.all" */
	uint64_t set; /* bit i: key i of the table is set in the file */
};

/* [list "linux-fsdevel"] */
struct config_list {
	char *name;
	char *url;	      /* https, http, file, or an absolute path */
	struct strings trees; /* names; none: all, in their order */
	struct strings watch; /* files and folders; none: everything */
	bool enabled;
	/* Of mails about its series: rules/policy.h */
	char *address;	     /* or NULL */
	char *policy;	     /* "mute", "author", ... */
	struct strings tell; /* verdicts, with '-' for blanks */
	char *hold;	     /* "always", "never", or a number's digits */
	unsigned embargo;    /* seconds */
	unsigned daily_max;
	uint64_t set; /* as in struct config_tree */
};

struct config {
	char *file;    /* what was read; NULL: no file, all defaults */
	size_t n_keys; /* set in it */
	uint64_t set;  /* as in struct config_tree, of all other keys */
	char *data;    /* where config/, rules/contracts/ are */
	char *replay;  /* of config_use_replay; NULL: what is live */

	char *state; /* collider.state, absolute */
	char *user;  /* collider.user */
	uid_t uid;   /* whom lab work runs as: the user when we are root, */
	gid_t gid;   /* else ourselves */

	struct config_tree *trees; /* at least one; in the file's order */
	size_t n_trees;

	struct config_list *lists; /* in the file's order; often none */
	size_t n_lists;
	unsigned follow_interval; /* seconds */
	char *follow_first;	  /* "newest", "all", or a number's digits */
	char *agent;		  /* "collider/0.1 (+you@example.org)" */

	unsigned series_wait;	 /* seconds */
	unsigned series_max_age; /* seconds; 0: none is too old */
	char *series_select;	 /* a notmuch query, or NULL */

	unsigned run_jobs; /* reviews side by side */

	uint64_t lane_max_size; /* bytes */
	unsigned lane_jobs;
	unsigned build_timeout; /* seconds */
	uint64_t build_memory;	/* bytes */
	unsigned guest_timeout; /* seconds, of wall clock; of QEMU the next */
	unsigned guest_qemu_timeout;
	uint64_t guest_memory; /* bytes */

	char *lore;  /* asked for a thread: the page of a public-inbox */
	char *guest; /* "uml", "qemu", "both" */
	struct strings filesystems;
	struct strings scenarios; /* "all" is an empty list */
	unsigned repeat;
	unsigned each_patch;

	char *mail_from;	/* "collider <collider@host>" */
	char *mail_domain;	/* the right side of our Message-IDs */
	char *mail_server;	/* "smtp://host:25"; NULL: nothing is sent */
	char *mail_user;	/* or NULL */
	char *mail_authorities; /* file; NULL: the system's */
	bool mail_encrypt;	/* a server on this machine, too */
	char *mail_moderator;	/* or NULL */
	char *mail_replies;	/* a folder, or NULL */
	char *mail_never;	/* addresses and @domains, or NULL */
	char *mail_robots;	/* likewise: whose orders are none */
	char *mail_dkim_keys;	/* a file in place of the DNS, or NULL */
	unsigned mail_daily_max;
	unsigned mail_breaker; /* percent */
};

/*
 * Read @path; when it is NULL, $COLLIDER_CONFIG, else config/collider.conf of
 * the data folder, which may be missing. $COLLIDER_STATE overrides the state
 * folder, $COLLIDER_DATA the data folder. Creates nothing. -1: ERR_CONFIG.
 */
int config_load(struct config **out, const char *path, struct err *err)
	MUST_CHECK;
void config_free(struct config *c); /* NULL is fine */
DEFINE_AUTO(struct config *, config_free)

/* By name, or NULL. Borrowed. */
const struct config_tree *config_find_tree(const struct config *c,
					   const char *name);
/* Likewise. */
const struct config_list *config_find_list(const struct config *c,
					   const char *name);
/* Is @tree one of those that @l is tried on? */
bool config_list_has_tree(const struct config_list *l, const char *tree);
/* --fs and --scenario stand in for what it says; an empty one does not. */
void config_narrow(struct config *c, const struct strings *filesystems,
		   const struct strings *scenarios);
/*
 * From here on what comes in, and what is made of it, is that of the replay of
 * @list, below <state>/replay/<list>: see config_state_path.
 */
void config_use_replay(struct config *c, const char *list);
/*
 * "<state>/lanes", the parts joined with '/'; the caller frees it. What comes
 * in and what is made of it (the database, archive, results, drafts) is below
 * c->replay when that is set, so that a replay leaves what is live alone.
 */
char *config_state_path(const struct config *c, const char *below);
/* "<data>/config/kernel"; the caller frees it. */
char *config_data_path(const struct config *c, const char *below);

/*
 * All keys in the file's own syntax, each under its help; what is not set is
 * commented out. @c NULL prints the table as config/collider.conf ships it.
 */
void config_print(FILE *out, const struct config *c);

#endif
