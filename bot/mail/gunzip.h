/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gunzip.h - gzip bytes to what they were, up to a ceiling
 *
 * Pure. A few bytes can stand for gigabytes, so that the ceiling is on what
 * comes out. Callers: what runs in a box.
 */
#ifndef MAIL_GUNZIP_H
#define MAIL_GUNZIP_H

#include <stddef.h>

#include "bot/base/buf.h"

/*
 * Each member of @bytes, one behind the other. 0: *out is the caller's. -1:
 * *out is empty; ERR_LIMIT when more than @max bytes come out, ERR_INPUT when
 * it is no gzip, is cut short, or has something else behind it.
 */
int gunzip_run(struct buf *out, const char *bytes, size_t len, size_t max,
	       struct err *err) MUST_CHECK;

#endif
