/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void *need(void *p)
{
	if (!p) {
		fputs("collider: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *xmalloc(size_t size)
{
	return need(malloc(size ? size : 1));
}

void *xcalloc(size_t n, size_t size)
{
	return need(calloc(n ? n : 1, size ? size : 1));
}

void *xreallocarray(void *p, size_t n, size_t size)
{
	return need(reallocarray(p, n ? n : 1, size ? size : 1));
}

char *xstrdup(const char *s)
{
	return need(strdup(s));
}

char *xstrndup(const char *s, size_t len)
{
	return need(strndup(s, len));
}

char *xvasprintf(const char *fmt, va_list args)
{
	char *s = NULL;
	int len = vasprintf(&s, fmt, args);

	return need(len < 0 ? NULL : s);
}

char *xasprintf(const char *fmt, ...)
{
	va_list args;
	char *s;

	va_start(args, fmt);
	s = xvasprintf(fmt, args);
	va_end(args);
	return s;
}

void strings_push_take(struct strings *list, char *s)
{
	list->v = xreallocarray(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = s;
}

void strings_push(struct strings *list, const char *s)
{
	strings_push_take(list, xstrdup(s));
}

bool strings_has(const struct strings *list, const char *s)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], s) == 0)
			return true;
	return false;
}

bool strings_has_nocase(const struct strings *list, const char *s)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcasecmp(list->v[i], s) == 0)
			return true;
	return false;
}

void strings_split(struct strings *out, const char *text)
{
	static const char between[] = ", \t";

	for (;;) {
		size_t len;

		text += strspn(text, between);
		len = strcspn(text, between);
		if (!len)
			return;
		strings_push_take(out, xstrndup(text, len));
		text += len;
	}
}

void strings_release(struct strings *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i]);
	free(list->v);
	*list = (struct strings){ 0 };
}
