/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * origin.h - which epochs a list has, and where each is fetched from
 *
 * A server says so in its manifest; without one its epochs are asked for, one
 * after the other. On a disk they are folders. What a server says is hostile.
 * Caller: stages/fetch.c, in its box, but for origin_path.
 */
#ifndef STAGES_ORIGIN_H
#define STAGES_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/err.h"
#include "parsers/manifest.h"

#define ORIGIN_MAX_PROBES 100 /* of epochs that no manifest names */
#define ORIGIN_TIMEOUT_S 60   /* for a manifest, which has some KB */

struct origin_epoch {
	unsigned n;
	char fingerprint[MANIFEST_HEX + 1]; /* "" when nobody said one */
	int64_t modified;		    /* 0 when nobody said one */
};

struct origin {
	char *base;		/* URL or folder, no '/' at its end */
	char *single;		/* not NULL: the one repository there is */
	bool has_manifest;	/* else the epochs were looked for */
	struct origin_epoch *v; /* lowest first, each once */
	size_t n;
};

/* What the caller knows already: without a manifest it is asked for again. */
struct origin_wish {
	const char *url; /* https, http, file:///, or an absolute path */
	const char *agent;
	const unsigned *known; /* epochs, lowest first */
	size_t n_known;
	unsigned first; /* when none is known, look from here on */
};

/*
 * 0: *out is the caller's. *leave_s is not 0 when the server wants to be left
 * alone for so long, with -1. -1: ERR_RETRY, ERR_INPUT (nothing there, no
 * manifest), ERR_LIMIT, ERR_CONFIG (no such folder, no such kind of URL).
 */
int origin_find(struct origin **out, unsigned *leave_s,
		const struct origin_wish *wish, struct err *err) MUST_CHECK;
void origin_free(struct origin *o); /* NULL is fine */
DEFINE_AUTO(struct origin *, origin_free)

/* Where epoch @n is fetched from; the caller frees it. */
char *origin_epoch_url(const struct origin *o, unsigned n);
/* The folder that @url is on this machine, borrowed; NULL: it is a server's. */
const char *origin_path(const char *url);

#endif
