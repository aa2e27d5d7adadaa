/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * argv.h - the words of a command line, growing, NULL-terminated
 */
#ifndef BASE_ARGV_H
#define BASE_ARGV_H

#include <stddef.h>

#include "bot/base/auto.h"

struct argv {
	char **v; /* NULL until the first push, then v[n] is NULL */
	size_t n;
};

#define ARGV_INIT \
	{         \
		0 \
	}

void argv_push(struct argv *a, const char *word);
void argv_pushf(struct argv *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Each word of a NULL-terminated array. */
void argv_pushv(struct argv *a, const char *const *words);
void argv_release(struct argv *a);
DEFINE_AUTO_VALUE(struct argv, argv_release)

#endif
