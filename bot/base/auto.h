/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * auto.h - owning locals that clean themselves, and the move out of them
 */
#ifndef BASE_AUTO_H
#define BASE_AUTO_H

#include <stdio.h>
#include <unistd.h>

/* AUTO(S_free) struct S *s = NULL;  calls S_free(s) when s leaves scope. */
#define AUTO(fn) __attribute__((cleanup(fn##_auto)))

/* For heap values: the cleanup gets the pointer itself. */
#define DEFINE_AUTO(type, fn)                     \
	static inline void fn##_auto(type *owned) \
	{                                         \
		fn(*owned);                       \
	}

/* For values that live in place: the cleanup gets their address. */
#define DEFINE_AUTO_VALUE(type, fn)               \
	static inline void fn##_auto(type *owned) \
	{                                         \
		fn(owned);                        \
	}

/* *out = TAKE(p);  p is NULL from here on, so nothing is freed. */
#define TAKE(p)                           \
	__extension__({                   \
		__auto_type taken_ = (p); \
		(p) = NULL;               \
		taken_;                   \
	})

#define MUST_CHECK __attribute__((warn_unused_result))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* AUTO(fd_close) int fd = -1; */
static inline void fd_close(int fd)
{
	if (fd >= 0)
		close(fd);
}
DEFINE_AUTO(int, fd_close)

/* AUTO(file_close) FILE *f = NULL;  for files read; a writer checks fclose. */
static inline void file_close(FILE *f)
{
	if (f)
		fclose(f);
}
DEFINE_AUTO(FILE *, file_close)

#endif
