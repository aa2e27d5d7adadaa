/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tell.h - the parts of a report that a terminal and a mail have in common
 *
 * Pure. All that goes into @out has passed bot/base/sink.h, and fits into
 * @width columns where words can be broken. Strings are the caller's.
 * Callers: bot/report/text.c, bot/mail/compose.c
 */
#ifndef RULES_TELL_H
#define RULES_TELL_H

#include "bot/base/buf.h"
#include "bot/base/wrap.h"
#include "rules/review.h"

/* Findings of one cause are told once (rules/cause.h): this is their first. */
bool tell_is_first(const struct review *r, size_t at);
/* "xfs" of a filesystem in User-Mode Linux, "xfs/qemu" of one in QEMU. */
char *tell_place(const char *filesystem, const char *guest);
/*
 * "xfs" of findings of one cause on xfs, "xfs and ext4"; "" of none in
 * particular.
 */
char *tell_filesystems(const struct review *r, const struct finding *f);
/* "patch 2/3"; "one of the patches 2 to 3" when it is not certain. */
char *tell_patch(const struct review *r, const struct finding *f);
/* The sentence, with where: "on xfs, a direct write of ... returns 0: ..." */
char *tell_sentence(const struct review *r, const struct finding *f);
/* The whole verdict in one sentence. */
char *tell_verdict(const struct review *r);
/*
 * A line for each thing that the series needs: what was applied first, what was
 * not needed or not found, and why. Nothing when it needs nothing.
 */
void tell_needs(struct buf *out, const struct review *r, const struct wrap *w);
/* "debian-6.12 8f0c1d2e3f4a (by its blobs)" or "no base". */
char *tell_base(const struct review *r);

/* What a question asks, if it is not answered yet, and what was seen of it. */
char *tell_question(const struct review *r, const struct finding *f);
/* The promise, and where it is made. */
void tell_contract(struct buf *out, const struct finding *f, unsigned width);
/* file:line:column: text, at most @max of them. */
void tell_diagnostics(struct buf *out, const struct review_diagnostics *list,
		      size_t max);
/* Scenario by filesystem, a verdict each; nothing when nothing was run. */
void tell_matrix(struct buf *out, const struct review *r, unsigned width);
/* What C01 is, for each scenario that a finding is about. */
void tell_scenarios(struct buf *out, const struct review *r, unsigned width);
/* The same for the findings of one cause with @f. */
void tell_scenarios_of(struct buf *out, const struct review *r,
		       const struct finding *f, unsigned width);
/* The nearest base for a series that does not apply; nothing when unknown. */
void tell_nearest(struct buf *out, const struct review *r,
		  const struct wrap *w);

#endif
