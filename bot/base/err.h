/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * err.h - the one error type; its kind is the policy
 *
 * A function that can fail takes `struct err *err` last, returns 0 or -1, and
 * on -1 has filled *err once. An expected answer (a conflict, a broken build)
 * is no error: it comes back in an out parameter.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "bot/base/auto.h"

/* The kind alone decides what becomes of the item and of the exit code. */
enum err_kind {
	ERR_NONE,
	ERR_INPUT,  /* their bytes are wrong: park the item, never retry */
	ERR_LIMIT,  /* their bytes are too many: park the item, never retry */
	ERR_RETRY,  /* the world is busy: try again later */
	ERR_CONFIG, /* the operator must act: refuse to start */
	ERR_SYSTEM, /* disk, kernel, database: stop this stage */
};

#define ERR_MAX_MSG 480 /* long enough for a path and a reason */

struct err {
	enum err_kind kind;
	char msg[ERR_MAX_MSG]; /* one line: lower case, no full stop */
};

#define ERR_INIT                 \
	{                        \
		.kind = ERR_NONE \
	}

/*
 * Fill *err and return -1: `return err_set(err, ERR_INPUT, "...")`. Control
 * characters in the result are replaced, so that a name in it cannot forge a
 * line. Asserts that *err was empty.
 */
int err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
	__attribute__((cold, format(printf, 3, 4)));

/* As err_set, with ": " and the text of errno at the moment of the call. */
int err_sys(struct err *err, enum err_kind kind, const char *fmt, ...)
	__attribute__((cold, format(printf, 3, 4)));

/* Prefix "building 'x86': " to what failed below; the kind is kept. */
int err_wrap(struct err *err, const char *fmt, ...)
	__attribute__((cold, format(printf, 2, 3)));

/* A compiler cannot see in err.c that these are never 0; here it can. */
static inline int err_never_0(int rc)
{
	(void)rc;
	return -1;
}
#define err_set(...) err_never_0(err_set(__VA_ARGS__))
#define err_sys(...) err_never_0(err_sys(__VA_ARGS__))
#define err_wrap(...) err_never_0(err_wrap(__VA_ARGS__))

/* "input", "limit", ... for logs and results. Never NULL. */
const char *err_kind_name(enum err_kind kind);

#endif
