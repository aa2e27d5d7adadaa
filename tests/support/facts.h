/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * facts.h - outcomes written down in C, for tests of what is made of them
 *
 * The clean ones are what the guest told of Debian's 6.12.117, word for word.
 */
#ifndef TESTS_FACTS_H
#define TESTS_FACTS_H

#include "rules/contract.h"
#include "rules/outcome.h"

struct facts {
	const char *filesystem;
	const char *scenario;
	const char *how;    /* it collided; "!how": it did not */
	const char *fields; /* "dio.returned=65536 cache=D16" */
};

/* Each of the six scenarios on xfs, ext4 and btrfs. */
#define FACTS_CLEAN 18
extern const struct facts facts_clean[FACTS_CLEAN];

/* Add @times runs that saw @f, numbered on from what is there. */
void facts_add(struct outcomes *out, const struct facts *f, unsigned times);
/* As facts_add, with the fields @instead, or NULL, over those of @f. */
void facts_add_but(struct outcomes *out, const struct facts *f,
		   const char *instead, unsigned times);
/* All of facts_clean, three times. */
void facts_add_clean(struct outcomes *out);
/*
 * All of facts_clean three times, but for one pair whose runs have these
 * fields instead of, or beside, their clean ones.
 */
void facts_add_clean_but(struct outcomes *out, const char *filesystem,
			 const char *scenario, const char *fields);
/* The contracts of the three, from rules/contracts/, as 6.12 settles them. */
void facts_read_contracts(struct contracts *out);

#endif
