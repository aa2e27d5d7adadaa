/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fetch.h - bring the mirror of a list up to date
 *
 * Manifest first: when its fingerprints are those of last time, nothing else is
 * asked for. All that speaks to a server, and libgit2 at that, is in a box with
 * a network and the one folder; it is ended when nothing was heard for a while.
 * Callers of fetch_run: the stage `follow`, `collider follow`.
 *
 *	AUTO(lists_epochs_release) struct lists_epochs known = { 0 };
 *	AUTO(fetch_result_release) struct fetch_result result = { 0 };
 *
 *	lists_get_epochs(&known, store, list->name, err);
 *	rc = fetch_run(&result, &(struct fetch_spec){ ... }, err);
 *	... lists_put_epoch of each of result, whatever rc is ...
 */
#ifndef STAGES_FETCH_H
#define STAGES_FETCH_H

#include <sys/types.h>

#include "bot/base/json.h"
#include "bot/store/lists.h"

#define FETCH_MAX_EPOCHS 2000 /* known ones and a manifest's, together */
#define FETCH_SILENCE_S 180   /* a server may count for long, but says so */

struct fetch_spec {
	const char *dir; /* of the mirror, absolute: <state>/mirrors/<list> */
	const char *url;
	const char *agent;
	const char *first; /* "newest", "all" or digits: follow.first */
	const struct lists_epochs *known;
	const char *user; /* whose the folder is to be, when we are root */
	/* NULL, or where to say how far it is; @text is one plain line. */
	void (*on_progress)(void *arg, const char *text);
	void *arg;
};

struct fetch_result {
	/* Each epoch that has a new tip, or a new entry in the manifest. */
	struct lists_epochs epochs; /* seen is NULL */
	unsigned leave_s; /* not 0: leave the server alone for so long */
};

/*
 * 0: the mirror is what the list was a moment ago. -1: part of it may be, and
 * *out tells which; the kinds are those of mirror_fetch, origin_find and
 * boxed_run: ERR_RETRY for all that time may heal. *out is the caller's in both
 * cases.
 */
int fetch_run(struct fetch_result *out, const struct fetch_spec *spec,
	      struct err *err) MUST_CHECK;
void fetch_result_release(struct fetch_result *r);
DEFINE_AUTO_VALUE(struct fetch_result, fetch_result_release)

/* The boxed task; see bot/run/boxed.h. */
int fetch_box(const json_t *request, int out, struct err *err) MUST_CHECK;

#endif
