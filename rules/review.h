/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * review.h - the whole record of one reviewed revision
 *
 * Touches nothing, and owns all that it points to: it goes from process to
 * process as the JSON of bot/report/json.c. The stages fill it as they go,
 * rules/judge.c adds pairs, findings and the verdict, rules/quote.c the hunks;
 * bot/report/ and bot/mail/compose.c are made from it and from nothing else.
 * Each stage may be the last one: what was not reached is empty, NULL or 0,
 * and the reports say what they have.
 *
 * Text that came from a mail, a build or a guest is kept as it came. It meets
 * a terminal or a mail through bot/base/sink.h only.
 *
 * Calling sequence:
 *	AUTO(review_release) struct review r = { 0 };
 *
 *	review_begin(&r, revision);		series, patches, mails
 *	quote_add_hunks(&r, k, diff);		what may be quoted
 *	r.base..., review_add_attempt		base and apply
 *	r.patches[i].commit, .build, ...	build
 *	judge_run(&r, &evidence, contracts);	pairs, findings, verdict
 *	quote_run(&r);
 *	exit with review_exit_code(&r);
 * An early end, in place of judge_run:
 *	review_end(&r, VERDICT_COULD_NOT_TELL, "why", "what would help");
 */
#ifndef RULES_REVIEW_H
#define RULES_REVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/base/mem.h"
#include "parsers/revision.h"
#include "rules/outcome.h"
#include "rules/soak.h"

#define REVIEW_MAX_REFERENCES 10 /* ids of a mail kept besides the root's */

/* The words of a verdict; review_verdict_name has them as text. */
enum verdict {
	VERDICT_COULD_NOT_TELL, /* of a record that nobody has judged, too */
	VERDICT_SAME,
	VERDICT_FIXED,
	VERDICT_CHANGED,
	VERDICT_REGRESSION,
	VERDICT_DOES_NOT_APPLY,
	VERDICT_DOES_NOT_BUILD,
};

/* One way to a base that was tried. */
struct review_attempt {
	char *tree;
	char *commit;		/* 40 hex, or NULL when it was not found */
	char *how;		/* "--base", "base-commit", "blobs", "tip" */
	unsigned blobs_matched; /* of the index lines; 0 of 0: not asked */
	unsigned blobs_total;
	bool applies;
	char *why; /* it does not apply: the first failure; or NULL */
};

/* What a series says it needs, in the order that it is applied in. */
struct review_prerequisite {
	char *kind;	  /* "patch-id", "message-id", "change-id", "set" */
	char *value;	  /* as it was said; of a set: "1/3" */
	char *subject;	  /* of what was found; NULL: nothing was */
	unsigned patches; /* in it */
	char *commit;	  /* 40 hex, of the last of them; NULL: not applied */
	char *why;	  /* it is not applied, or was not needed; or NULL */
};

struct review_base {
	char *tree;   /* NULL: there is none */
	char *commit; /* 40 hex */
	char *how;
	char *parent; /* of the first patch: @commit and all prerequisites */
	struct review_prerequisite *prerequisites;
	size_t n_prerequisites;
	struct review_attempt *attempts;
	size_t n_attempts;
};

/* Where the series stopped applying, on the best attempt. */
struct review_conflict {
	unsigned patch; /* 0: everything applies */
	char *file;	/* or NULL */
	unsigned hunk;	/* from 1; 0: not about a hunk */
	char *why;
	char *quote; /* the hunk, from its @@ line on; NULL: none */
};

/* A line of the compiler that the base does not print. */
struct review_diagnostic {
	char *file; /* of the tree */
	unsigned line;
	unsigned column;
	char *text; /* "unused variable 'x' [-Wunused-variable]" */
};

struct review_diagnostics {
	struct review_diagnostic *v;
	size_t n;
};

enum review_build {
	REVIEW_BUILD_SKIPPED, /* not tried; an earlier one was broken */
	REVIEW_BUILD_OK,
	REVIEW_BUILD_BROKEN,
	REVIEW_BUILD_TIMED_OUT,
};

/* A hunk of a patch, as far as it may have to be quoted. */
struct review_hunk {
	char *file;
	unsigned n;	 /* from 1, among those of the file's diff */
	unsigned start;	 /* its lines in the new file */
	unsigned length; /* so many */
	unsigned points; /* what it has of interest in itself: quote.c */
	char *text;	 /* from its @@ line on, perhaps cut; NULL: not kept */
};

struct review_patch {
	unsigned n; /* 1 .. total */
	bool is_missing;
	char *message_id; /* without <>; "" when missing */
	char *subject;	  /* without tags; "" when missing */
	struct review_hunk *hunks;
	size_t n_hunks;
	char *commit; /* 40 hex; NULL: not applied */
	char *how;    /* "strict", "offset", "three-way"; or NULL */
	enum review_build build;
	int64_t build_ms;
	struct review_diagnostics errors;
	struct review_diagnostics new_warnings;
};

/* A mail of the revision, as far as an answer to it needs it. */
struct review_mail {
	unsigned n;		   /* 0: the cover; else of the patch in it */
	char *message_id;	   /* without <>; "" if none */
	char *subject;		   /* as it was sent, tags and all */
	struct mail_person author; /* of the patch */
	struct mail_person from;   /* who sent it */
	struct mail_persons to;
	struct mail_persons cc;
	char *list_id;
	bool wants_no_answer; /* as in struct mail */
	bool is_automatic;
	char *in_reply_to;
	struct strings references; /* the root, and the last few */
};

enum pair_verdict {
	PAIR_COULD_NOT_RUN, /* a side has no runs */
	PAIR_NOT_PROVOKED,  /* a side ran and did not collide */
	PAIR_SAME,
	PAIR_FIXED,
	PAIR_CHANGED,	/* allowed, but another loses or the path is another */
	PAIR_UNCOVERED, /* broken now, as the base breaks it in another pair */
	PAIR_REGRESSION,
};

/* What became of the direct write. */
enum review_path {
	PATH_UNKNOWN,
	PATH_DIRECT,
	PATH_FELL_BACK, /* written through the page cache */
	PATH_SHORT,	/* fewer bytes than asked for, and no error */
	PATH_FAILED,
	PATH_HUNG,
};

/* Who does not find what he was promised; a set. */
enum review_loser {
	LOSES_DIRECT = 1,   /* the direct writer: no data, or not all of it */
	LOSES_MAPPED = 2,   /* the store through a mapping was overwritten */
	LOSES_BUFFERED = 4, /* the buffered writer was overwritten */
	LOSES_READER = 8,   /* the page cache shows what is not in the file */
};

/* Runs that saw the very same. */
struct pair_variant {
	unsigned runs;
	struct outcome outcome; /* the first of them */
};

/* All runs of one pair on one kernel. */
struct pair_side {
	unsigned runs;
	unsigned provoked;	/* the other runs say nothing */
	enum review_path path;	/* of the commonest provoked variant */
	unsigned losers;	/* of enum review_loser; of the same */
	struct pair_variant *v; /* commonest first */
	size_t n;
};

/* A filesystem and a scenario, on the base and with all patches. */
struct review_pair {
	char *guest; /* that it was run in: "uml", "qemu"; or NULL */
	char *filesystem;
	char *scenario;
	enum pair_verdict verdict;
	struct pair_side base;
	struct pair_side patched;
	char *why; /* not provoked, could not run: the reason; or NULL */
};

enum finding_kind {
	FINDING_REGRESSION,
	FINDING_BUILD,	   /* a patch does not build */
	FINDING_UNCOVERED, /* a fault of the base, where it did not show */
	FINDING_CHANGED,
	FINDING_WARNING,  /* a patch adds a compiler warning */
	FINDING_QUESTION, /* the code was read, not run; decides nothing */
	FINDING_REPAIRED, /* broken by one patch, mended by a later one */
	FINDING_FIXED,
};

/* What one kernel showed of a finding. */
struct finding_side {
	unsigned seen; /* in so many runs */
	unsigned runs; /* of so many that collided; 0: no guest is about it */
	struct outcome_field *v; /* the fields that differ; of one such run */
	size_t n;
	char *path;   /* "fell back to buffered"; or NULL */
	char *losers; /* "the direct writer", "nobody"; or NULL */
};

struct finding {
	enum finding_kind kind;
	char *guest;	  /* that showed it: "uml", "qemu"; or NULL */
	char *filesystem; /* NULL: not about one */
	char *scenario;	  /* NULL: not about one */
	unsigned patch;	  /* the first known to show it; 0: not a patch's */
	unsigned clean;	  /* the last before it known not to; patch - 1 once
			   it is certain that this patch brought it */
	unsigned next; /* a guest after this patch would narrow it; 0: none */
	unsigned repaired_by;	/* a later patch that mends it; 0: none */
	char *message_id;	/* of that patch, without <>; "" if not known */
	char *says;		/* one sentence without a full stop */
	char *contract;		/* "xfs/full-or-negative"; or NULL */
	char *promise;		/* the sentence of the contract; or NULL */
	struct strings sources; /* of the contract */
	struct strings also;	/* further contracts broken by the same pair */
	struct finding_side base;
	struct finding_side patched;
	struct review_diagnostics diagnostics; /* of build and warning */
	char *quote_file; /* the hunk to quote; NULL: none */
	char *quote;	  /* from its @@ line on, LF ends; NULL: none */
	char *answer;	  /* of a question: what was seen of it; or NULL */
	bool is_told; /* its author knows: it was told of an older version */
};

/*
 * What is not as it was told of an older version of the series: rules/delta.h.
 * Each string is a sentence about findings alike.
 */
struct review_delta {
	char *since;	/* "v1", that was answered; NULL: none was */
	char *answer;	/* Message-ID of the answer, without <> */
	bool is_itself; /* this very revision was answered, and tried again */
	struct strings fixed;
	struct strings still;
	struct strings fresh;	/* not told before */
	struct strings untried; /* told before, and not seen either way now */
	struct strings skipped; /* "v2 was not tried: v3 was sent" */
};

/* What a scenario is about, for readers who do not know its id. */
struct review_scenario {
	char *id;
	char *says;
};

struct review_timing {
	char *name; /* "apply", "build", "guest" */
	int64_t ms;
};

/* What it was made with; each may be NULL. */
struct review_environment {
	char *kernel; /* "6.12.117" */
	char *arch;
	char *compiler;
	char *config; /* hash of the kernel's configuration */
	char *guest;  /* "User-Mode Linux, time-travel=inf-cpu" */
};

struct review {
	enum verdict verdict;
	char *why; /* of a verdict that is none; one line; or NULL */
	enum verdict first_verdict; /* what was said of a part, before */
	int64_t first_ms;	    /* after so long; 0: nothing was */
	bool is_base_kernel;	    /* in memory that of the base: not run */
	char *help;		    /* what would help then; or NULL */

	char *subject;	  /* of the series, without tags */
	char *message_id; /* of the cover, else of the first patch */
	unsigned version;
	unsigned total;
	struct strings missing;	      /* "2/3" */
	struct review_patch *patches; /* patch k is [k - 1] */
	size_t n_patches;
	struct review_mail *mails; /* the cover first, then by patch */
	size_t n_mails;

	struct review_base base;
	struct review_conflict conflict;
	struct review_environment environment;

	struct review_scenario *scenarios; /* in the order of the plan */
	size_t n_scenarios;
	struct review_pair *pairs; /* by filesystem, then by scenario */
	size_t n_pairs;
	struct finding *findings; /* worst first */
	size_t n_findings;
	struct strings skipped; /* one line each: what was not done, and why */
	struct review_timing *timing;
	size_t n_timing;
	struct review_delta delta;
	struct strings
		said; /* by whom and when, of what it has: a sentence each */
	struct soak_record soak; /* afterwards, when it was asked for */
};

/*
 * Copy series, patches and mails from @revision. A revision with holes is
 * ended here: VERDICT_COULD_NOT_TELL, the missing parts named.
 */
void review_begin(struct review *r, const struct revision *revision);
/* End it early. Copies; @help may be NULL. */
void review_end(struct review *r, enum verdict verdict, const char *why,
		const char *help);
/* It is not ended, and each patch is a commit: it can be built. */
bool review_is_placed(const struct review *r);
/* 0: nothing got worse; 1: worse, or it does not build; 2: no verdict. */
int review_exit_code(const struct review *r);

/* A new element at the end, zeroed; valid until the next one is added. */
struct review_attempt *review_add_attempt(struct review *r);
struct review_prerequisite *review_add_prerequisite(struct review *r);
struct review_pair *review_add_pair(struct review *r);
struct finding *review_add_finding(struct review *r);
struct review_diagnostic *review_add_diagnostic(
	struct review_diagnostics *list);
struct review_patch *review_add_patch(struct review *r);
struct review_hunk *review_add_hunk(struct review_patch *p);
struct review_mail *review_add_mail(struct review *r);
void review_pair_release(struct review_pair *p);
DEFINE_AUTO_VALUE(struct review_pair, review_pair_release)
void review_remove_finding(struct review *r, size_t at);
void review_clear_pairs(struct review *r);
/* Forget pairs, and findings but questions, which no guest brings. */
void review_clear_findings(struct review *r);
void review_diagnostics_release(struct review_diagnostics *list);
/* Adds to what @name has. */
void review_add_timing(struct review *r, const char *name, int64_t ms);
/* Copies. */
void review_add_scenario(struct review *r, const char *id, const char *says);

/* The mail of patch @n, 0: of the cover; NULL when there is none. */
const struct review_mail *review_find_mail(const struct review *r, unsigned n);
/* The attempt with most blobs matched that does not apply, or NULL. */
const struct review_attempt *review_find_nearest(const struct review *r);
/* What @id is about, or NULL. */
const char *review_find_scenario(const struct review *r, const char *id);

/* "regression", "does not apply", ... Never NULL. */
const char *review_verdict_name(enum verdict v);
const char *review_pair_name(enum pair_verdict v);
const char *review_finding_name(enum finding_kind k);
const char *review_build_name(enum review_build b);
const char *review_path_name(enum review_path p);
/* "the direct writer and the buffered reader"; "nobody" of 0. */
char *review_losers_name(unsigned losers);

void review_release(struct review *r);
DEFINE_AUTO_VALUE(struct review, review_release)

#endif
