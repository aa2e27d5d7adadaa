/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scene.h - a list on the disk and a tree of three lines, for the daemon
 *
 * The tree "t" has fs/iomap/direct-io.c with the lines one, two, three. The
 * list "a-list" watches fs/iomap.
 *
 *	AUTO(scene_release) struct scene s = { 0 };
 *	scene_init(&s);
 *	scene_post(&s, &(struct scene_patch){ .id = "1@x", ... });
 *	scene_publish(&s);
 *	served_init(&daemon, scene_config(&s));
 */
#ifndef TESTS_SCENE_H
#define TESTS_SCENE_H

#include "tests/support/epoch.h"

struct scene {
	char *dir;
	char *tree;   /* a repository */
	char *config; /* text */
	struct epoch epoch;
};

struct scene_patch {
	const char *id;	     /* "1@x" */
	const char *subject; /* "[PATCH v2] xfs: a fix" */
	const char *from;    /* "A <a@x>"; NULL: that */
	const char *line;    /* of the three lines, which this one changes */
	const char *answers; /* an id, or NULL */
	const char *to;	     /* NULL: "a-list@x" */
	const char *header;  /* one more, "X-Y: z"; or NULL */
	const char *file;    /* NULL: the one that there is */
};

void scene_init(struct scene *s);
void scene_release(struct scene *s);
DEFINE_AUTO_VALUE(struct scene, scene_release)

/* The bytes of such a mail, sent at that second; @out is initialised here. */
void scene_write(struct buf *out, const struct scene_patch *patch, int second);
/* A mail with a patch that replaces @line; it applies when there is one. */
void scene_post(struct scene *s, const struct scene_patch *patch);
/* What was posted is on the list. */
void scene_publish(struct scene *s);

#endif
