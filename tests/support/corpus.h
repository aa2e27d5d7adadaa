/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * corpus.h - real mail beside the project, where it is present
 *
 * COLLIDER_CORPUS names its folder, else ../shared/corpus. It is no part of
 * the project: without it a test says so and is skipped (CORPUS_MAIN).
 */
#ifndef TESTS_CORPUS_H
#define TESTS_CORPUS_H

#include "bot/base/mem.h"
#include "parsers/mail.h"
#include "tests/support/support.h"

/* The folder; NULL and a line on stdout when there is none. */
const char *corpus_dir(void);

/* A table with a heading and cells between tabs. */
struct corpus_table {
	char *text;   /* holds the cells */
	char ***rows; /* rows[0] is the heading; each ends in NULL */
	size_t n;
};

void corpus_table_read(struct corpus_table *out, const char *name);
/* The cell of a row (1 .. n - 1) in the column of that heading. */
const char *corpus_cell(const struct corpus_table *t, size_t row,
			const char *heading);
void corpus_table_release(struct corpus_table *t);
DEFINE_AUTO_VALUE(struct corpus_table, corpus_table_release)

/* Mails, with NULL in the place of each that is none. */
struct corpus_mails {
	struct mail **v;
	size_t n;
};

/* All mails of a unit: a folder of .eml files, in order, or a mailbox. */
void corpus_mails_read(struct corpus_mails *out, const char *unit);
void corpus_mails_release(struct corpus_mails *list);
DEFINE_AUTO_VALUE(struct corpus_mails, corpus_mails_release)

/* Every file below @dir of the corpus, to be freed one by one. */
void corpus_files(struct strings *out, const char *dir);

#define CORPUS_MAIN(suite, ...)                                     \
	int main(void)                                              \
	{                                                           \
		const struct test_case cases[] = { __VA_ARGS__ };   \
		if (!corpus_dir())                                  \
			return 77;                                  \
		return support_run(suite, cases, ARRAY_LEN(cases)); \
	}

#endif
