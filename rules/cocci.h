/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cocci.h - rules for spatch (Coccinelle), and what it printed, as questions
 *
 * Pure: text in, facts out. A rule is one file of rules/semantic/, which spatch
 * takes as it is; the comment above it says what it is about:
 *
 *	// id: force-wait		as in its "hit" lines, and its name
 *	// contract: ...		one sentence without a full stop
 *	// source: ...			often; as in rules/contracts
 *	// files: fs/xfs/xfs_file.c ...	globs; what it may be asked about
 *	// asks: ...			what a hit means, before "in f()"
 *
 * Its script rules print one line a fact:
 *
 *	hit FILE FUNCTION LINE RULE
 *	call FILE FUNCTION LINE CALLEE		(rules/callers.h)
 *	function FILE FUNCTION LINE		it could be parsed
 *
 * Only what the patched file has more of than the file before is asked about,
 * so that what a tree has always had is never told. Caller:
 * bot/stages/semantic.c
 */
#ifndef RULES_COCCI_H
#define RULES_COCCI_H

#include "rules/question.h"

#define COCCI_MAX_RULE 65536   /* bytes of a file; they are written by hand */
#define COCCI_MAX_RULES 100    /* all of them go into one run of spatch */
#define COCCI_MAX_FACTS 100000 /* fs/f2fs/file.c has 260 */

struct cocci_rule {
	char *id;
	char *contract;
	char *asks;
	char *text; /* the whole file */
	struct strings sources;
	struct strings files;
};

struct cocci_rules {
	struct cocci_rule *v;
	size_t n;
};

enum cocci_kind {
	COCCI_HIT,
	COCCI_CALL,
	COCCI_FUNCTION,
};

struct cocci_fact {
	enum cocci_kind kind;
	char *file;	/* as it was given to spatch */
	char *function; /* that it is in */
	unsigned line;	/* of a function: of its name */
	char *word;	/* the rule, the callee; of a function NULL */
};

struct cocci_facts {
	struct cocci_fact *v;
	size_t n;
};

/* Add a rule; @name is for messages. -1: ERR_CONFIG, ERR_LIMIT. */
int cocci_add(struct cocci_rules *list, const char *name, const char *text,
	      size_t len, struct err *err) MUST_CHECK;
bool cocci_is_for(const struct cocci_rule *rule, const char *path);
/* All rules for any of @files, one after the other; NULL: there is none. */
char *cocci_select(const struct cocci_rules *list, const struct strings *files);
void cocci_rules_release(struct cocci_rules *list);
DEFINE_AUTO_VALUE(struct cocci_rules, cocci_rules_release)

/*
 * Facts of @text, added to @out; what else stands there, spatch's own words,
 * is added to @said, a line each. -1: ERR_LIMIT.
 */
int cocci_parse(struct cocci_facts *out, struct strings *said, const char *text,
		size_t len, struct err *err) MUST_CHECK;
/* Adds to @out those of @all about @file, called @name there. */
void cocci_pick(struct cocci_facts *out, const struct cocci_facts *all,
		const char *file, const char *name);
/* How many facts of that kind, in @function and with that word. */
size_t cocci_count(const struct cocci_facts *list, const struct cocci_fact *f);
/* The line before the next function after @line; UINT32_MAX: it is the last. */
unsigned cocci_end(const struct cocci_facts *list, unsigned line);
void cocci_facts_release(struct cocci_facts *list);
DEFINE_AUTO_VALUE(struct cocci_facts, cocci_facts_release)

/* Hits of file @path that are new with the patch become questions. */
void cocci_ask(struct questions *out, const struct cocci_rules *rules,
	       const char *path, const struct cocci_facts *before,
	       const struct cocci_facts *after);
/*
 * Functions that were parsed before, and that @text, the patched file, still
 * defines without their being parsed. The first line at its left edge that
 * names one is taken for the definition.
 */
void cocci_find_unparsed(struct strings *out, const struct cocci_facts *before,
			 const struct cocci_facts *after, const char *text,
			 size_t len);

#endif
