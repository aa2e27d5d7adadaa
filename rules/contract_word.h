/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * contract_word.h - the words that a contract is written in
 *
 * Pure. Caller: rules/contract_file.c
 */
#ifndef RULES_CONTRACT_WORD_H
#define RULES_CONTRACT_WORD_H

#include <stdbool.h>

#include "bot/base/span.h"

/* A field of rules/outcome.h: "fsync.buffered" */
bool contract_word_is_field(struct span s);
/* A scenario, or the beginning of some: "C02w", "C02*" */
bool contract_word_is_scenario(struct span s);
/* "xfs1k" */
bool contract_word_is_filesystem(struct span s);
/* What a field may be: "asked", "-EIO", "@size", "4096", "D5M1D10" */
bool contract_word_is_value(struct span s);
/* Where a promise is made: "fs/a.c:f", "commit ...", "<a@b>" */
bool contract_word_is_source(struct span s);
/* A file of a kernel tree: "fs/iomap/direct-io.c" */
bool contract_word_is_path(struct span s);

#endif
