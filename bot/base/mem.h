/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mem.h - allocation that ends the process when there is none
 *
 * What an outsider can make us allocate is bounded by each reader's ceiling,
 * so running out is a fault of the machine, and a restart is safe.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "bot/base/auto.h"

void *xmalloc(size_t size) __attribute__((returns_nonnull));
void *xcalloc(size_t n, size_t size) __attribute__((returns_nonnull));
/* Room for @n elements of @size; an overflow of n * size ends the process. */
void *xreallocarray(void *p, size_t n, size_t size)
	__attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((returns_nonnull));
char *xstrndup(const char *s, size_t len) __attribute__((returns_nonnull));
char *xasprintf(const char *fmt, ...)
	__attribute__((returns_nonnull, format(printf, 1, 2)));
char *xvasprintf(const char *fmt, va_list args)
	__attribute__((returns_nonnull, format(printf, 1, 0)));

/* AUTO(mem_free) char *s = NULL; */
static inline void mem_free(void *p)
{
	free(p);
}
static inline void mem_free_auto(void *owned)
{
	mem_free(*(void **)owned);
}

/* A list of strings, both it and they owned by whoever holds it. */
struct strings {
	char **v;
	size_t n;
};

void strings_push(struct strings *list, const char *s);
/* @s, which is from malloc, becomes the list's. */
void strings_push_take(struct strings *list, char *s);
bool strings_has(const struct strings *list, const char *s);
bool strings_has_nocase(const struct strings *list, const char *s);
/* Cut @text at commas and blanks; empty words are left out. */
void strings_split(struct strings *out, const char *text);
void strings_release(struct strings *list);
DEFINE_AUTO_VALUE(struct strings, strings_release)

#endif
