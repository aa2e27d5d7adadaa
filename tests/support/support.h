/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * support.h - what every Check program shares
 *
 * A test file ends with:
 *	TEST_MAIN("subject",
 *		TEST(patch_beyond_its_series_is_bad_input),
 *		TABLE(reads_version_and_position, numbered))
 */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include <check.h>
#include <stdbool.h>

#include "bot/base/buf.h"
#include "bot/base/err.h"
#include "rules/suites.h"

struct test_case {
	const TTest *run;
	int rows; /* how often, _i from 0 */
};

#define TEST(fn)        \
	{               \
		(fn), 1 \
	}
#define TABLE(fn, table)                    \
	{                                   \
		(fn), (int)ARRAY_LEN(table) \
	}

/* Run them all; the exit code of main: 0 when all passed. */
int support_run(const char *suite, const struct test_case *cases, size_t n);

#define TEST_MAIN(suite, ...)                                       \
	int main(void)                                              \
	{                                                           \
		const struct test_case cases[] = { __VA_ARGS__ };   \
		return support_run(suite, cases, ARRAY_LEN(cases)); \
	}

/*
 * What ends by itself is given so long, since the machine may do much else.
 * What is to be ended has time to get to where the test wants it.
 */
#define SUPPORT_AMPLE_S 120
#define SUPPORT_SHORT_S 5

/* A new empty folder under $TMPDIR; the caller frees the name, removes it. */
char *support_tmpdir(void);

/*
 * Become nobody for good, as collider does before it meets a patch; as somebody
 * else than root, nothing. A clone below a folder that nobody may enter (/root)
 * stays where it is for this process, in a mount namespace of its own.
 */
void support_drop(void);

/* Each of these scenarios on each of these filesystems: lists with commas. */
void support_cross(struct suites *out, const char *filesystems,
		   const char *scenarios);

/* Fails the test with err->msg unless @rc is 0. */
#define ck_ok(rc, err)                                     \
	do {                                               \
		int rc_ = (rc);                            \
		ck_assert_msg(rc_ == 0, "%s", (err)->msg); \
	} while (0)

/* EXPECT=write is in the environment: write what is expected, do not compare */
bool support_is_writing(void);

/*
 * Golden files: for each tests/fixtures/<dir>/<case><suffix>, @dump makes a
 * stable text of its bytes, which must equal <case>.expect. With EXPECT=write
 * in the environment the .expect files are rewritten.
 */
void support_golden(const char *dir, const char *suffix,
		    void (*dump)(struct buf *out, const char *bytes,
				 size_t len));

#endif
