/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/argv.h"

#include <assert.h>
#include <stdarg.h>

#include "bot/base/mem.h"

static void push_take(struct argv *a, char *word)
{
	a->v = xreallocarray(a->v, a->n + 2, sizeof(*a->v));
	a->v[a->n++] = word;
	a->v[a->n] = NULL;
}

void argv_push(struct argv *a, const char *word)
{
	push_take(a, xstrdup(word));
}

void argv_pushf(struct argv *a, const char *fmt, ...)
{
	va_list args;
	char *word = NULL;
	int len;

	va_start(args, fmt);
	len = vasprintf(&word, fmt, args);
	va_end(args);
	assert(len >= 0);
	push_take(a, word);
}

void argv_pushv(struct argv *a, const char *const *words)
{
	for (; *words; words++)
		argv_push(a, *words);
}

void argv_release(struct argv *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->v[i]);
	free(a->v);
	*a = (struct argv)ARGV_INIT;
}
