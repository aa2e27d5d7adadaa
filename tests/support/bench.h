/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench.h - a real lane (COLLIDER_TEST_LANE), edited and built again
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include "bot/stages/build.h"
#include "tests/support/support.h"

/* A view of the lane, and what the lane's own build printed. */
struct bench {
	char *dir, *log;
	struct overlay view;
	struct profile *profile;
	struct buildlog known;
	struct progress progress;
};

/* Becomes nobody. */
void bench_prepare(struct bench *b);
/* Put @to in place of the first @from of a file of the view. */
void bench_edit(struct bench *b, const char *path, const char *from,
		const char *to);
void bench_build(struct build_result *r, struct bench *b, const char *path,
		 bool link);
void bench_release(struct bench *b);
DEFINE_AUTO_VALUE(struct bench, bench_release)
/* There is such a lane; else says that the test is skipped. */
bool bench_is_there(void);

#endif
