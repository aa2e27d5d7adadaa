/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * contract_file.h - a file of rules/contracts/, read strictly
 *
 * Pure. The text is ours, its syntax is explained in common.conf; what is not
 * understood is refused with file and line. Caller: bot/stages/promises.c
 */
#ifndef RULES_CONTRACT_FILE_H
#define RULES_CONTRACT_FILE_H

#include "bot/base/err.h"
#include "rules/contract.h"

#define CONTRACT_FILE_MAX_BYTES (256u << 10) /* common.conf has 20 KiB */
#define CONTRACT_FILE_MAX_ENTRIES 2000	     /* a filesystem has about 50 */
#define CONTRACT_FILE_MAX_WORDS 64 /* values, scenarios, fields in a line */

/* What is read for whom. */
struct contract_file {
	const char *name;	/* for messages */
	const char *of;		/* whose file it is: "xfs", "common" */
	const char *filesystem; /* who is asked about: "xfs1k"; begins ids */
	const char *like;	/* what that is a variant of: "xfs"; or NULL */
};

/*
 * Add the entries of one file that are about @file->filesystem or what it is
 * like, but for those whose name an entry of that filesystem has already: what
 * is read first is nearest, and wins.
 *
 * *like_out: the filesystem that this one is a variant of, or NULL; the
 * caller's to free. Where @like_out is NULL, the file may not say so.
 *
 * -1: ERR_CONFIG "xfs.conf:12: ..." or ERR_LIMIT; @out is as it was.
 */
int contract_file_parse(struct contracts *out, char **like_out,
			const struct contract_file *file, const char *text,
			size_t len, struct err *err) MUST_CHECK;

#endif
