/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lane.h - a warm, read-only, built kernel tree for one base
 *
 * The folder is the truth: <lanes>/<key>/ with
 *	src/		the tree with all its objects and the kernel
 *	build.log	what the build printed
 *	lane.json	what it was built from; written last
 * and a folder without lane.json is no lane. The key is the hash of the tree's
 * content, architecture, configuration and compiler: an mtime is never
 * believed. A lane is made as "<key>.new" and renamed, under a lock; nothing
 * writes to it afterwards, as jobs lay an overlay on it. It belongs wholly to
 * the unprivileged user: an overlay in a user namespace cannot copy up a file
 * of somebody who is not mapped there.
 *
 * The build runs in the sandbox "build" with src/ at LANE_INSIDE; a job's build
 * does so too, else make would think that everything changed.
 */
#ifndef GIT_LANE_H
#define GIT_LANE_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "bot/git/tree.h"

#define LANE_INSIDE "/linux"
#define LANE_KEY_LEN 16		/* hex digits; 64 bits of SHA-256 */
#define LANE_MAX_JSON 16384	/* bytes of lane.json */
#define LANE_MAX_FRAGMENT 65536 /* bytes of a configuration fragment */

/* What kernels can be built for. */
struct lane_arch {
	const char *name; /* ARCH of make: "um" */
	const char
		*target; /* of make, that links a kernel; NULL: its default */
	const char *kernel; /* which that leaves in the tree: "linux" */
	uint64_t lines;	    /* that a build from nothing prints, about */
};

/* The row of that name, or NULL. */
const struct lane_arch *lane_arch_find(const char *name);

struct lane {
	char key[LANE_KEY_LEN + 1];
	char *path; /* its folder */
	char tree_hash[TREE_HEX_LEN + 1];
	char *commit; /* that it was made for */
	char *arch;
	char *config_hash; /* of the configuration that was asked for */
	char *compiler;	   /* "gcc (Debian 12.2.0-14) 12.2.0" */
	char *release;	   /* "6.12.117" */
	uint64_t bytes;	   /* on disk */
	uint64_t lines;	   /* that the build printed: its length */
};

struct lane_spec {
	const char *lanes; /* the folder of all lanes; is made */
	const struct lane_arch *arch;
	const char *fragment; /* file: configuration over tinyconfig */
	const char *common;   /* another, for all architectures; or NULL */
	unsigned jobs;	      /* of make */
	unsigned timeout_s;
	const char *user; /* whom it belongs to when we are root */
	uid_t uid;
	gid_t gid;
	FILE *progress; /* NULL: not shown */
};

/*
 * Find the lane of @commit, or build it, which takes minutes. What an earlier
 * build left half done is removed. -1: ERR_CONFIG (an option of the fragment
 * that this tree does not take), ERR_INPUT (the tree does not build; the log is
 * kept as <lanes>/<key>.failed.log), ERR_SYSTEM.
 */
int lane_prepare(struct lane *out, const struct lane_spec *spec,
		 const struct tree *t, const char *commit, struct err *err)
	MUST_CHECK;
/* *found is false when there is no such lane, or no whole one. */
int lane_find(bool *found, struct lane *out, const char *lanes, const char *key,
	      struct err *err) MUST_CHECK;
/* No error when it is gone. */
int lane_drop(const char *lanes, const char *key, struct err *err) MUST_CHECK;
void lane_release(struct lane *l);
DEFINE_AUTO_VALUE(struct lane, lane_release)

#endif
