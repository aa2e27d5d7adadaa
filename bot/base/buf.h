/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buf.h - bytes that grow up to a named maximum
 *
 * A buffer must name its ceiling; there is no default. What goes past it is
 * dropped and remembered, as stdio remembers a write error: write as much as
 * needed, then ask once with buf_check. data is NUL-terminated once anything
 * was added, and NULL before.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/base/err.h"

struct buf {
	char *data;
	size_t len;
	size_t cap;
	size_t max;    /* bytes that may be added, the NUL not counted */
	bool overflow; /* something was dropped */
};

void buf_init(struct buf *b, size_t max);
void buf_add(struct buf *b, const char *data, size_t len);
void buf_adds(struct buf *b, const char *text);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* 0: nothing was dropped. -1: ERR_LIMIT "<what> is larger than <max> bytes". */
int buf_check(const struct buf *b, const char *what, struct err *err)
	MUST_CHECK;
/* The text, never NULL, which is now the caller's; the buffer is empty. */
char *buf_take(struct buf *b);
/* The text for reading: "" when nothing was added. */
const char *buf_text(const struct buf *b);
void buf_release(struct buf *b);
DEFINE_AUTO_VALUE(struct buf, buf_release)

#endif
