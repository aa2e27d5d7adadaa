/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * contract.h - what a filesystem promises about the outcomes of collisions
 *
 * Pure. rules/contract_file.c reads them, bot/stages/promises.c settles which
 * are in force for a base, rules/judge.c asks.
 */
#ifndef RULES_CONTRACT_H
#define RULES_CONTRACT_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/mem.h"
#include "rules/outcome.h"

/* "all", "all but C08 C20*", "C01 C09"; a word that ends in '*' is a prefix. */
struct contract_names {
	struct strings only; /* empty: all */
	struct strings but;
};

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

/* "fs/iomap/direct-io.c has kiocb_invalidate_pages" */
struct contract_condition {
	char *path; /* a file that is not there has nothing and lacks all */
	char *text;
	bool is_lacking;
};

struct contract_conditions {
	struct contract_condition *v;
	size_t n;
};

/* "C02y: generic_write_sync takes the error": the base itself breaks it. */
struct contract_exception {
	struct contract_names scenarios;
	char *why;
};

struct contract_exceptions {
	struct contract_exception *v;
	size_t n;
};

struct contract {
	char *id;	  /* "xfs1k/falls-back" */
	char *filesystem; /* "xfs1k" */
	char *of;	  /* whose file it was read from: "xfs", "common" */
	struct contract_names scenarios;
	struct contract_clauses expect;
	struct contract_clauses when;
	struct strings varies;
	char *says;
	struct strings sources;
	struct contract_conditions tree;
	struct contract_exceptions exceptions;
	bool is_in_force; /* tree holds; false until that was looked at */
	unsigned line;	  /* where it begins */
};

/* Filesystem by filesystem; what comes first of one is told first. */
struct contracts {
	struct contract *v;
	size_t n;
};

/* A new one, zeroed, at the end. It is the list's. */
struct contract *contracts_push(struct contracts *list);
/* Take down the last ones, until there are @n. */
void contracts_truncate(struct contracts *list, size_t n);
void contracts_release(struct contracts *list);
DEFINE_AUTO_VALUE(struct contracts, contracts_release)

bool contract_names_have(const struct contract_names *names, const char *name);
void contract_names_release(struct contract_names *names);

/* It is in force, and about this pair. */
bool contract_is_about(const struct contract *c, const char *filesystem,
		       const char *scenario);
/*
 * The first clause that @o breaks, or NULL. An outcome that was not provoked
 * breaks nothing, nor does a field that is not there or is "unknown".
 */
const struct contract_clause *contract_find_broken(const struct contract *c,
						   const struct outcome *o);
/* Why the base itself breaks it in @scenario, or NULL: it has to keep it. */
const struct contract_exception *contract_find_exception(
	const struct contract *c, const char *scenario);

#endif
