/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spec.h - what a lab job is asked to do: spec.json, read strictly
 *
 * {"version":1, "lane":"/abs/folder", "program":"/abs/initramfs",
 *  "steps":[{"name":"1",
 *            "files":[{"path":"fs/a.c","from":"files/1/fs/a.c",
 *                      "mode":"100644"}, {"path":"fs/b.c","delete":true}],
 *            "guest":{...} or null}],			(stages/collide.h)
 *  "limits":{"build_s":1800,"guest_s":120,"memory_mib":4096,
 *  "guest_mib":1024}}
 *
 * "path" is in the kernel tree, "from" in the job's folder. A step "base" has
 * no files: its guest boots the lane's own kernel. Any other key, a path that
 * is not plain, a number out of range is an error that names it. The other
 * side is stages/job.c. Caller: bot/lab.c
 */
#ifndef STAGES_SPEC_H
#define STAGES_SPEC_H

#include "bot/base/json.h"
#include "bot/base/mem.h"

#define SPEC_MAX_SIZE (64u << 20) /* bytes: SPEC_MAX_FILES of 600 each */
#define SPEC_MAX_STEPS 1001	  /* APPLY_MAX_PATCHES and "base" */
#define SPEC_MAX_FILES 100000	  /* of one step: TREE_MAX_CHANGES */
#define SPEC_MAX_NAME 15	  /* bytes of a step's name: a number */
#define SPEC_MAX_BUILD_S 86400
#define SPEC_MAX_GUEST_S 3600
#define SPEC_MAX_MEMORY_MIB (1 << 20)

#define SPEC_BASE "base"   /* name of the step that is the lane's own kernel */
#define SPEC_NEEDS "needs" /* and of the one with all that a series needs */

/* All text is borrowed from the record. */
struct spec_file {
	const char *path;
	const char *from; /* NULL: it is deleted */
	unsigned mode;	  /* a git mode: 0100644, 0100755, 0120000 */
};

struct spec_step {
	const char *name;
	bool is_base;
	struct spec_file *files;
	size_t n;
	const json_t *guest; /* NULL: it is not booted */
};

struct spec {
	json_t *record;
	const char *lane;
	const char *program;
	struct spec_step *steps;
	size_t n;
	unsigned build_s;
	unsigned guest_s;
	unsigned memory_mib; /* of one process of the build */
	unsigned guest_mib;
};

/* 0: *out is the caller's. -1: ERR_INPUT, ERR_LIMIT, ERR_SYSTEM. */
int spec_read(struct spec **out, const char *path, struct err *err) MUST_CHECK;
/* It is one of the series, not what is compared with. */
bool spec_is_patch(const struct spec_step *step);
void spec_free(struct spec *s);
DEFINE_AUTO(struct spec *, spec_free)

#endif
