/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * contract.h - what a filesystem promises about the outcomes of collisions
 *
 * Pure. The text is ours (rules/contracts/, the syntax is explained in its
 * common.conf) and is read strictly: what is not understood is refused with
 * file and line. Callers: bot/stages/promises.c reads the files,
 * rules/judge.c asks.
 */
#ifndef RULES_CONTRACT_H
#define RULES_CONTRACT_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/err.h"
#include "bot/base/mem.h"
#include "rules/outcome.h"

#define CONTRACT_MAX_BYTES (256u << 10) /* of a file; xfs.conf has 4 KiB */
#define CONTRACTS_MAX 500		/* entries of all files together */
#define CONTRACT_MAX_WORDS 64 /* values, scenarios, fields in a line */

/* "dio.returned is asked or error" */
struct contract_clause {
	char *field;
	bool is_not;
	struct strings values;
};

struct contract_clauses {
	struct contract_clause *v;
	size_t n;
};

struct contract {
	char *id;		  /* "xfs/full-or-negative" */
	char *filesystem;	  /* NULL: every one */
	struct strings scenarios; /* empty: all */
	struct contract_clauses expect;
	struct contract_clauses when;
	struct strings varies;
	char *says;
	struct strings sources;
	unsigned line; /* where it begins */
};

/* In the order of the files: what comes first is told first. */
struct contracts {
	struct contract *v;
	size_t n;
};

/*
 * Add the entries of one file; @filesystem is NULL for common.conf, @name is
 * for messages and ids are prefixed with "<filesystem>/" or "common/".
 * -1: ERR_CONFIG "xfs.conf:12: ..." or ERR_LIMIT; @out is as it was.
 */
int contracts_parse(struct contracts *out, const char *filesystem,
		    const char *name, const char *text, size_t len,
		    struct err *err) MUST_CHECK;
void contracts_release(struct contracts *list);
DEFINE_AUTO_VALUE(struct contracts, contracts_release)

/* It is about this pair. */
bool contract_is_about(const struct contract *c, const char *filesystem,
		       const char *scenario);
/*
 * The first clause that @o breaks, or NULL. An outcome that was not provoked
 * breaks nothing, nor does a field that is not there or is "unknown".
 */
const struct contract_clause *contract_find_broken(const struct contract *c,
						   const struct outcome *o);
#endif
