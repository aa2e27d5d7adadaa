/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manifest.h - the epochs of one list, as a manifest.js names them
 *
 * Pure: JSON in, hostile. public-inbox writes a manifest for one list and for
 * a whole site, grokmirror one for a site, with more keys a repository, some of
 * them null. A repository is "/linux-fsdevel/git/0.git": the list, epoch 0;
 * a site may have more folders in front of it.
 * Caller: what fetches, in its box.
 */
#ifndef PARSERS_MANIFEST_H
#define PARSERS_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#include "bot/base/err.h"

#define MANIFEST_MAX_SIZE (16u << 20) /* kernel.org, all of its git: 5 MB */
#define MANIFEST_MAX_REPOS 100000
#define MANIFEST_MAX_PATH 512
#define MANIFEST_MAX_EPOCHS 1000 /* lkml had 19 in 2026 */
#define MANIFEST_HEX 40

struct manifest_epoch {
	unsigned n;
	/* Of its refs: the same one, the same mails. "" when not said. */
	char fingerprint[MANIFEST_HEX + 1];
	int64_t modified; /* a mail's clock: may go back. 0 when not said */
	char *path;	  /* of the repository, as the manifest has it */
};

struct manifest {
	struct manifest_epoch *v; /* lowest n first, each n once */
	size_t n; /* 0: the list is not in it, or has no epoch */
};

/*
 * The epochs of the list whose URL has the path @list ("linux-fsdevel",
 * "/lists/linux-fsdevel/"). A manifest and a URL need not have the same folders
 * in front of a list, so that one of the two may be the end of the other; what
 * is exactly it wins. 0: *out is the caller's. -1: ERR_INPUT when it is no such
 * JSON, a path has a ".." in it, or @list may be either of two; ERR_LIMIT past
 * a ceiling.
 */
int manifest_parse(struct manifest **out, const char *text, size_t len,
		   const char *list, struct err *err) MUST_CHECK;
/* The epoch @n, borrowed; NULL when there is none. */
const struct manifest_epoch *manifest_find(const struct manifest *m,
					   unsigned n);
void manifest_free(struct manifest *m);
DEFINE_AUTO(struct manifest *, manifest_free)

#endif
