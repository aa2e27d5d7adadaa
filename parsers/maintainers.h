/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * maintainers.h - who maintains a file, by a tree's MAINTAINERS
 *
 * Pure. Of a section the lines M:, F:, X: and N: are read, as
 * scripts/get_maintainer.pl does, but for two things: a section for everything
 * ("F: *": THE REST) names nobody, since a bot writes to people for what is
 * theirs; and K: and the git history are not looked at. The file comes with a
 * tree that the operator chose, yet anybody can send a patch to it.
 * Callers: bot/letting.c, bot/stages/answer.c
 */
#ifndef PARSERS_MAINTAINERS_H
#define PARSERS_MAINTAINERS_H

#include <stddef.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"

#define MAINTAINERS_MAX_SIZE (8u << 20) /* bytes; that of v6.12 has 0.8 MiB */
#define MAINTAINERS_MAX_FILES 1000	/* of one series */
#define MAINTAINERS_MAX 50		/* people; more is a tree-wide change */
#define MAINTAINERS_MAX_PATTERN 300	/* bytes; a longer line is no pattern */

/*
 * The addresses of all who maintain one of @files, each once, in the file's
 * order. 0: *out is the caller's; nobody is an answer. -1: ERR_LIMIT; *out is
 * empty.
 */
int maintainers_find(struct strings *out, const char *text, size_t len,
		     const struct strings *files, struct err *err) MUST_CHECK;

#endif
